/** Text or binary, and revisions. */
import { createHash } from 'node:crypto';
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
  return revisionOfContent(file.kind, file.mode, file.kind === 'text' ? file.text.toString() : file.blob);
}

/** `content`: the text, or the hash of the bytes. */
export function revisionOfContent(kind: DocumentFile['kind'], mode: number | undefined, content: string): string {
  return createHash('sha256').update(`${kind}\0${mode ?? 0o644}\0`).update(content).digest('base64url').slice(0, 27);
}
