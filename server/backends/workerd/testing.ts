/** For tests that need running backends: a driver, its folder, and how to ask an instance. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendAddress, BackendBundle, BackendInstance, BackendSpec } from '../driver.ts';
import type { BackendEvent } from '../events.ts';
import { createWorkerdDriver } from './driver.ts';
import type { WorkerdOptions } from './driver.ts';

export interface TestInstance {
  readonly instance: BackendInstance;
  readonly events: readonly BackendEvent[];
  /** Resolves with the first event, past or coming, that the test takes. */
  event(test: (event: BackendEvent) => boolean): Promise<BackendEvent>;
  get(path: string, headers?: Record<string, string>): Promise<{ status: number; body: string }>;
}

export interface TestDriver extends AsyncDisposable {
  readonly dataDir: (name: string) => string;
  /** `code` is the entry module, or a whole bundle. */
  run(code: string | BackendBundle, options?: Partial<Omit<BackendSpec, 'bundle'>>): Promise<TestInstance>;
}

export function bundleOf(code: string, sourceMap?: string): BackendBundle {
  return { digest: createHash('sha256').update(code).digest('hex'), modules: [{ name: 'backend.js', kind: 'esm', content: code }], sourceMap };
}

export const handler = (body: string): string => `export default { async fetch(request, env, ctx) { const url = new URL(request.url); ${body} } };`;

export async function createTestDriver(options?: WorkerdOptions): Promise<TestDriver> {
  const folder = await mkdtemp(join(tmpdir(), 'trr-test-'));
  const driver = createWorkerdDriver(options);
  let count = 0;
  return {
    dataDir: (name) => join(folder, name),
    async run(code, options = {}) {
      count += 1;
      const events: BackendEvent[] = [];
      const waiting = new Set<() => void>();
      const spec: BackendSpec = {
        environmentId: `environment-${count}`, bundle: typeof code === 'string' ? bundleOf(code) : code, variables: {}, dataDir: join(folder, `data-${count}`),
        limits: { memoryMb: 128, diskMb: 16, stuckMs: 1_000 }, egressSocket: undefined, ...options,
      };
      const instance = await driver.start(spec, (event) => { events.push(event); for (const look of waiting) look(); }, AbortSignal.timeout(20_000));
      return {
        instance,
        events,
        event: (test) => new Promise((resolve) => {
          const look = (): void => {
            const found = events.find(test);
            if (found === undefined) return;
            waiting.delete(look);
            resolve(found);
          };
          waiting.add(look);
          look();
        }),
        get: (path, headers = {}) => ask(instance.address, path, { 'x-isolated-auth': instance.address.auth, ...headers }),
      };
    },
    async [Symbol.asyncDispose]() {
      await driver.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A request as the proxy makes it. Rejects when the connection breaks. */
export function ask({ socketPath, port }: BackendAddress, path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ path, headers: { host: 'backend', ...headers }, agent: false, ...(socketPath === undefined ? { host: '127.0.0.1', port } : { socketPath }) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
