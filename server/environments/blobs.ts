/** Binary content of environments: one file for each environment and SHA-256, written whole before its name appears. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { TerrariumError } from '../../shared/errors/error.ts';

export interface Blobs {
  /** Stores bytes durably and returns their hash. With `expected`, throws 1007 when it is another. */
  put(environmentId: string, bytes: Uint8Array, expected?: string): Promise<string>;
  /** Throws 1006 when it is not there. */
  get(environmentId: string, sha256: string): Promise<Uint8Array<ArrayBuffer>>;
  removeAll(environmentId: string): Promise<void>;
}

export const isSha256 = (text: string) => /^[0-9a-f]{64}$/.test(text);

export function createBlobs(root: string): Blobs {
  const place = (environmentId: string, sha256: string) => path.join(root, environmentId, sha256.slice(0, 2), sha256);
  return {
    async put(environmentId, bytes, expected) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (expected !== undefined && expected !== sha256) throw TerrariumError.of('E-TERRARIUM-1007', { sha256: expected });
      const file = place(environmentId, sha256);
      if ((await stat(file).catch(() => undefined)) === undefined) await writeDurably(file, bytes);
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
