/** Public Git repositories as a source of an import (SPEC T5): limits on bytes, time and memory around the thread that fetches. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { RawFile } from './files.ts';
import { printable } from './files.ts';
import type { GitJob, GitOutcome } from './git-worker.ts';

export const MAX_DOWNLOAD = 100 * 1024 * 1024;
const MAX_MS = 60_000;
/** A small pack may unpack into anything: growth of this process beyond it ends the fetch. */
const MAX_GROWTH = 768 * 1024 * 1024;
const LOOK_MS = 50;
const AT_ONCE = 2;

export interface GitFetcher {
  /** `ref`: a branch or a tag; left out, the repository's default branch. @throws {TerrariumError} 1151-1158 */
  fetch(url: string, ref: string | undefined): Promise<{ files: RawFile[]; skipped: number; commit: string }>;
}

export function createGitFetcher(options: { folder: string; allowedOrigins?: readonly string[]; maxMs?: number; maxDownload?: number }): GitFetcher {
  let running = 0;
  return {
    async fetch(url, ref) {
      if (running >= AT_ONCE) throw TerrariumError.of('E-TERRARIUM-1158', { problem: 'other imports are under way' });
      running++;
      await mkdir(options.folder, { recursive: true });
      const folder = await mkdtemp(path.join(options.folder, 'git-'));
      try {
        const outcome = await runJob({ url, ref, folder, maxBytes: options.maxDownload ?? MAX_DOWNLOAD, allowedOrigins: options.allowedOrigins ?? [] }, options.maxMs ?? MAX_MS);
        if (!outcome.ok) throw errorOf(url, outcome);
        return outcome;
      } finally {
        running--;
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

function errorOf(url: string, { refused, problem, code, context }: Extract<GitOutcome, { ok: false }>): TerrariumError {
  // The worker's errors are of the table: the code fits its context.
  if (code !== undefined) return TerrariumError.of(code as 'E-TERRARIUM-1151', context as { limit: number });
  if (refused !== undefined) return TerrariumError.of('E-TERRARIUM-1157', { url: printable(url), problem: refused });
  return TerrariumError.of('E-TERRARIUM-1158', { problem: printable(problem.split('\n')[0] ?? '').replace(/\.$/, '') });
}

async function runJob(job: GitJob, maxMs: number): Promise<GitOutcome> {
  const worker = new Worker(new URL('./git-worker.ts', import.meta.url), { workerData: job, resourceLimits: { maxOldGenerationSizeMb: 512 } });
  const before = process.memoryUsage.rss();
  const ends = Date.now() + maxMs;
  const { promise, resolve } = Promise.withResolvers<GitOutcome>();
  const failed = (problem: string) => resolve({ ok: false, refused: undefined, problem });
  const watch = setInterval(() => {
    if (Date.now() > ends) failed(`it takes longer than ${maxMs / 1000} s`);
    else if (process.memoryUsage.rss() - before > MAX_GROWTH) failed('it takes too much memory to unpack');
  }, LOOK_MS);
  worker.once('message', resolve);
  worker.once('error', (error) => failed(error instanceof Error ? error.message : String(error)));
  worker.once('exit', () => failed('the fetch ended'));
  try {
    return await promise;
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}
