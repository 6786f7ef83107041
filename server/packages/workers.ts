/** The bounded pool of worker threads, typed. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import type { RegistryManifest, NpmOptions } from './registry.ts';
import { Refusal, valueOf } from './refusal.ts';
import type { Outcome } from './refusal.ts';
import type { ResolveInput, ResolveOutput } from './resolve-tree.ts';
import type { PackInput, PackOutput } from './worker.ts';

const MAX_QUEUE = 4096;
const IDLE_MS = 30_000;
const HEAP_MB = 1024;

export interface Workers {
  resolve(input: Omit<ResolveInput, 'path'>, signal?: AbortSignal): Promise<ResolveOutput>;
  lookUp(input: { name: string; range: string; npm: NpmOptions }): Promise<RegistryManifest>;
  pack(input: PackInput): Promise<PackOutput>;
  close(): Promise<void>;
}

export function createWorkers(): Workers {
  const shared = {
    filename: new URL('./worker.ts', import.meta.url).href,
    minThreads: 0,
    maxQueue: MAX_QUEUE,
    idleTimeout: IDLE_MS,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    execArgv: [],
  };
  const threads = Math.max(1, Math.min(4, availableParallelism()));
  // Cancelling ends the thread, so a resolving thread does one thing at a time.
  const resolving = new Piscina({ ...shared, maxThreads: threads });
  // Registry requests of one worker overlap, so that threads do not idle while bytes come.
  const packing = new Piscina({ ...shared, maxThreads: threads, concurrentTasksPerWorker: 4 });
  const run = async <T>(pool: Piscina, name: string, input: unknown, signal?: AbortSignal): Promise<T> => {
    if (pool.queueSize >= MAX_QUEUE) throw new Refusal('E-TERRARIUM-2162');
    return valueOf((await pool.run(input, { name, ...(signal === undefined ? {} : { signal }) })) as Outcome<T>);
  };
  return {
    async resolve(input, signal) {
      const path = await mkdtemp(join(tmpdir(), 'resolve-'));
      try {
        return await run<ResolveOutput>(resolving, 'resolve', { ...input, path }, signal);
      } finally {
        await rm(path, { recursive: true, force: true });
      }
    },
    lookUp: (input) => run(packing, 'lookUp', input),
    pack: (input) => run(packing, 'pack', input),
    close: async () => {
      await Promise.all([resolving.destroy(), packing.destroy()]);
    },
  };
}
