import * as encoding from 'lib0/encoding';
import * as sync from 'y-protocols/sync';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { framesOf, updatesOf } from './pieces.ts';

const LIMIT = 2000;

/** Two people's backlog: a large paste with characters of two units, many small edits, deletions, and a tree. */
function backlog(): Y.Doc {
  const [doc, other] = [new Y.Doc(), new Y.Doc()];
  doc.getText('file').insert(0, '😀x'.repeat(4000));
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  for (let edit = 0; edit < 300; edit++) other.getText('file').insert(edit * 7, `edit ${edit}`);
  other.getText('file').delete(100, 900);
  other.getArray('list').insert(0, Array.from({ length: 2000 }, (_, index) => `entry ${index}`));
  other.getMap('files').set('a', new Y.Map([['path', 'src/a.ts']]));
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
  return doc;
}
const shown = (doc: Y.Doc): unknown => [doc.getText('file').toJSON(), doc.getArray('list').toJSON(), doc.getMap('files').toJSON()];
function applied(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

describe('an update in pieces', () => {
  test('says the same in any order, each piece within the limit', () => {
    const doc = backlog();
    const pieces = updatesOf(Y.encodeStateAsUpdate(doc), LIMIT);
    expect(pieces.length).toBeGreaterThan(20);
    for (const piece of pieces) expect(piece.length).toBeLessThan(LIMIT + 200);
    for (const order of [pieces, pieces.toReversed()]) {
      const copy = applied(order);
      expect(shown(copy)).toEqual(shown(doc));
      expect(Y.encodeStateVector(copy)).toEqual(Y.encodeStateVector(doc));
      expect(copy.store.pendingStructs).toBeNull();
    }
  });

  test('what comes after a cut off sending fills the rest', () => {
    const doc = backlog();
    const copy = applied(updatesOf(Y.encodeStateAsUpdate(doc), LIMIT).filter((_, index) => index % 3 > 0));
    for (const piece of updatesOf(Y.encodeStateAsUpdate(doc, Y.encodeStateVector(copy)), LIMIT)) Y.applyUpdate(copy, piece);
    expect(shown(copy)).toEqual(shown(doc));
  });

  test('an update with a gap keeps it', () => {
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    for (let edit = 0; edit < 9; edit++) doc.getText('file').insert(0, `${edit} `.repeat(900));
    const [first = new Uint8Array(), missing = new Uint8Array(), ...rest] = updates;
    const copy = applied([...updatesOf(Y.mergeUpdates([first, ...rest]), LIMIT), missing]);
    expect(shown(copy)).toEqual(shown(doc));
  });
});

test('frames: small ones and those that are no content go as they are', () => {
  const frame = (write: (encoder: encoding.Encoder) => void, type = 0): Uint8Array => {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, type);
    write(encoder);
    return encoding.toUint8Array(encoder);
  };
  const doc = backlog();
  const whole = frame((encoder) => sync.writeSyncStep2(encoder, doc));
  expect(framesOf(whole)).toEqual([whole]);
  const awareness = frame((encoder) => encoding.writeVarUint8Array(encoder, new Uint8Array(LIMIT * 2)), 1);
  expect(framesOf(awareness, LIMIT)).toEqual([awareness]);
  expect(framesOf(whole, LIMIT).map((piece) => [piece[0], piece[1]])).toEqual(updatesOf(Y.encodeStateAsUpdate(doc), LIMIT).map(() => [0, 1]));
});
