import { expect, test } from 'vitest';
import * as Y from 'yjs';
import * as encoding from 'lib0/encoding';
import * as sync from 'y-protocols/sync';
import { covers, hasContent, joinVectors, stateVectorOf } from './saved.ts';

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

test('what the server counts: updates and second steps that hold something, a deletion included', () => {
  const frame = (write: (encoder: encoding.Encoder) => void, type = 0) => {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, type);
    write(encoder);
    return encoding.toUint8Array(encoder);
  };
  const doc = new Y.Doc();
  doc.getText('t').insert(0, 'abc');
  expect(hasContent(frame((encoder) => sync.writeSyncStep1(encoder, doc)))).toBe(false);
  expect(hasContent(frame((encoder) => sync.writeSyncStep2(encoder, new Y.Doc())))).toBe(false);
  expect(hasContent(frame((encoder) => sync.writeSyncStep2(encoder, doc)))).toBe(true);
  let deletion: Uint8Array = new Uint8Array();
  doc.on('update', (update) => (deletion = update));
  doc.getText('t').delete(0, 1);
  expect(hasContent(frame((encoder) => sync.writeUpdate(encoder, deletion)))).toBe(true);
  expect(hasContent(frame((encoder) => encoding.writeVarUint8Array(encoder, deletion), 1))).toBe(false);
});
