/** Writes that hold only for the content that the writer knows (SPEC W1-W5). */
import { createHash } from 'node:crypto';
import { customAlphabet } from 'nanoid';
import type * as Y from 'yjs';
import { applyEdits } from '../../shared/document/edit-text.ts';
import type { TextEdit } from '../../shared/document/edit-text.ts';
import { addBinaryFile, addTextFile, deleteFile, filesMap, findByPath, getFile, hasWritten, isProjectPath, noteWritten } from '../../shared/document/schema.ts';
import type { DocumentFile } from '../../shared/document/schema.ts';
import type { RoomWrite, WriteResult } from '../../shared/protocol/room-write.ts';
import type { RoomOrigin } from './room.ts';

const newFileId = customAlphabet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 16);

/** The write is none: a path outside of the project, edits that do not fit. */
export class BadWrite extends Error {}

/** Changes the document, or finds that there is nothing to change. @throws {BadWrite} */
export function applyWrite(doc: Y.Doc, write: RoomWrite, origin: RoomOrigin): 'done' | 'refused' {
  if (!isProjectPath(write.path)) throw new BadWrite('path');
  const file = write.file === undefined ? findByPath(doc, write.path) : getFile(doc, write.file);
  const current = file === undefined ? null : hashOf(file);
  if (hasWritten(file, write.key)) return 'done';
  if (current === resultHash(write.result)) return 'done';
  if (current !== write.base) return 'refused';
  doc.transact(() => change(doc, file, write), origin);
  return 'done';
}

function change(doc: Y.Doc, file: DocumentFile | undefined, write: RoomWrite): void {
  const id = changeFile(doc, file, write);
  if (id !== undefined) noteWritten(doc, id, write.key);
}

/** @returns the id of the file that there is then */
function changeFile(doc: Y.Doc, file: DocumentFile | undefined, { path, result, mode }: RoomWrite): string | undefined {
  if (result.kind === 'gone') {
    if (file !== undefined) deleteFile(doc, file.id);
    return undefined;
  }
  if (result.kind === 'edits') {
    if (file?.kind !== 'text') throw new BadWrite('edits of what is no text');
    edit(file.text, result);
    return file.id;
  }
  if (result.kind === 'blob' && file?.kind === 'binary') {
    const entry = filesMap(doc).get(file.id);
    entry?.set('blob', result.blob);
    entry?.set('size', result.size);
    return file.id;
  }
  const kept = file?.mode ?? mode;
  const fields = { id: newFileId(), path: file?.path ?? path, ...(kept === undefined || kept === 0o644 ? {} : { mode: kept }) };
  // Text in place of bytes, or the other way round, is another file.
  if (file !== undefined) deleteFile(doc, file.id);
  if (result.kind === 'text') addTextFile(doc, { ...fields, content: result.text });
  else addBinaryFile(doc, { ...fields, blob: result.blob, size: result.size });
  return fields.id;
}

function edit(text: Y.Text, { edits, hash }: Extract<WriteResult, { kind: 'edits' }>): void {
  if (sha256(edited(text.toString(), edits)) !== hash) throw new BadWrite('the edits give another text');
  applyEdits(text, edits);
}

function edited(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let done = 0;
  for (const { at, end, insert } of edits) {
    if (at < done || end < at || end > text.length) throw new BadWrite('edits out of order or bounds');
    result += text.slice(done, at) + insert;
    done = end;
  }
  return result + text.slice(done);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hashOf = (file: DocumentFile): string => (file.kind === 'text' ? sha256(file.text.toString()) : file.blob);

function resultHash(result: WriteResult): string | null {
  if (result.kind === 'gone') return null;
  if (result.kind === 'text') return sha256(result.text);
  return result.kind === 'edits' ? result.hash : result.blob;
}
