/** Commands in an environment's container, through its host (SPEC.md, R1-R5). */
import * as Y from 'yjs';
import { TerrariumError } from '../../shared/errors/error.ts';
import { CALLS } from '../../shared/protocol/host-calls.ts';
import type { CallAnswer, CallInput, CallName } from '../../shared/protocol/host-calls.ts';
import type { HostLink, HostLinks, RemoteProcess } from '../host-link/links.ts';
import type { Rooms } from '../rooms/rooms.ts';

export interface Command {
  command: string;
  cwd?: string | undefined;
  env?: Record<string, string> | undefined;
  stdin?: string | undefined;
}

export interface Ended {
  /** Null when it was stopped. */
  exitCode: number | null;
  /** Why it was stopped: code and sentence. */
  stopped: string | null;
  output: string;
  truncated: boolean;
}

export interface Container {
  /** Starts a command when the container has the files that the document has. Its environment says that nobody watches. */
  start(environmentId: string, command: Command & { keepInput?: boolean }, signal: AbortSignal): Promise<{ process: RemoteProcess; filesSettled: boolean }>;
  /** Runs a command to its end, or stops it when its time is over or the signal says so. `keep`: UTF-16 units of the end of its output. */
  run(environmentId: string, command: Command & { timeoutSeconds: number; keep?: number }, signal: AbortSignal, progress: (text: string) => void): Promise<Ended & { filesSettled: boolean }>;
  /** @throws {TerrariumError} 1320 to 1328 */
  call<N extends CallName>(environmentId: string, name: N, input: CallInput<N>, signal: AbortSignal): Promise<CallAnswer<N>>;
  host(environmentId: string, signal: AbortSignal): Promise<HostLink>;
  /** Resolves when the container's disk has the files that the document has; false when it takes too long. */
  settle(environmentId: string, signal: AbortSignal): Promise<boolean>;
}

const KEPT_OUTPUT = 100_000;
const SETTLE_MS = 10_000;
/** Between the asking and the forced end of a command whose time is over. */
const GRACE_MS = 2000;
/** Tools print for programs then: no colours, no questions. */
const QUIET = { CI: '1', NO_COLOR: '1' };

export function createContainer({ hosts, rooms, variables }: { hosts: HostLinks; rooms: Rooms; variables: (environmentId: string) => Record<string, string> }): Container {
  const host = (environmentId: string, signal: AbortSignal) => hosts.require(environmentId, signal);

  async function call<N extends CallName>(environmentId: string, name: N, input: CallInput<N>, signal: AbortSignal): Promise<CallAnswer<N>> {
    const link = await host(environmentId, signal);
    // The schema of one name gives the answer of that name; TypeScript does not follow the correlation.
    return CALLS[name].answer.parse(await link.call(name, input, signal)) as CallAnswer<N>;
  }

  async function settle(environmentId: string, signal: AbortSignal): Promise<boolean> {
    const snapshot = rooms.read(environmentId, (doc) => Buffer.from(Y.encodeSnapshot(Y.snapshot(doc))).toString('base64'));
    return (await call(environmentId, 'files.settled', { snapshot, limitMs: SETTLE_MS }, signal)).settled;
  }

  async function start(environmentId: string, { command, cwd, env, stdin, keepInput = false }: Command & { keepInput?: boolean }, signal: AbortSignal): Promise<{ process: RemoteProcess; filesSettled: boolean }> {
    const link = await host(environmentId, signal);
    const settled = await settle(environmentId, signal);
    const process = link.run({ command: 'sh', args: ['-c', command], env: { ...variables(environmentId), ...QUIET, ...env }, ...(cwd === undefined ? {} : { cwd }) }, signal);
    if (stdin !== undefined) process.write(stdin);
    if (!keepInput) process.endInput();
    return { process, filesSettled: settled };
  }

  return {
    host,
    call,
    settle,
    start,
    async run(environmentId, { timeoutSeconds, keep = KEPT_OUTPUT, ...command }, signal, progress) {
      const { process, filesSettled } = await start(environmentId, command, signal);
      const tail = new Tail(keep);
      let stopped: string | null = null;
      const stop = () => {
        stopped = `E-TERRARIUM-1348: ${TerrariumError.of('E-TERRARIUM-1348', { seconds: timeoutSeconds }).message}`;
        process.kill('SIGTERM');
        kill = setTimeout(() => process.kill('SIGKILL'), GRACE_MS);
      };
      let kill: NodeJS.Timeout | undefined;
      const timer = setTimeout(stop, timeoutSeconds * 1000);
      try {
        for await (const text of process.output) {
          tail.push(text);
          progress(text);
        }
        const exitCode = await process.exit;
        return { exitCode: stopped === null ? exitCode : null, stopped, output: tail.text, truncated: tail.dropped, filesSettled };
      } catch (error) {
        // Who cancels means the program too.
        process.kill('SIGTERM');
        throw error;
      } finally {
        clearTimeout(timer);
        clearTimeout(kill);
      }
    },
  };
}

/** The end of what a program prints. */
export class Tail {
  #text = '';
  dropped = false;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(text: string): void {
    this.#text += text;
    if (this.#text.length <= this.#limit * 2) return;
    this.#text = this.#text.slice(-this.#limit);
    this.dropped = true;
  }

  get text(): string {
    if (this.#text.length > this.#limit) {
      this.#text = this.#text.slice(-this.#limit);
      this.dropped = true;
    }
    return this.#text;
  }
}
