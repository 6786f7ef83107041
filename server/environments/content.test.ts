import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { decodeText, MAX_TEXT_BYTES, replaceText } from './content.ts';

describe('replaceText', () => {
  test('turns any text into any other, whatever the surrogates', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '\n', '👋', '👍', '🇩🇪', 'é'), { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const target = new Y.Doc().getText('t');
        target.insert(0, before);
        replaceText(target, after);
        expect(target.toString()).toBe(after);
      }),
      { numRuns: 2000 },
    );
  });
  test('an identical text is no change', () => {
    const doc = new Y.Doc();
    doc.getText('t').insert(0, 'same');
    const before = Y.encodeStateVector(doc);
    replaceText(doc.getText('t'), 'same');
    expect(Y.encodeStateVector(doc)).toEqual(before);
  });
});

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
