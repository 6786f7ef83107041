/** What `Buffer` is made of (node_buffer.cc). */
import { asciiText, base64Text, base64urlText, hexText, isAsciiBytes, latin1Text, ucs2Text, utf8Text } from './buffer/decode.ts';
import { utf8Length, writeBase64, writeHex, writeLatin1, writeUcs2, writeUtf8 } from './buffer/encode.ts';
import { compareBytes, fillWith, isValidUtf8, swap } from './buffer/compare.ts';
import { search } from './buffer/search.ts';
import { ownBytes } from './encoding_binding.ts';
import { encodeText } from './string-bytes.ts';

/** `v8::TypedArray::kMaxByteLength` and `v8::String::kMaxLength` on 64 bits. */
const MAX_LENGTH = Number.MAX_SAFE_INTEGER;
const MAX_STRING_LENGTH = 536870888;
/** `enum encoding` of node.h. */
const ENCODINGS = ['ascii', 'utf8', 'base64', 'utf16le', 'latin1', 'hex', 'latin1', 'base64url'];

type Write = (target: Uint8Array, text: string) => number;
type Decode = (bytes: Uint8Array) => string;

const platform = { atob: globalThis.atob.bind(globalThis), btoa: globalThis.btoa.bind(globalThis) };

export function create(): Record<string, unknown> {
  return {
    kMaxLength: MAX_LENGTH,
    kStringMaxLength: MAX_STRING_LENGTH,
    setBufferPrototype: () => undefined,
    createUnsafeArrayBuffer: (size: number) => new ArrayBuffer(size),
    asciiSlice: slice(asciiText), latin1Slice: slice(latin1Text), utf8Slice: slice(utf8Text), ucs2Slice: slice(ucs2Text),
    hexSlice: slice(hexText), base64Slice: slice(base64Text), base64urlSlice: slice(base64urlText),
    base64Write: write(writeBase64), base64urlWrite: write(writeBase64), hexWrite: write(writeHex), ucs2Write: write(writeUcs2),
    asciiWriteStatic: writeStatic(writeLatin1), latin1WriteStatic: writeStatic(writeLatin1), utf8WriteStatic: writeStatic(writeUtf8),
    byteLengthUtf8: utf8Length,
    compare: (a: Uint8Array, b: Uint8Array) => compareBytes(a, b),
    compareOffset,
    copy: (source: ArrayBufferView, target: ArrayBufferView, targetStart: number, sourceStart: number, length: number) => {
      bytesOf(target).set(bytesOf(source).subarray(sourceStart, sourceStart + length), targetStart);
      return length;
    },
    copyArrayBuffer: (target: ArrayBufferLike, targetStart: number, source: ArrayBufferLike, sourceStart: number, length: number) =>
      new Uint8Array(target).set(new Uint8Array(source, sourceStart, length), targetStart),
    fill,
    indexOfString: (bytes: Uint8Array, text: string, offset: number, encoding: number, forward: boolean) =>
      search(bytes, encodeText(text, encodingName(encoding)), offset, forward, ENCODINGS[encoding] === 'utf16le' ? 2 : 1),
    indexOfBuffer: (bytes: Uint8Array, needle: Uint8Array, offset: number, encoding: number, forward: boolean) =>
      search(bytes, bytesOf(needle), offset, forward, ENCODINGS[encoding] === 'utf16le' ? 2 : 1),
    indexOfNumber: (bytes: Uint8Array, value: number, offset: number, forward: boolean) => search(bytes, Uint8Array.of(value), offset, forward, 1),
    swap16: (bytes: Uint8Array) => swap(bytes, 2),
    swap32: (bytes: Uint8Array) => swap(bytes, 4),
    swap64: (bytes: Uint8Array) => swap(bytes, 8),
    isUtf8: (input: unknown) => isValidUtf8(ownBytes(input)),
    isAscii: (input: unknown) => isAsciiBytes(ownBytes(input)),
    btoa: (text: string) => (/[^\0-\xff]/.test(text) ? -1 : platform.btoa(text)),
    atob,
  };
}

const bytesOf = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const encodingName = (encoding: number): string => ENCODINGS[encoding] ?? 'utf8';

/** `buffer.<encoding>Slice(start, end)`. @throws ERR_INDEX_OUT_OF_RANGE */
function slice(decode: Decode) {
  return function sliceOf(this: Uint8Array, start = 0, end = this.length): string {
    const last = Math.max(start, end);
    if (start < 0 || last > this.length) throw Object.assign(new RangeError('Index out of range'), { code: 'ERR_OUT_OF_RANGE' });
    return start === last ? '' : decode(start === 0 && last === this.length ? this : this.subarray(start, last));
  };
}

/** `buffer.<encoding>Write(text, offset, length)`. */
function write(encode: Write) {
  return function writeTo(this: Uint8Array, text: string, offset = 0, length = this.length): number {
    return into(encode, this, text, offset, length);
  };
}

function writeStatic(encode: Write) {
  return (target: Uint8Array, text: string, offset = 0, length = target.length): number => into(encode, target, text, offset, length);
}

function into(encode: Write, target: Uint8Array, text: unknown, offset: number, length: number): number {
  if (typeof text !== 'string') throw Object.assign(new TypeError('argument must be a string'), { code: 'ERR_INVALID_ARG_TYPE' });
  if (offset > target.length) throw Object.assign(new RangeError('"offset" is outside of buffer bounds'), { code: 'ERR_BUFFER_OUT_OF_BOUNDS' });
  const end = Math.min(target.length, offset + length);
  return encode(offset === 0 && end === target.length ? target : target.subarray(offset, end), text);
}

function compareOffset(source: Uint8Array, target: Uint8Array, targetStart: number, sourceStart: number, targetEnd: number, sourceEnd: number): number {
  if (sourceStart > source.length) throw outOfRange('sourceStart');
  if (targetStart > target.length) throw outOfRange('targetStart');
  return compareBytes(source.subarray(sourceStart, sourceEnd), target.subarray(targetStart, targetEnd));
}

const outOfRange = (name: string): Error => Object.assign(new RangeError(`The value of "${name}" is out of range.`), { code: 'ERR_OUT_OF_RANGE' });

/** -2: the range is outside; -1: there is nothing to fill with. */
function fill(bytes: Uint8Array, value: unknown, start: number, end: number, encoding?: string): number | undefined {
  if (start > end || end > bytes.length) return -2;
  if (typeof value !== 'string' && !ArrayBuffer.isView(value)) {
    bytes.fill(Number(value) & 0xff, start, end);
    return undefined;
  }
  const pattern = typeof value === 'string' ? encodeText(value, encoding ?? 'utf8') : bytesOf(value);
  if (pattern.length === 0) return -1;
  fillWith(bytes, pattern, start, end);
  return undefined;
}

/** -2: a character is not of the alphabet; -1: a single character remained. */
function atob(text: string): string | number {
  try {
    return platform.atob(text);
  } catch {
    const bare = text.replace(/[\t\n\f\r ]/g, '').replace(/==?$/, '');
    return /[^A-Za-z0-9+/]/.test(bare) ? -2 : -1;
  }
}
