/** Text or binary, revisions, and the smallest change from one text to another. */
import { createHash } from 'node:crypto';
import type * as Y from 'yjs';
import type { DocumentFile } from '../../shared/document/schema.ts';

/** Text longer than this many bytes is kept as a blob: nobody types into it, and each character would cost memory in every member's browser. */
export const MAX_TEXT_BYTES = 1024 * 1024;
export const MAX_FILE_BYTES = 20 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that these bytes are, `undefined` for binary: not UTF-8, with a NUL, or too long to be edited. Encoding it again gives the same bytes. */
export function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength > MAX_TEXT_BYTES || bytes.includes(0)) return undefined;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A strong validator (RFC 9110, 8.8.1), without the quotes: it says what the file is, so that two writers of the same content agree. */
export function revisionOf(file: DocumentFile): string {
  const hash = createHash('sha256').update(`${file.kind}\0${file.mode ?? 0o644}\0`);
  hash.update(file.kind === 'text' ? file.text.toString() : file.blob);
  return hash.digest('base64url').slice(0, 27);
}

/** Turns the text into `next` by replacing only what lies between their common beginning and end, so that cursors elsewhere stay. */
export function replaceText(text: Y.Text, next: string): void {
  const before = text.toString();
  if (before === next) return;
  const start = boundary(before, next, commonPrefix(before, next));
  const end = commonSuffix(before, next, start);
  const removed = before.length - start - end;
  if (removed > 0) text.delete(start, removed);
  const added = next.slice(start, next.length - end);
  if (added !== '') text.insert(start, added);
}

function commonPrefix(a: string, b: string): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

/** Yjs replaces halves of surrogate pairs by U+FFFD: a change must not begin inside one. */
function boundary(a: string, b: string, at: number): number {
  const isHigh = (text: string) => at > 0 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
  return isHigh(a) || isHigh(b) ? at - 1 : at;
}

function commonSuffix(a: string, b: string, start: number): number {
  const limit = Math.min(a.length, b.length) - start;
  let length = 0;
  while (length < limit && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)) length++;
  const isLow = length > 0 && (a.charCodeAt(a.length - length) & 0xfc00) === 0xdc00;
  return isLow ? length - 1 : length;
}
