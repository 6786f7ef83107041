/** The server's own way into an instance: its probe and its database, on a socket that the program cannot reach. */
import { Agent, request } from 'node:http';
import * as z from 'zod';
import { TerrariumError } from '../../../shared/errors/error.ts';
import type { BackendAddress, BackendDatabase } from '../driver.ts';

/** As in workers/database.js, which looks at each statement; here it is of a whole answer. */
const MAX_RESULT_MB = 16;

const runSchema = z.union([
  z.object({ error: z.string(), statement: z.number().int() }),
  z.object({ results: z.array(z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.unknown())), meta: z.object({ rows_read: z.number(), rows_written: z.number() }) })) }),
]);

export interface Control {
  readonly database: BackendDatabase;
  /** Whether the event loop of the instance turns. Rejects when the signal does, or the process is gone. */
  probe(signal: AbortSignal): Promise<void>;
  close(): void;
}

export function createControl(address: BackendAddress, quotaMb: number): Control {
  const agent = new Agent({ keepAlive: true });
  const ask = (path: string, body: unknown, signal: AbortSignal) => send(agent, address, path, body, signal);
  const run = async (statements: unknown, signal: AbortSignal) => {
    const answer = runSchema.parse(JSON.parse(await ask('/run', statements, signal)));
    if ('results' in answer) return answer.results;
    if (/SQLITE_FULL|SQLITE_IOERR_WRITE/.test(answer.error)) throw TerrariumError.of('E-TERRARIUM-1208', { limit: quotaMb });
    if (answer.error.startsWith('the result is larger')) throw TerrariumError.of('E-TERRARIUM-1209', { limit: MAX_RESULT_MB });
    throw TerrariumError.of('E-TERRARIUM-1205', { statement: answer.statement + 1, problem: answer.error });
  };
  return {
    probe: async (signal) => void (await ask('/probe', undefined, signal)),
    close: () => agent.destroy(),
    database: {
      async query(sql, parameters, signal) {
        const [result] = await run([{ sql, params: parameters.map(toWire) }], signal);
        if (result === undefined) throw TerrariumError.of('E-TERRARIUM-1207');
        return { columns: result.columns, rows: result.rows, rowsRead: result.meta.rows_read, rowsWritten: result.meta.rows_written };
      },
      batch: async (statements, signal) => void (await run(statements.map(({ sql, parameters = [] }) => ({ sql, params: parameters.map(toWire) })), signal)),
      bytes: async (signal) => z.object({ bytes: z.number() }).parse(JSON.parse(await ask('/bytes', undefined, signal))).bytes,
    },
  };
}

/** As D1 has them: booleans as numbers, bytes as lists of numbers. */
function toWire(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  return value instanceof Uint8Array ? [...value] : value;
}

/** @throws {TerrariumError} 1207 when the connection breaks, 1209 when the answer is too large */
function send(agent: Agent, { socketPath, port, auth }: BackendAddress, path: string, body: unknown, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(signal.aborted ? signal.reason as Error : TerrariumError.of('E-TERRARIUM-1207'));
    const outgoing = request({ agent, path, method: body === undefined ? 'GET' : 'POST', signal, headers: { host: 'control', 'x-isolated-auth': auth }, ...(socketPath === undefined ? { host: '127.0.0.1', port } : { socketPath }) }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length <= MAX_RESULT_MB * 1024 * 1024) return;
        reject(TerrariumError.of('E-TERRARIUM-1209', { limit: MAX_RESULT_MB }));
        response.destroy();
      });
      response.on('error', fail);
      response.on('end', () => (response.statusCode === 200 ? resolve(Buffer.concat(chunks).toString('utf8')) : fail()));
    });
    outgoing.on('error', fail);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
