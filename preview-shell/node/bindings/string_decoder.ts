/** string_decoder.cc: text from chunks of bytes, with the incomplete character kept in the state that Node's class holds. */
import { asciiText, base64Text, base64urlText, hexText, latin1Text, ucs2Text, utf8Text } from './buffer/decode.ts';
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
  if (!SPLIT.has(encoding)) return textOf(chunk, encoding);
  const finished = field(state, MISSING) > 0 ? finish(state, chunk, encoding) : { text: '', used: 0 };
  const rest = chunk.subarray(finished.used);
  if (rest.length === 0) return finished.text;
  const { kept, missing } = incomplete(rest, encoding);
  state[BUFFERED] = kept;
  state[MISSING] = missing;
  state.set(rest.subarray(rest.length - kept), 0);
  return finished.text + textOf(rest.subarray(0, rest.length - kept), encoding);
}

/** Encodings of which a chunk may end inside of a character. */
const SPLIT: ReadonlySet<Encoding> = new Set<Encoding>(['utf8', 'utf16le', 'base64', 'base64url']);
const field = (state: Uint8Array, index: number): number => state[index] ?? 0;
const isTrailing = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** Completes the character that was kept, as far as the chunk goes. In UTF-8 a byte that is no continuation ends it early. */
function finish(state: Uint8Array, chunk: Uint8Array, encoding: Encoding): { text: string; used: number } {
  const missing = field(state, MISSING);
  let used = Math.min(missing, chunk.length);
  let left = missing - used;
  const stranger = encoding === 'utf8' ? chunk.subarray(0, used).findIndex((byte) => !isTrailing(byte)) : -1;
  if (stranger >= 0) [used, left] = [stranger, 0];
  state.set(chunk.subarray(0, used), field(state, BUFFERED));
  const buffered = field(state, BUFFERED) + used;
  state[MISSING] = left;
  state[BUFFERED] = left === 0 ? 0 : buffered;
  return { text: left === 0 ? textOf(state.slice(0, buffered), encoding) : '', used };
}

function flush(state: Uint8Array): string {
  const encoding = ENCODINGS[field(state, ENCODING_FIELD)] ?? 'utf8';
  let buffered = field(state, BUFFERED);
  if (encoding === 'utf16le' && buffered % 2 === 1) {
    // Half a UTF-16 unit is dropped, and counted as come.
    state[MISSING] = field(state, MISSING) - 1;
    state[BUFFERED] = --buffered;
  }
  if (buffered === 0) return '';
  state[MISSING] = 0;
  state[BUFFERED] = 0;
  return textOf(state.slice(0, buffered), encoding);
}

/** How many bytes at the end belong to a character not yet complete, and how many more that one needs. */
interface Incomplete {
  kept: number;
  missing: number;
}
const NONE: Incomplete = { kept: 0, missing: 0 };

function incomplete(bytes: Uint8Array, encoding: Encoding): Incomplete {
  if (encoding === 'utf8') return incompleteUtf8(bytes);
  if (encoding === 'utf16le') return incompleteUtf16(bytes);
  const kept = bytes.length % 3;
  return kept === 0 ? NONE : { kept, missing: 3 - kept };
}

/** Looks at lead bytes alone: what can be no character is left to the decoder, which makes U+FFFD of it. */
function incompleteUtf8(bytes: Uint8Array): Incomplete {
  for (let kept = 1; kept <= Math.min(4, bytes.length); kept++) {
    const byte = bytes[bytes.length - kept] as number;
    if (isTrailing(byte)) continue;
    const length = (byte & 0xe0) === 0xc0 ? 2 : (byte & 0xf0) === 0xe0 ? 3 : (byte & 0xf8) === 0xf0 ? 4 : 0;
    return kept < length ? { kept, missing: length - kept } : NONE;
  }
  return NONE;
}

function incompleteUtf16(bytes: Uint8Array): Incomplete {
  if (bytes.length % 2 === 1) return { kept: 1, missing: 1 };
  const high = bytes[bytes.length - 1] as number;
  return (high & 0xfc) === 0xd8 ? { kept: 2, missing: 2 } : NONE;
}

function textOf(bytes: Uint8Array, encoding: Encoding): string {
  switch (encoding) {
    case 'utf8': return utf8Text(bytes);
    case 'utf16le': return ucs2Text(bytes);
    case 'ascii': return asciiText(bytes);
    case 'hex': return hexText(bytes);
    case 'base64': return base64Text(bytes);
    case 'base64url': return base64urlText(bytes);
    case 'latin1':
    case 'buffer': return latin1Text(bytes);
  }
}
