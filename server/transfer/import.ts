/** Takes files that were judged (files.ts) into an environment: into a new one, or over what one has, as one step of its timeline (SPEC T4). */
import { customAlphabet } from 'nanoid';
import pLimit from 'p-limit';
import type * as Y from 'yjs';
import type { Author } from '../../shared/document/author.ts';
import { editText } from '../../shared/document/edit-text.ts';
import { addBinaryFile, addTextFile, deleteFile, filesMap, findByPath, listFiles } from '../../shared/document/schema.ts';
import type { Blobs } from '../environments/blobs.ts';
import type { TemplateFile } from '../environments/templates.ts';
import type { History } from '../history/history.ts';
import type { Rooms } from '../rooms/rooms.ts';
import { checkClashes } from './files.ts';

const newFileId = customAlphabet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 16);

/** Files with the same path are replaced, others stay. Resolves with the step, and the revision whose restoring undoes it. */
export async function importInto(environmentId: string, files: readonly TemplateFile[], author: Author, { rooms, blobs, history }: { rooms: Rooms; blobs: Blobs; history: History }): Promise<{ revision: number; undo: number }> {
  const check = (doc: Y.Doc) => checkClashes(files.map(({ path }) => path), listFiles(doc).map(({ path }) => path));
  rooms.read(environmentId, check);
  const storing = pLimit(8);
  await Promise.all(files.filter(({ text }) => text === undefined).map(({ bytes }) => storing(() => blobs.put(environmentId, bytes))));
  return history.step(environmentId, author, { kind: 'imported' }, (doc) => {
    check(doc);
    const present = new Map(listFiles(doc).map(({ path }) => [path, findByPath(doc, path)]));
    for (const file of files) take(doc, file, present.get(file.path));
  });
}

function take(doc: Y.Doc, { path, text, sha256, bytes, executable }: TemplateFile, present: ReturnType<typeof findByPath>): void {
  const kind = text === undefined ? 'binary' : 'text';
  if (present !== undefined && present.kind !== kind) deleteFile(doc, present.id);
  if (present === undefined || present.kind !== kind) {
    const fields = { id: newFileId(), path, ...(executable ? { mode: 0o755 } : {}) };
    if (text !== undefined) addTextFile(doc, { ...fields, content: text });
    else addBinaryFile(doc, { ...fields, blob: sha256, size: bytes.byteLength });
    return;
  }
  const entry = filesMap(doc).get(present.id);
  const isExecutable = ((present.mode ?? 0o644) & 0o111) !== 0;
  if (isExecutable !== executable) entry?.set('mode', executable ? 0o755 : 0o644);
  if (present.kind === 'text') return editText(present.text, text ?? '');
  if (present.blob === sha256) return;
  entry?.set('blob', sha256);
  entry?.set('size', bytes.byteLength);
}
