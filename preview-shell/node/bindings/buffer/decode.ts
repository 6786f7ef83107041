/** Bytes to text in each of Buffer's encodings (src/string_bytes.cc). */
const BATCH = 0x2000;
const DIRECT_BYTES = 24;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const platformBtoa = globalThis.btoa.bind(globalThis);

const fromCharCodes = (units: ArrayLike<number>): string => String.fromCharCode.apply(null, units as number[]);

function textOfUnits(units: Uint8Array | Uint16Array): string {
  if (units.length <= BATCH) return fromCharCodes(units);
  const parts: string[] = [];
  for (let at = 0; at < units.length; at += BATCH) parts.push(fromCharCodes(units.subarray(at, at + BATCH)));
  return parts.join('');
}

/** The browser's decoder refuses shared memory, and costs more than a loop for a few bytes. */
export function utf8Text(bytes: Uint8Array): string {
  if (bytes.length <= DIRECT_BYTES && isAsciiBytes(bytes)) return fromCharCodes(bytes);
  return utf8.decode(bytes.buffer instanceof SharedArrayBuffer ? bytes.slice() : bytes);
}

export function isAsciiBytes(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if ((bytes[at] as number) > 0x7f) return false;
  return true;
}

export const latin1Text = (bytes: Uint8Array): string => textOfUnits(bytes);
export const asciiText = (bytes: Uint8Array): string => textOfUnits(bytes.map((byte) => byte & 0x7f));

export function ucs2Text(bytes: Uint8Array): string {
  const units = bytes.length >> 1;
  const even = bytes.byteOffset % 2 === 0 ? new Uint16Array(bytes.buffer, bytes.byteOffset, units) : new Uint16Array(bytes.slice().buffer, 0, units);
  return textOfUnits(even);
}

export function hexText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at++) text += HEX[bytes[at] as number];
  return text;
}

/** Of a browser that has it (TC39, Uint8Array to and from Base64), before a program can change it. */
const { toBase64 } = Uint8Array.prototype as unknown as { toBase64?: (this: Uint8Array) => string };

export function base64Text(bytes: Uint8Array): string {
  if (bytes.length <= DIRECT_BYTES) return base64Small(bytes);
  return toBase64 === undefined || bytes.buffer instanceof SharedArrayBuffer ? platformBtoa(latin1Text(bytes)) : toBase64.call(bytes);
}
export const base64urlText = (bytes: Uint8Array): string => base64Text(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

function base64Small(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += `${ALPHABET[group >> 18]}${ALPHABET[(group >> 12) & 63]}${left > 1 ? ALPHABET[(group >> 6) & 63] : '='}${left > 2 ? ALPHABET[group & 63] : '='}`;
  }
  return text;
}
