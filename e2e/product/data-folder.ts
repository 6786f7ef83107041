/** A server's data folder for a test: empty, but for what the package registry said in earlier runs, so that tests need no network after the first. */
import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const CACHE = path.resolve(import.meta.dirname, '../../.terrarium/test-registry-cache');

export async function makeDataFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'terrarium-e2e-'));
  await mkdir(CACHE, { recursive: true });
  await symlink(CACHE, path.join(folder, 'registry-cache'));
  return folder;
}
