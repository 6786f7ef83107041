/** What is imported, from wherever it comes: judged as a whole before any of it is taken (SPEC T2, T3). */
import { createHash } from 'node:crypto';
import { isProjectPath } from '../../shared/document/schema.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { decodeText, MAX_FILE_BYTES } from '../environments/content.ts';
import type { TemplateFile } from '../environments/templates.ts';

export const MAX_FILES = 5000;
/** Of all files together. */
export const MAX_TOTAL_BYTES = 200 * 1024 * 1024;

export interface RawFile {
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
  executable: boolean;
}

/** Made anew by an installation, or history of another kind than the timeline's. */
export const isLeftOut = (path: string): boolean => path.split('/').some((part) => part === 'node_modules' || part === '.git');

export const tooManyFiles = (): TerrariumError => TerrariumError.of('E-TERRARIUM-1151', { limit: MAX_FILES });
export const printable = (path: string): string => JSON.stringify(path.slice(0, 200)).slice(1, -1);

/** Counts what is unpacked. @throws {TerrariumError} 1152 */
export function createBudget(maxFile = MAX_FILE_BYTES, maxTotal = MAX_TOTAL_BYTES): (path: string, bytesOfFile: number, added: number) => void {
  let total = 0;
  return (path, bytesOfFile, added) => {
    total += added;
    if (bytesOfFile > maxFile) throw TerrariumError.of('E-TERRARIUM-1152', { what: `"${printable(path)}"`, limit: maxFile });
    if (total > maxTotal) throw TerrariumError.of('E-TERRARIUM-1152', { what: 'The import', limit: maxTotal });
  };
}

/** @throws {TerrariumError} 1151, 1153, 1155, 1156 */
export function checkPaths(paths: readonly string[]): void {
  if (paths.length === 0) throw TerrariumError.of('E-TERRARIUM-1156');
  if (paths.length > MAX_FILES) throw tooManyFiles();
  const bad = paths.find((path) => !isProjectPath(path));
  if (bad !== undefined) throw TerrariumError.of('E-TERRARIUM-1153', { path: printable(bad) });
  checkClashes(paths, []);
}

/** Two paths that differ by case or Unicode form alone, one path twice, a file where another path has a folder. `present` may be replaced by the same path. */
export function checkClashes(paths: readonly string[], present: readonly string[]): void {
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  const clash = (path: string, existing: string) => TerrariumError.of('E-TERRARIUM-1155', { path: printable(path), existing: printable(existing) });
  const add = (path: string, isPresent: boolean) => {
    const key = folded(path);
    const twin = files.get(key);
    if (twin !== undefined && !(isPresent && twin === path)) throw clash(path, twin);
    const inside = folders.get(key);
    if (inside !== undefined) throw clash(path, inside);
    files.set(key, path);
    const parts = key.split('/');
    for (let length = 1; length < parts.length; length++) {
      const folder = parts.slice(0, length).join('/');
      const file = files.get(folder);
      if (file !== undefined) throw clash(path, file);
      if (!folders.has(folder)) folders.set(folder, path);
    }
  };
  for (const path of paths) add(path, false);
  for (const path of present) add(path, true);
}

const folded = (path: string): string => path.normalize('NFC').toLowerCase();

export function toFile({ path, bytes, executable }: RawFile): TemplateFile {
  return { path, bytes, executable, text: decodeText(bytes), sha256: createHash('sha256').update(bytes).digest('hex') };
}
