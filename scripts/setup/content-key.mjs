import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './run.mjs';

/**
 * Hash of the names and contents of files and folders (tests left out, since they are in no build). What does not exist counts as absent.
 * @param {string[]} inputs paths relative to the project
 * @param {string} salt
 */
export async function contentKey(inputs, salt) {
  const hash = createHash('sha256').update(salt).update(process.version);
  for (const input of inputs) {
    for (const file of await listFiles(input)) {
      hash.update(`\0${file}\0`).update(await readFile(path.join(ROOT, file)));
    }
  }
  return hash.digest('hex');
}

/** @param {string} input @returns {Promise<string[]>} sorted, so that the key does not depend on the file system */
async function listFiles(input) {
  const info = await stat(path.join(ROOT, input)).catch(() => undefined);
  if (info === undefined) return [];
  if (info.isFile()) return [input];
  const entries = await readdir(path.join(ROOT, input), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .sort();
}
