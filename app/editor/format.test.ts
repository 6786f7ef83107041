import fc from 'fast-check';
import { expect, test } from 'vitest';
import { smallestEdit } from './format.ts';

test('the smallest edit turns one text into the other', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n') });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { start, end, text: insert } = smallestEdit(before, after);
      expect(before.slice(0, start) + insert + before.slice(end)).toBe(after);
    }),
  );
  expect(smallestEdit('const a=1;', 'const a = 1;')).toEqual({ start: 7, end: 8, text: ' = ' });
});
