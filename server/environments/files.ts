/** Files of an environment through the API (row A2): reads and conditional writes of its document. */
import { customAlphabet } from 'nanoid';
import type * as Y from 'yjs';
import type { Author } from '../../shared/document/author.ts';
import { editText } from '../../shared/document/edit-text.ts';
import { addBinaryFile, addTextFile, deleteFile, filesMap, findByPath, isProjectPath, listFiles } from '../../shared/document/schema.ts';
import type { DocumentFile } from '../../shared/document/schema.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { Blobs } from './blobs.ts';
import { decodeText, revisionOf } from './content.ts';

const newFileId = customAlphabet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 16);

/** `If-Match` and `If-None-Match` of RFC 9110, 13.1. */
export interface Precondition {
  ifMatch: string | undefined;
  ifNoneMatch: string | undefined;
}

export interface FileInfo {
  id: string;
  path: string;
  kind: 'text' | 'binary';
  size: number;
  revision: string;
  mode?: number;
}

export interface Files {
  list(environmentId: string): FileInfo[];
  read(environmentId: string, path: string): Promise<{ info: FileInfo; bytes: Uint8Array<ArrayBuffer> }>;
  /** Resolves when it is durable. */
  write(environmentId: string, path: string, bytes: Uint8Array, precondition: Precondition, author: Author): Promise<{ info: FileInfo; created: boolean }>;
  remove(environmentId: string, path: string, precondition: Precondition, author: Author): Promise<void>;
}

export function createFiles(rooms: Rooms, blobs: Blobs): Files {
  return {
    list: (environmentId) => rooms.read(environmentId, (doc) => listFiles(doc).map(infoOf)),
    async read(environmentId, path) {
      const found = rooms.read(environmentId, (doc) => {
        const file = existing(doc, path);
        return { info: infoOf(file), text: file.kind === 'text' ? file.text.toString() : undefined, blob: file.kind === 'binary' ? file.blob : '' };
      });
      const bytes = found.text === undefined ? await blobs.get(environmentId, found.blob) : new TextEncoder().encode(found.text);
      return { info: found.info, bytes };
    },
    async write(environmentId, path, bytes, precondition, author) {
      checkPath(path);
      const text = decodeText(bytes);
      // The condition is checked before the bytes are stored too, so that a refused write leaves nothing behind.
      rooms.read(environmentId, (doc) => checkPrecondition(findByPath(doc, path), path, precondition));
      const content = text === undefined ? { blob: await blobs.put(environmentId, bytes), size: bytes.byteLength } : { text };
      return rooms.change(environmentId, (doc) => {
        const file = findByPath(doc, path);
        checkPrecondition(file, path, precondition);
        if (file === undefined) checkClash(doc, path);
        store(doc, file, path, content);
        return { info: infoOf(existing(doc, path)), created: file === undefined };
      }, author);
    },
    async remove(environmentId, path, precondition, author) {
      await rooms.change(environmentId, (doc) => {
        const file = existing(doc, path);
        checkPrecondition(file, path, { ...precondition, ifNoneMatch: undefined });
        deleteFile(doc, file.id);
      }, author);
    },
  };
}

export type Content = { text: string } | { blob: string; size: number };

/** Makes the file at the path this content, by the smallest change. */
export function store(doc: Y.Doc, file: DocumentFile | undefined, path: string, content: Content): void {
  if (file === undefined) return add(doc, newFileId(), path, content, undefined);
  if (file.kind === 'text' && 'text' in content) return editText(file.text, content.text);
  if (file.kind === 'binary' && 'blob' in content) {
    const entry = filesMap(doc).get(file.id);
    if (file.blob === content.blob) return;
    entry?.set('blob', content.blob);
    entry?.set('size', content.size);
    return;
  }
  deleteFile(doc, file.id);
  add(doc, newFileId(), path, content, file.mode);
}

function add(doc: Y.Doc, id: string, path: string, content: Content, mode: number | undefined): void {
  const kept = mode === undefined ? {} : { mode };
  if ('text' in content) addTextFile(doc, { id, path, content: content.text, ...kept });
  else addBinaryFile(doc, { id, path, ...content, ...kept });
}

export function infoOf(file: DocumentFile): FileInfo {
  const { id, path, kind, mode } = file;
  const size = file.kind === 'text' ? Buffer.byteLength(file.text.toString()) : file.size;
  return { id, path, kind, size, revision: revisionOf(file), ...(mode === undefined ? {} : { mode }) };
}

/** @throws {TerrariumError} 1004 */
export function checkPath(path: string): void {
  if (!isProjectPath(path)) throw TerrariumError.of('E-TERRARIUM-1004', { path: printable(path) });
}

/** What is quoted back to the caller. */
export const printable = (path: string) => JSON.stringify(path.slice(0, 200)).slice(1, -1);

/** @throws {TerrariumError} 1003, 1004 */
export function existing(doc: Y.Doc, path: string): DocumentFile {
  checkPath(path);
  const file = findByPath(doc, path);
  if (file === undefined) throw TerrariumError.of('E-TERRARIUM-1003', { path: printable(path) });
  return file;
}

function checkPrecondition(file: DocumentFile | undefined, path: string, { ifMatch, ifNoneMatch }: Precondition): void {
  const revision = file === undefined ? undefined : revisionOf(file);
  const names = (header: string) => header.split(',').map((tag) => tag.trim().replaceAll('"', ''));
  const matches = (header: string) => revision !== undefined && (header.trim() === '*' || names(header).includes(revision));
  if ((ifMatch !== undefined && !matches(ifMatch)) || (ifNoneMatch !== undefined && matches(ifNoneMatch))) {
    throw TerrariumError.of('E-TERRARIUM-1005', { path: printable(path), revision: revision ?? '(none)' });
  }
}

/**
 * Refuses a new path that differs from another only by case (they are one file on many disks), or that makes a file a folder or the reverse. `moved`: ids of files that leave
 * their place. @throws {TerrariumError} 1008
 */
export function checkClash(doc: Y.Doc, path: string, moved: ReadonlySet<string> = new Set()): void {
  const folded = path.toLowerCase();
  for (const file of listFiles(doc)) {
    if (moved.has(file.id)) continue;
    const other = file.path.toLowerCase();
    if (other === folded || other.startsWith(`${folded}/`) || folded.startsWith(`${other}/`)) {
      throw TerrariumError.of('E-TERRARIUM-1008', { path: printable(path), existing: file.path });
    }
  }
}
