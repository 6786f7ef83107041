/** string_decoder.cc: text from chunks of bytes, with the incomplete character kept in the state that Node's class holds. */
import { base64Text, base64urlText } from './buffer/decode.ts';
import { native } from '../natives.ts';
import { ownBytes } from './encoding_binding.ts';

/** `enum encoding` of node.h, which is also the index in `encodings`. */
const ENCODINGS = ['ascii', 'utf8', 'base64', 'utf16le', 'latin1', 'hex', 'buffer', 'base64url'] as const;
type Encoding = (typeof ENCODINGS)[number];

const MISSING = 4;
const BUFFERED = 5;
const ENCODING_FIELD = 6;
const FIELDS = 7;

export function create(): Record<string, unknown> {
  return {
    encodings: [...ENCODINGS],
    kIncompleteCharactersStart: 0, kIncompleteCharactersEnd: MISSING, kMissingBytes: MISSING, kBufferedBytes: BUFFERED,
    kEncodingField: ENCODING_FIELD, kNumFields: FIELDS, kSize: FIELDS,
    decode: (state: Uint8Array, chunk: ArrayBufferView) => decode(state, ownBytes(chunk)),
    flush,
  };
}

function decode(state: Uint8Array, chunk: Uint8Array): string {
  const encoding = ENCODINGS[state[ENCODING_FIELD] ?? 0] ?? 'utf8';
  const carried = state.slice(0, state[BUFFERED]);
  const bytes = carried.length === 0 ? chunk : joined(carried, chunk);
  const whole = bytes.length - incomplete(bytes, encoding, state);
  state.set(bytes.subarray(whole), 0);
  state[BUFFERED] = bytes.length - whole;
  if (state[BUFFERED] === 0) state[MISSING] = 0;
  return textOf(bytes.subarray(0, whole), encoding);
}

function flush(state: Uint8Array): string {
  const encoding = ENCODINGS[state[ENCODING_FIELD] ?? 0] ?? 'utf8';
  let rest = state.slice(0, state[BUFFERED]);
  // Half a UTF-16 unit is dropped (string_decoder.cc, FlushData).
  if (encoding === 'utf16le' && rest.length % 2 === 1) rest = rest.subarray(0, rest.length - 1);
  state[MISSING] = 0;
  state[BUFFERED] = 0;
  return textOf(rest, encoding);
}

/** Bytes at the end that belong to a character not yet complete; notes in the state how many are missing. */
function incomplete(bytes: Uint8Array, encoding: Encoding, state: Uint8Array): number {
  const kept = encoding === 'utf8' ? incompleteUtf8(bytes) : encoding === 'utf16le' ? incompleteUtf16(bytes) : encoding.startsWith('base64') ? incompleteBase64(bytes) : NONE;
  state[MISSING] = kept.missing;
  return kept.bytes;
}

interface Incomplete {
  bytes: number;
  missing: number;
}
const NONE: Incomplete = { bytes: 0, missing: 0 };

/** RFC 3629: a lead byte tells how many follow; one that has seen something impossible is complete and becomes U+FFFD. */
function incompleteUtf8(bytes: Uint8Array): Incomplete {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 && byte <= 0xf4 ? 4 : byte >= 0xe0 ? (byte < 0xf0 ? 3 : 1) : byte >= 0xc2 ? 2 : 1;
    if (length <= back || !mayContinue(byte, bytes[bytes.length - back + 1], back)) return NONE;
    return { bytes: back, missing: length - back };
  }
  return NONE;
}

/** Whether a second byte fits the lead (no overlong form, surrogate or value above U+10FFFF). */
function mayContinue(lead: number, second: number | undefined, back: number): boolean {
  if (back < 2 || second === undefined) return true;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return second >= low && second <= high;
}

function incompleteUtf16(bytes: Uint8Array): Incomplete {
  const odd = bytes.length % 2;
  const unitHigh = bytes[bytes.length - odd - 1] ?? 0;
  const lead = bytes.length - odd >= 2 && unitHigh >= 0xd8 && unitHigh <= 0xdb;
  if (lead) return { bytes: 2 + odd, missing: 2 - odd };
  return odd === 1 ? { bytes: 1, missing: 1 } : NONE;
}

function incompleteBase64(bytes: Uint8Array): Incomplete {
  const rest = bytes.length % 3;
  return rest === 0 ? NONE : { bytes: rest, missing: 3 - rest };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

const CHUNK = 0x2000;

function binaryText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
}

function textOf(bytes: Uint8Array, encoding: Encoding): string {
  switch (encoding) {
    case 'utf8': return new native.TextDecoder('utf-8', { ignoreBOM: true }).decode(ownBytes(bytes));
    case 'utf16le': return utf16(bytes);
    case 'ascii': return binaryText(bytes.map((byte) => byte & 0x7f));
    case 'hex': return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    case 'base64': return base64Text(bytes);
    case 'base64url': return base64urlText(bytes);
    case 'latin1':
    case 'buffer': return binaryText(bytes);
  }
}

/** Lone surrogates stay as they are, which a TextDecoder would not leave. */
function utf16(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at + 1 < bytes.length; at += 2) text += String.fromCharCode((bytes[at] as number) | ((bytes[at + 1] as number) << 8));
  return text;
}
