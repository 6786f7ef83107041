/** Fetches one commit of a public repository and gives its files: in a thread of its own, which whoever asked can end at any moment (SPEC T5). */
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import git from 'isomorphic-git';
import type { GitHttpRequest, GitHttpResponse, WalkerEntry } from 'isomorphic-git';
import { TerrariumError } from '../../shared/errors/error.ts';
import { createEgress, EgressRefused } from '../egress/egress.ts';
import type { Egress } from '../egress/egress.ts';
import { checkPaths, createBudget, isLeftOut, MAX_FILES, printable, tooManyFiles } from './files.ts';
import type { RawFile } from './files.ts';

export interface GitJob {
  url: string;
  ref: string | undefined;
  /** An empty folder, removed by who starts the job. */
  folder: string;
  maxBytes: number;
  allowedOrigins: readonly string[];
}

/** An error of the table goes over by its code and context. */
export type GitOutcome =
  | { ok: true; files: RawFile[]; skipped: number; commit: string }
  | { ok: false; refused: string | undefined; problem: string; code?: string; context?: Record<string, string | number> };

const LINK = 0o120000;
const EXECUTABLE = 0o100755;

async function run(job: GitJob, egress: Egress): Promise<Extract<GitOutcome, { ok: true }>> {
  const options = { fs, dir: job.folder, gitdir: `${job.folder}/.git` };
  // Nothing is written but the packed objects: a repository's links and names never meet this machine's disk.
  await git.clone({ ...options, http: { request: (request) => send(egress, request, job.maxBytes) }, url: job.url, singleBranch: true, depth: 1, noTags: true, noCheckout: true, ...(job.ref === undefined ? {} : { ref: job.ref }) });
  const commit = await git.resolveRef({ ...options, ref: job.ref === undefined ? 'HEAD' : await refOf(options, job.ref) });
  const entries: { path: string; entry: WalkerEntry }[] = [];
  let skipped = 0;
  await git.walk({
    ...options, trees: [git.TREE({ ref: commit })],
    map: async (path, [entry]) => {
      if (entry == null || path === '.') return;
      const type = await entry.type();
      if (isLeftOut(path) || type === 'commit') return void (skipped++, null);
      if (type !== 'blob') return;
      if ((await entry.mode()) === LINK) throw TerrariumError.of('E-TERRARIUM-1154', { path: printable(path) });
      if (entries.push({ path, entry }) > MAX_FILES) throw tooManyFiles();
    },
  });
  checkPaths(entries.map(({ path }) => path));
  return { ok: true, commit, skipped, files: await readAll(entries) };
}

async function refOf(options: { fs: typeof fs; dir: string; gitdir: string }, ref: string): Promise<string> {
  return git.expandRef({ ...options, ref: `refs/remotes/origin/${ref}` }).catch(() => git.expandRef({ ...options, ref }));
}

async function readAll(entries: readonly { path: string; entry: WalkerEntry }[]): Promise<RawFile[]> {
  const spend = createBudget();
  const files: RawFile[] = [];
  for (const { path, entry } of entries) {
    const bytes = new Uint8Array((await entry.content()) ?? new Uint8Array());
    spend(path, bytes.byteLength, bytes.byteLength);
    files.push({ path, bytes, executable: (await entry.mode()) === EXECUTABLE });
  }
  return files;
}

let received = 0;
/** The library says in its own words that a stream failed. */
let exceeded: TerrariumError | undefined;

async function send(egress: Egress, { url, method = 'GET', headers = {}, body }: GitHttpRequest, maxBytes: number): Promise<GitHttpResponse> {
  const parts: Uint8Array[] = [];
  for await (const part of body ?? []) parts.push(part);
  const response = await egress.fetch(url, { method, headers, ...(parts.length === 0 ? {} : { body: new Uint8Array(Buffer.concat(parts)) }) });
  return { url: response.url, method, headers: Object.fromEntries(response.headers), statusCode: response.status, statusMessage: response.statusText, body: limited(response.body as AsyncIterable<Uint8Array> | null, maxBytes) };
}

async function* limited(body: AsyncIterable<Uint8Array> | null, maxBytes: number): AsyncIterableIterator<Uint8Array> {
  for await (const part of body ?? []) {
    received += part.byteLength;
    if (received > maxBytes) throw (exceeded = TerrariumError.of('E-TERRARIUM-1152', { what: 'The repository', limit: maxBytes }));
    yield part;
  }
}

function failureOf(error: unknown): GitOutcome {
  const problem = error instanceof Error ? error.message : String(error);
  if (error instanceof TerrariumError) return { ok: false, refused: undefined, problem, code: error.code, context: { ...error.context } };
  return { ok: false, refused: error instanceof EgressRefused ? problem : undefined, problem };
}

const job = workerData as GitJob;
const egress = createEgress({ allowedOrigins: job.allowedOrigins });
parentPort?.postMessage(await run(job, egress).catch((error: unknown) => failureOf(exceeded ?? error)));
await egress.close();
