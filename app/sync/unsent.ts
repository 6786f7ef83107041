/** What programs wrote and the room does not have yet. SPEC.md, "Unsent". */
import type * as Y from 'yjs';
import { getFile, hasWritten, listFiles, type DocumentFile } from '../../shared/document/schema.ts';
import type { Content } from '../../shared/protocol/replica.ts';
import { hashOfFile } from './content.ts';
import { hashOfText } from './hash.ts';
import { mergeTexts } from '../../shared/document/merge-texts.ts';

/** The file as it is to become: a change of what the document has. */
export interface Unsent {
  /** The document's file that it is a change of, whatever its name is by then; undefined: it is to be a new one. */
  readonly id?: string | undefined;
  /** Revision of the document that is in `content` already; null: the document has no such file. */
  readonly base: string | null;
  /** Its text, if it is one. */
  readonly baseText: string | undefined;
  /** null: the file was removed. */
  readonly content: Content | null;
  readonly hash: string | null;
  readonly mode: number | undefined;
  /** A part of it that was sent, and the answer lost: in the document if that has the key. */
  readonly doubt?: { readonly key: string; readonly unsent: Unsent } | undefined;
}

/**
 * - `unsent`: still to be sent, with what the document did meanwhile
 * - `settled`: the document has it
 * - `restored`: a removal of what somebody has changed since; the file stays
 * - `conflict`: both cannot be had in one file
 */
export type Rebased = { kind: 'unsent'; unsent: Unsent } | { kind: 'settled' | 'restored' | 'conflict' };

/** The same change of what the document has by now. */
export function rebase(inDoubt: Unsent, file: DocumentFile | undefined): Rebased {
  const unsent = withoutDoubt(inDoubt, file);
  const current = file === undefined ? null : hashOfFile(file);
  if (current === unsent.hash) return { kind: 'settled' };
  if (current === unsent.base) return { kind: 'unsent', unsent: unsent.id === file?.id ? unsent : { ...unsent, id: file?.id } };
  if (unsent.content === null) return { kind: 'restored' };
  // Removed there and changed here: it stays, as a new file.
  if (file === undefined) return { kind: 'unsent', unsent: { ...unsent, id: undefined, base: null, baseText: undefined } };
  if (file.kind !== 'text' || !('text' in unsent.content) || unsent.baseText === undefined) return { kind: 'conflict' };
  const baseText = file.text.toString();
  const text = mergeTexts(unsent.baseText, unsent.content.text, baseText);
  if (text === undefined) return { kind: 'conflict' };
  if (text === baseText) return { kind: 'settled' };
  return { kind: 'unsent', unsent: { ...unsent, id: file.id, base: current, baseText, content: { text }, hash: hashOfText(text), doubt: doubtOn(unsent, file) } };
}

/** The file that it is a change of, or has become: that of a write whose answer was lost has its key. */
export function fileOf(doc: Y.Doc, { id, doubt }: Unsent): DocumentFile | undefined {
  if (id !== undefined) return getFile(doc, id);
  return doubt === undefined ? undefined : listFiles(doc).find((file) => hasWritten(file, doubt.key));
}

/** What was in doubt is a part of the document where that has its key. */
function withoutDoubt(unsent: Unsent, file: DocumentFile | undefined): Unsent {
  const { doubt } = unsent;
  if (doubt === undefined || !hasWritten(file, doubt.key)) return unsent;
  const { content, hash } = doubt.unsent;
  return { ...unsent, base: hash, baseText: content !== null && 'text' in content ? content.text : undefined, doubt: undefined };
}

/** The part in doubt on the same text of the document as the whole. */
function doubtOn({ doubt }: Unsent, file: DocumentFile): Unsent['doubt'] {
  const rebased = doubt === undefined ? undefined : rebase(doubt.unsent, file);
  return doubt !== undefined && rebased?.kind === 'unsent' ? { key: doubt.key, unsent: rebased.unsent } : undefined;
}
