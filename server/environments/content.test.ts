import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText, MAX_TEXT_BYTES } from './content.ts';

describe('decodeText', () => {
  test('bytes that are text come back as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const text = decodeText(bytes);
        if (text !== undefined) expect(new TextEncoder().encode(text)).toEqual(new Uint8Array(bytes));
      }),
    );
    expect(decodeText(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe('\ufeffa');
  });
  test.each([['NUL', new Uint8Array([97, 0])], ['no UTF-8', new Uint8Array([0xff])], ['too long', new Uint8Array(MAX_TEXT_BYTES + 1).fill(97)]])('%s is binary', (_name, bytes) => {
    expect(decodeText(bytes)).toBeUndefined();
  });
});
