import { Buffer } from 'node:buffer';

/**
 * Text of tools is UTF-8. Bytes that are not become lone surrogates U+DC80..U+DCFF and come out again as the same bytes,
 * so that a tool may treat any file as text and never damage it.
 */
export function decode(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  return text.includes('\uFFFD') ? decodeEscaped(buffer) : text;
}

export function encode(text: string): Buffer {
  return text.isWellFormed() ? Buffer.from(text, 'utf8') : encodeEscaped(text);
}

export function byteLength(text: string): number {
  return text.isWellFormed() ? Buffer.byteLength(text, 'utf8') : encodeEscaped(text).length;
}

/** Length of the well-formed UTF-8 sequence at `at`, or 0 (RFC 3629). */
function sequenceLength(buffer: Buffer, at: number): number {
  const lead = buffer[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > buffer.length) return 0;
  const second = buffer[at + 1] ?? 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let index = at + 2; index < at + length; index++) if (((buffer[index] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

function decodeEscaped(buffer: Buffer): string {
  let out = '';
  let from = 0;
  for (let at = 0; at < buffer.length;) {
    const length = sequenceLength(buffer, at);
    if (length > 0) {
      at += length;
      continue;
    }
    out += buffer.toString('utf8', from, at) + String.fromCharCode(0xdc00 + (buffer[at] ?? 0));
    from = ++at;
  }
  return out + buffer.toString('utf8', from);
}

function encodeEscaped(text: string): Buffer {
  const parts: Buffer[] = [];
  for (const piece of text.split(/(?<![\uD800-\uDBFF])([\uDC80-\uDCFF]+)/)) {
    const escaped = /^[\uDC80-\uDCFF]+$/.test(piece);
    parts.push(escaped ? Buffer.from([...piece].map((char) => char.charCodeAt(0) & 0xff)) : Buffer.from(piece, 'utf8'));
  }
  return Buffer.concat(parts);
}

/** Bytes at the end of `chunk` that begin a UTF-8 sequence which the next chunk may complete. */
export function incompleteTail(chunk: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, chunk.length); back++) {
    const byte = chunk[chunk.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
