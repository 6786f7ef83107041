/**
 * The environment's document: a Yjs document that is the truth of its files.
 *
 * `doc.getMap('files')`: file id -> Y.Map with
 *   - `path`   string, relative to the project root, "/"-separated (`isProjectPath`)
 *   - `kind`   'text' | 'binary'
 *   - `text`   Y.Text, only of text files; it stays the same object for the life of the file, a rename included
 *   - `blob`   lower-case hex SHA-256 of the bytes, only of binary files; the blob is stored before the document refers to it
 *   - `size`   bytes, only of binary files
 *   - `mode`   POSIX permission bits, left out for 0o644
 *   - `wrote`  keys of the last conditional writes of the room (server/rooms/SPEC.md W6), separated by blanks
 *
 * The key is an id and the path a property: two people who create the same path make two files, and a rename keeps what others type.
 */
import * as Y from 'yjs';
import { isProjectPath } from './project-path.ts';

export const FILES_KEY = 'files';

export interface TextFile {
  id: string;
  path: string;
  kind: 'text';
  text: Y.Text;
  mode?: number;
  wrote?: string;
}

export interface BinaryFile {
  id: string;
  path: string;
  kind: 'binary';
  blob: string;
  size: number;
  mode?: number;
  wrote?: string;
}

export type DocumentFile = TextFile | BinaryFile;
export type FilesMap = Y.Map<Y.Map<unknown>>;

export function filesMap(doc: Y.Doc): FilesMap {
  return doc.getMap(FILES_KEY) as FilesMap;
}

export { isProjectPath } from './project-path.ts';

/** Reads one entry; `undefined` for an entry that has not the shape above (a peer may write anything into the document). */
export function readEntry(id: string, entry: unknown): DocumentFile | undefined {
  if (!(entry instanceof Y.Map)) return undefined;
  const path: unknown = entry.get('path');
  if (typeof path !== 'string' || !isProjectPath(path)) return undefined;
  const modeValue: unknown = entry.get('mode');
  const wrote: unknown = entry.get('wrote');
  const kept = { ...(typeof modeValue === 'number' ? { mode: modeValue } : {}), ...(typeof wrote === 'string' ? { wrote } : {}) };
  if (entry.get('kind') === 'text') {
    const text: unknown = entry.get('text');
    return text instanceof Y.Text ? { id, path, kind: 'text', text, ...kept } : undefined;
  }
  const blob: unknown = entry.get('blob');
  const size: unknown = entry.get('size');
  if (entry.get('kind') !== 'binary' || typeof blob !== 'string' || !/^[0-9a-f]{64}$/.test(blob)) return undefined;
  return { id, path, kind: 'binary', blob, size: typeof size === 'number' ? size : 0, ...kept };
}

/** Whether a conditional write with this key is in what the file is. */
export function hasWritten(file: DocumentFile | undefined, key: string): boolean {
  return file?.wrote?.split(' ').includes(key) === true;
}

const KEYS_KEPT = 8;

/** Notes a conditional write, in the transaction that makes it. */
export function noteWritten(doc: Y.Doc, id: string, key: string): void {
  const entry = filesMap(doc).get(id);
  const before: unknown = entry?.get('wrote');
  const keys = [...(typeof before === 'string' ? before.split(' ') : []), key];
  entry?.set('wrote', keys.slice(-KEYS_KEPT).join(' '));
}

/** All readable files, ordered by path and then by id. */
export function listFiles(doc: Y.Doc): DocumentFile[] {
  const found: DocumentFile[] = [];
  for (const [id, entry] of filesMap(doc)) {
    const file = readEntry(id, entry);
    if (file !== undefined) found.push(file);
  }
  return found.sort((a, b) => compare(a.path, b.path) || compare(a.id, b.id));
}

export function getFile(doc: Y.Doc, id: string): DocumentFile | undefined {
  return readEntry(id, filesMap(doc).get(id));
}

/** The first file with this path (lowest id, so that every member picks the same one). */
export function findByPath(doc: Y.Doc, path: string): DocumentFile | undefined {
  return listFiles(doc).find((file) => file.path === path);
}

/** Adds a text file in a transaction of the given origin. The id must be new and random. Throws a `TypeError` on a path that is none. */
export function addTextFile(doc: Y.Doc, file: { id: string; path: string; content: string; mode?: number }, origin?: unknown): void {
  assertPath(file.path);
  doc.transact(() => {
    const entry = new Y.Map<unknown>();
    entry.set('path', file.path);
    entry.set('kind', 'text');
    entry.set('text', new Y.Text(file.content));
    if (file.mode !== undefined) entry.set('mode', file.mode);
    filesMap(doc).set(file.id, entry);
  }, origin);
}

/** Adds a binary file whose blob is already stored. */
export function addBinaryFile(doc: Y.Doc, file: { id: string; path: string; blob: string; size: number; mode?: number }, origin?: unknown): void {
  assertPath(file.path);
  doc.transact(() => {
    const entry = new Y.Map<unknown>();
    entry.set('path', file.path);
    entry.set('kind', 'binary');
    entry.set('blob', file.blob);
    entry.set('size', file.size);
    if (file.mode !== undefined) entry.set('mode', file.mode);
    filesMap(doc).set(file.id, entry);
  }, origin);
}

/** Changes the path of a file; what others type into it goes on. Does nothing when the file is gone. */
export function renameFile(doc: Y.Doc, id: string, path: string, origin?: unknown): void {
  assertPath(path);
  doc.transact(() => {
    const entry = filesMap(doc).get(id);
    if (entry !== undefined && entry.get('path') !== path) entry.set('path', path);
  }, origin);
}

export function deleteFile(doc: Y.Doc, id: string, origin?: unknown): void {
  doc.transact(() => filesMap(doc).delete(id), origin);
}

function assertPath(path: string): void {
  if (!isProjectPath(path)) throw new TypeError(`Not a path inside the project: ${JSON.stringify(path)}`);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
