/** Text into bytes in each of Buffer's encodings; each answers how many bytes it wrote, and writes no part of a character (src/string_bytes.cc). */
const encoder = new TextEncoder();
const DIRECT_UNITS = 48;

export function writeUtf8(target: Uint8Array, text: string): number {
  if (text.length <= DIRECT_UNITS && text.length <= target.length) {
    const written = writeAscii(target, text);
    if (written === text.length) return written;
  }
  if (!(target.buffer instanceof SharedArrayBuffer)) return encoder.encodeInto(text, target as Uint8Array<ArrayBuffer>).written;
  const copy = new Uint8Array(target.length);
  const { written } = encoder.encodeInto(text, copy);
  target.set(copy.subarray(0, written));
  return written;
}

/** Stops at the first unit that is not ASCII. */
function writeAscii(target: Uint8Array, text: string): number {
  let at = 0;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) break;
    target[at] = unit;
  }
  return at;
}

export function writeLatin1(target: Uint8Array, text: string): number {
  const length = Math.min(target.length, text.length);
  for (let at = 0; at < length; at++) target[at] = text.charCodeAt(at);
  return length;
}

export function writeUcs2(target: Uint8Array, text: string): number {
  const units = Math.min(target.length >> 1, text.length);
  for (let at = 0; at < units; at++) {
    const unit = text.charCodeAt(at);
    target[2 * at] = unit;
    target[2 * at + 1] = unit >> 8;
  }
  return 2 * units;
}

/** Of a unit beyond Latin-1 Node reads the low byte (string_bytes.cc, unhex). */
function hexDigit(unit: number): number {
  const byte = unit & 0xff;
  return byte >= 48 && byte <= 57 ? byte - 48 : byte >= 97 && byte <= 102 ? byte - 87 : byte >= 65 && byte <= 70 ? byte - 55 : -1;
}

/** Stops at what is no pair of hexadecimal digits. */
export function writeHex(target: Uint8Array, text: string): number {
  const length = Math.min(target.length, text.length >> 1);
  for (let at = 0; at < length; at++) {
    const high = hexDigit(text.charCodeAt(2 * at));
    const low = hexDigit(text.charCodeAt(2 * at + 1));
    if (high < 0 || low < 0) return at;
    target[at] = (high << 4) | low;
  }
  return length;
}

/** Both alphabets at once, as Node reads them; 64 stands for "skip". */
const VALUES = new Uint8Array(256).fill(64);
for (const [value, character] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) VALUES[character.charCodeAt(0)] = value;
VALUES[45] = 62;
VALUES[95] = 63;
const PADDING = 61;

/** Of a browser that has it (TC39, Uint8Array to and from Base64), before a program can change it; it knows one alphabet, and forgives nothing but spaces. */
type SetFromBase64 = (this: Uint8Array, text: string) => { written: number };
const { setFromBase64 } = Uint8Array.prototype as unknown as { setFromBase64?: SetFromBase64 };

/** Forgiving: what is not of the alphabet is skipped, padding ends. */
export function writeBase64(target: Uint8Array, text: string): number {
  if (setFromBase64 === undefined || text.length <= DIRECT_UNITS || target.length < (text.length * 3) / 4) return writeForgiving(target, text);
  try {
    return setFromBase64.call(target, text).written;
  } catch {
    return writeForgiving(target, text);
  }
}

function writeForgiving(target: Uint8Array, text: string): number {
  let written = 0;
  let bits = 0;
  let group = 0;
  for (let at = 0; at < text.length && written < target.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === PADDING) break;
    // Of a unit beyond Latin-1 Node reads the low byte (base64-inl.h, unbase64).
    const value = VALUES[unit & 0xff] as number;
    if (value === 64) continue;
    group = ((group << 6) | value) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    target[written++] = group >> bits;
  }
  return written;
}

const PIECE_UNITS = 16 * 1024;
let scratch: Uint8Array<ArrayBuffer> | undefined;

/** Bytes of the text in UTF-8; a lone surrogate counts as U+FFFD. */
export function utf8Length(text: string): number {
  if (text.length <= DIRECT_UNITS) return countUtf8(text);
  // The browser's encoder is fast from its first call on, a loop when it has been compiled: a server's first answer may be a megabyte. In
  // pieces, since it copies all of the text that it is given.
  scratch ??= new Uint8Array(3 * PIECE_UNITS);
  let bytes = 0;
  for (let at = 0, end: number; at < text.length; at = end) {
    end = Math.min(at + PIECE_UNITS, text.length);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--;
    bytes += encoder.encodeInto(text.slice(at, end), scratch).written;
  }
  return bytes;
}

const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800;

function countUtf8(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    if (unit >= 0xd800 && unit <= 0xdbff && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at++;
  }
  return bytes;
}
