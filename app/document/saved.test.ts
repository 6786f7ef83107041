import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { covers, joinVectors, stateVectorOf } from './saved.ts';

test('an edit is not covered until a vector with its clock arrives', () => {
  const doc = new Y.Doc();
  const text = doc.getText('t');
  text.insert(0, 'abc');
  const durable = stateVectorOf(doc);
  expect(covers(durable, stateVectorOf(doc))).toBe(true);
  text.insert(3, 'd');
  expect(covers(durable, stateVectorOf(doc))).toBe(false);
  expect(covers(new Map(), new Map())).toBe(true);
});

test("another client's edits count too: they may have reached us before they were stored", () => {
  const ours = new Map([[1, 5], [2, 3]]);
  expect(covers(new Map([[1, 5]]), ours)).toBe(false);
  expect(covers(new Map([[1, 9], [2, 3], [7, 1]]), ours)).toBe(true);
});

test('an older announcement takes nothing back', () => {
  expect(joinVectors(new Map([[1, 5]]), new Map([[1, 3], [2, 1]]))).toEqual(new Map([[1, 5], [2, 1]]));
});
