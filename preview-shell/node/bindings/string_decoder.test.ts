import { StringDecoder } from 'node:string_decoder';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { create } from './string_decoder.ts';

const binding = create() as { encodings: string[]; kSize: number; kEncodingField: number; kBufferedBytes: number; kMissingBytes: number; decode: (state: Uint8Array, chunk: Uint8Array) => string; flush: (state: Uint8Array) => string };
/** Bytes at which the encodings' characters begin, go on and break. */
const byte = fc.constantFrom(0, 0x41, 0x80, 0x82, 0xa0, 0xac, 0xbf, 0xc0, 0xc3, 0xd8, 0xdc, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf8, 0xff);
const chunks = fc.array(fc.uint8Array({ maxLength: 6 }).chain((any) => fc.array(byte, { maxLength: 6 }).map((chosen) => Uint8Array.from([...chosen, ...any.subarray(0, 2)]))), { maxLength: 6 });

test.each(['utf8', 'utf16le', 'base64', 'base64url', 'hex', 'latin1', 'ascii'] as const)('chunks of %s are decoded, and kept, as in Node', (encoding) => {
  fc.assert(fc.property(chunks, (input) => {
    const theirs = new StringDecoder(encoding) as StringDecoder & { lastNeed: number; lastTotal: number };
    const state = new Uint8Array(binding.kSize);
    state[binding.kEncodingField] = binding.encodings.indexOf(encoding);
    for (const chunk of input) {
      expect(binding.decode(state, chunk)).toBe(theirs.write(Buffer.from(chunk)));
      expect(state[binding.kMissingBytes]).toBe(theirs.lastNeed);
    }
    expect(binding.flush(state)).toBe(theirs.end());
  }));
});
