import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { editText, textEdits } from '../../shared/document/edit-text.ts';
import { mergeTexts } from './merge-texts.ts';

describe('[M1] a change that both sides made is made once', () => {
  test.each([
    ['a line at the end, and one that was typed after it', 'a\n', 'a\nX\n', 'a\nX\ntyped\n', 'a\nX\ntyped\n'],
    ['lines with something typed between them', 'a\n', 'a\nX\nY\n', 'a\ntyped\nX\ntoo\nY\n', 'a\ntyped\nX\ntoo\nY\n'],
    ['a line with something typed behind it', 'a\n', 'a\ngenerated\n', 'a\ngenerated x\nY\n', 'a\ngenerated x\nY\n'],
    ['a line at the end, below a line that one of them changed', 'a\n', 'a x\ngenerated\n', 'a\ngenerated\n', 'a x\ngenerated\n'],
    ['a word', 'const a=1\n', 'const a = 1\n', 'const a = 1\nb\n', 'const a = 1\nb\n'],
    ['a replaced line, and one typed far from it', 'a\nb\nc\nd\n', 'a\nB\nc\nd\n', 'a\nB\nc\nd\nq\n', 'a\nB\nc\nd\nq\n'],
    ['a removed line', 'a\nb\nc\n', 'a\nc\n', 'q\na\nc\n', 'q\na\nc\n'],
  ])('%s', (_name, base, there, here, merged) => {
    expect(mergeTexts(base, there, here)).toBe(merged);
    expect(mergeTexts(base, here, there)).toBe(merged);
  });
});

describe('[M2] changes of different places are both made', () => {
  test.each([
    ['a formatter and a typist in one line', 'let a=1; let b=2;\n', 'let a = 1; let b = 2;\n', 'let a=1; let total=2;\n', 'let a = 1; let total = 2;\n'],
    ['neighbouring lines', 'a\nb\n', 'A\nb\n', 'a\nB\n', 'A\nB\n'],
    ['two lines at one place: first what is here', 'a\n', 'a\nX\n', 'a\nY\n', 'a\nY\nX\n'],
    ['a word at the end of a line, and a new line below', 'a\nb\n', 'a x\nb\n', 'a\nq\nb\n', 'a x\nq\nb\n'],
    ['an end without a line feed', 'a', 'a\nX', 'a\nY', 'a\nY\nX'],
    ['a word typed into a line that was taken out', 'a\nold line\nb\n', 'a\nb\n', 'a\nold new line\nb\n', 'a\nnew b\n'],
  ])('%s', (_name, base, there, here, merged) => {
    expect(mergeTexts(base, there, here)?.replaceAll(' ', '')).toBe(merged.replaceAll(' ', ''));
  });
});

test('[M3] one word replaced by two different ones cannot be merged', () => {
  expect(mergeTexts('let a = 1;\n', 'let b = 1;\n', 'let c = 1;\n')).toBeUndefined();
});

test('[M4] an edit takes no half of a surrogate pair', () => {
  const doc = new Y.Doc();
  const text = doc.getText('t');
  for (const wanted of ['x😀y', 'x😁y', 'x😁😀y', '𝒜😀', '𝒜😁😂', '']) {
    editText(text, wanted);
    expect(text.toString()).toBe(wanted);
  }
});

test('[M5] an edit is the smallest', () => {
  expect(textEdits('one\ntwo\nthree\n', 'one\n2\nthree\nfour\n')).toEqual([{ at: 4, end: 7, insert: '2' }, { at: 14, end: 14, insert: 'four\n' }]);
});

test('[M7] new lines are edits of whole lines: what is typed at the end of the line above in the same moment stays there', () => {
  expect(textEdits('slot 2\nslot 3\n', 'slot 2\ngenerated\nslot 3\n')).toEqual([{ at: 7, end: 7, insert: 'generated\n' }]);
  expect(textEdits('slot 2\nslot 3\n', 'slot 2\nslot new\nslot 3\n')).toEqual([{ at: 7, end: 7, insert: 'slot new\n' }]);
  expect(textEdits('a\nb\nc', 'a\n\nb\nc')).toEqual([{ at: 2, end: 2, insert: '\n' }]);
  expect(textEdits('a', 'a\nb')).toEqual([{ at: 1, end: 1, insert: '\nb' }]);
});
