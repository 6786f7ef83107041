/** Makes files of the document what they were in a revision (SPEC H6): a change like any other, so that what others type meanwhile is merged. */
import { customAlphabet } from 'nanoid';
import type * as Y from 'yjs';
import { editText } from '../../shared/document/edit-text.ts';
import { addBinaryFile, addTextFile, deleteFile, filesMap, getFile, listFiles, renameFile } from '../../shared/document/schema.ts';
import type { DocumentFile } from '../../shared/document/schema.ts';
import type { Content } from './store.ts';

const newFileId = customAlphabet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 16);

/** What a path is to be: `text` for text files. */
export type Wanted = Content & { text?: string };

/**
 * Inside a transaction. `wanted` has every path that is meant, `undefined` for one that had no file.
 * A file that was renamed since is renamed back, so that who types in it goes on typing in it.
 */
export function restoreFiles(doc: Y.Doc, wanted: ReadonlyMap<string, Wanted | undefined>): void {
  const byPath = Map.groupBy(listFiles(doc), ({ path }) => path);
  const kept = new Set<string>();
  const targets = [...wanted].flatMap(([path, content]) => {
    if (content === undefined) return [];
    const renamed = sameFile(doc, content, wanted);
    // A file that was made again with the same content is known by the id that it had before: two paths may name one file.
    const file = renamed !== undefined && !kept.has(renamed.id) ? renamed : byPath.get(path)?.find(({ kind, id }) => kind === content.kind && !kept.has(id));
    if (file !== undefined) kept.add(file.id);
    return [{ path, content, file }];
  });
  for (const path of wanted.keys()) for (const { id } of byPath.get(path) ?? []) if (!kept.has(id)) deleteFile(doc, id);
  for (const { path, content, file } of targets) {
    if (file === undefined) create(doc, path, content);
    else change(doc, file, path, content);
  }
}

/** The file of the revision, where it is at a path that is to be restored as well: elsewhere it is a file that nobody asked about. */
function sameFile(doc: Y.Doc, { file: id, kind }: Content, wanted: ReadonlyMap<string, unknown>): DocumentFile | undefined {
  const file = getFile(doc, id);
  return file !== undefined && file.kind === kind && wanted.has(file.path) ? file : undefined;
}

function create(doc: Y.Doc, path: string, { kind, text = '', sha256, size, mode }: Wanted): void {
  const fields = { id: newFileId(), path, ...(mode === undefined ? {} : { mode }) };
  if (kind === 'text') addTextFile(doc, { ...fields, content: text });
  else addBinaryFile(doc, { ...fields, blob: sha256, size });
}

function change(doc: Y.Doc, file: DocumentFile, path: string, { text = '', sha256, size, mode }: Wanted): void {
  renameFile(doc, file.id, path);
  const entry = filesMap(doc).get(file.id);
  if ((file.mode ?? 0o644) !== (mode ?? 0o644)) entry?.set('mode', mode ?? 0o644);
  if (file.kind === 'text') return editText(file.text, text);
  if (file.blob === sha256) return;
  entry?.set('blob', sha256);
  entry?.set('size', size);
}
