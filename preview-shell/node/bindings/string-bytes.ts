/** Text to bytes, for streams that are written strings (src/string_bytes.cc). */
import { writeBase64, writeHex } from './buffer/encode.ts';

const encoder = new TextEncoder();

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** One byte for each UTF-16 unit, the low half of it. */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Node writes 'ascii' as 'latin1'. */
export const encodeAscii = encodeLatin1;

export function encodeUcs2(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 * i] = unit & 0xff;
    bytes[2 * i + 1] = unit >> 8;
  }
  return bytes;
}

type Writer = (target: Uint8Array, text: string) => number;

/** What `write` makes of the text, which is at most `size` bytes. */
function written(write: Writer, text: string, size: number): Uint8Array {
  const target = new Uint8Array(size);
  return target.subarray(0, write(target, text));
}

/** Four characters of base64 hold three bytes. */
const base64Size = (text: string): number => Math.ceil((text.length * 3) / 4);

/** @throws {TypeError} for an encoding that Node does not know. */
export function encodeText(text: string, encoding: string): Uint8Array {
  switch (encoding.toLowerCase()) {
    case 'utf8': case 'utf-8': return encodeUtf8(text);
    case 'latin1': case 'binary': case 'ascii': return encodeLatin1(text);
    case 'ucs2': case 'ucs-2': case 'utf16le': case 'utf-16le': return encodeUcs2(text);
    // Node reads either alphabet in both.
    case 'base64': case 'base64url': return written(writeBase64, text, base64Size(text));
    case 'hex': return written(writeHex, text, text.length >> 1);
    default: throw new TypeError(`Unknown encoding: ${encoding}`);
  }
}

/** What `writev` is given: buffers alone, or a chunk (text or buffer) and its encoding in turn. */
export function encodeChunks(chunks: readonly unknown[], allBuffers: boolean): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let i = 0; i < chunks.length; i += allBuffers ? 1 : 2) {
    const chunk = chunks[i];
    parts.push(typeof chunk === 'string' ? encodeText(chunk, String(chunks[i + 1])) : (chunk as Uint8Array));
  }
  return concatenate(parts);
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
