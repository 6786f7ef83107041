import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { editText } from './edit-text.ts';

describe('editText', () => {
  test('turns any text into any other, whatever the surrogates', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '\n', '👋', '👍', '🇩🇪', 'é'), { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const target = new Y.Doc().getText('t');
        target.insert(0, before);
        editText(target, after);
        expect(target.toString()).toBe(after);
      }),
      { numRuns: 2000 },
    );
  });
  test('an identical text is no change', () => {
    const doc = new Y.Doc();
    doc.getText('t').insert(0, 'same');
    const before = Y.encodeStateVector(doc);
    editText(doc.getText('t'), 'same');
    expect(Y.encodeStateVector(doc)).toEqual(before);
  });
});
