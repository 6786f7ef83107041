/** What of an environment's document makes its backend: the files as they are at one moment. */
import { createHash } from 'node:crypto';
import type * as Y from 'yjs';
import { listFiles } from '../../shared/document/schema.ts';

export type SourceFile = { kind: 'text'; text: string } | { kind: 'blob'; sha256: string };
/** By path. */
export type Source = ReadonlyMap<string, SourceFile>;

export const FOLDER = 'backend/';
export const MIGRATIONS = `${FOLDER}migrations/`;
/** The first that exists is the entry. */
const ENTRIES = ['', 'src/'].flatMap((folder) => ['ts', 'tsx', 'mts', 'js', 'jsx', 'mjs'].map((extension) => `${FOLDER}${folder}index.${extension}`));

export const readSource = (doc: Y.Doc): Source =>
  new Map(listFiles(doc).map((file): [string, SourceFile] => [file.path, file.kind === 'text' ? { kind: 'text', text: file.text.toString() } : { kind: 'blob', sha256: file.blob }]));

export const entryOf = (has: (path: string) => boolean): string | undefined => ENTRIES.find(has);

/** `backend/package.json` where there is one, else the project's own; with the lockfile beside it. */
export function manifestOf(source: Source): { path: string; packageJson: string; lockfile: string | undefined } | undefined {
  for (const folder of [FOLDER, '']) {
    const file = source.get(`${folder}package.json`);
    if (file?.kind !== 'text') continue;
    const lock = source.get(`${folder}package-lock.json`);
    return { path: `${folder}package.json`, packageJson: file.text, lockfile: lock?.kind === 'text' ? lock.text : undefined };
  }
  return undefined;
}

export interface Migration {
  /** Its name in the folder, which is its place in the order. */
  name: string;
  path: string;
  sql: string;
  sha256: string;
}

/** In the order of their names, in which digits compare as numbers: `2_a` is before `10_b`. */
export function migrationsOf(source: Source): Migration[] {
  const found: Migration[] = [];
  for (const [path, file] of source) {
    const name = path.startsWith(MIGRATIONS) ? path.slice(MIGRATIONS.length) : '';
    if (file.kind === 'text' && /^[^/]+\.sql$/i.test(name)) found.push({ name, path, sql: file.text, sha256: createHash('sha256').update(file.text).digest('hex') });
  }
  const order = new Intl.Collator('en', { numeric: true });
  return found.sort((a, b) => order.compare(a.name, b.name) || (a.name < b.name ? -1 : 1));
}
