/** V8's serialization format, version 15 (v8/src/objects/value-serializer.cc): each value is a tag, one ASCII character, and what follows it. */
export const FORMAT_VERSION = 15;
export const VERSION_TAG = 0xff;

export const VIEWS: Readonly<Record<string, string>> = {
  Int8Array: 'b', Uint8Array: 'B', Uint8ClampedArray: 'C', Int16Array: 'w', Uint16Array: 'W', Int32Array: 'd', Uint32Array: 'D',
  Float16Array: 'h', Float32Array: 'f', Float64Array: 'F', BigInt64Array: 'q', BigUint64Array: 'Q', DataView: '?',
};

export const ERRORS: Readonly<Record<string, string>> = {
  EvalError: 'E', RangeError: 'R', ReferenceError: 'F', SyntaxError: 'S', TypeError: 'T', URIError: 'U',
};

/** Bits of a regular expression's flags, from the lowest. */
export const REGEXP_FLAGS = 'gimyusldv';
