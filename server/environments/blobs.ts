/** Binary content of environments: one file for each environment and SHA-256, written whole before its name appears. */
import { createHash, randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../../shared/errors/error.ts';

export interface Blobs {
  /** Stores bytes durably and returns their hash. With `expected`, throws 1007 when it is another. */
  put(environmentId: string, bytes: Uint8Array, expected?: string): Promise<string>;
  /** Throws 1006 when it is not there. */
  get(environmentId: string, sha256: string): Promise<Uint8Array<ArrayBuffer>>;
  removeAll(environmentId: string): Promise<void>;
  /** The first two digits of the hashes that there are, in order. */
  prefixes(environmentId: string): Promise<string[]>;
  /** Hashes that begin so. */
  names(environmentId: string, prefix: string): Promise<string[]>;
  /**
   * Deletes these and returns those that are gone. Synchronous, so that nothing comes between the caller's look at who refers to them and their end. One that is being
   * stored, or was since `before` (milliseconds since the epoch), stays: who stores it is about to refer to it.
   */
  removeUnused(environmentId: string, hashes: readonly string[], before: number): string[];
}

export const isSha256 = (text: string) => /^[0-9a-f]{64}$/.test(text);

export function createBlobs(root: string, now: () => number = Date.now): Blobs {
  const place = (environmentId: string, sha256: string) => path.join(root, environmentId, sha256.slice(0, 2), sha256);
  /** How many are storing each. */
  const storing = new Map<string, number>();

  async function store(file: string, bytes: Uint8Array): Promise<void> {
    storing.set(file, (storing.get(file) ?? 0) + 1);
    try {
      if ((await stat(file).catch(() => undefined)) === undefined) await writeDurably(file, bytes);
      const at = new Date(now());
      await utimes(file, at, at);
    } finally {
      const left = (storing.get(file) ?? 1) - 1;
      if (left === 0) storing.delete(file);
      else storing.set(file, left);
    }
  }

  return {
    prefixes: async (environmentId) => (await readdir(path.join(root, environmentId)).catch(() => [])).filter((name) => /^[0-9a-f]{2}$/.test(name)).sort(),
    async names(environmentId, prefix) {
      const found = await readdir(path.join(root, environmentId, prefix)).catch(() => []);
      return found.filter(isSha256);
    },
    removeUnused: (environmentId, hashes, before) =>
      hashes.filter((sha256) => {
        const file = place(environmentId, sha256);
        const info = statSync(file, { throwIfNoEntry: false });
        if (info === undefined) return true;
        if (storing.has(file) || info.mtimeMs >= before) return false;
        rmSync(file, { force: true });
        return true;
      }),
    async put(environmentId, bytes, expected) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (expected !== undefined && expected !== sha256) throw TerrariumError.of('E-TERRARIUM-1007', { sha256: expected });
      await store(place(environmentId, sha256), bytes);
      return sha256;
    },
    async get(environmentId, sha256) {
      const bytes = isSha256(sha256) ? await readFile(place(environmentId, sha256)).catch(() => undefined) : undefined;
      if (bytes === undefined) throw TerrariumError.of('E-TERRARIUM-1006', { sha256: sha256.slice(0, 64) });
      return new Uint8Array(bytes);
    },
    removeAll: (environmentId) => rm(path.join(root, environmentId), { recursive: true, force: true }),
  };
}

/** Bytes, then name, each forced to the disk, so that a crash leaves the whole file or none. */
async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  await mkdir(folder, { recursive: true });
  const draft = path.join(folder, `.${randomUUID()}`);
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
