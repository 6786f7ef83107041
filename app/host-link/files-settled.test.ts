import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { filesSettled } from './files-settled.ts';

const snapshotOf = (doc: Y.Doc) => Buffer.from(Y.encodeSnapshot(Y.snapshot(doc))).toString('base64');

test('waits for the document, deletions too, and then for the disk', async () => {
  const there = new Y.Doc();
  const here = new Y.Doc();
  there.getText('t').insert(0, 'hello');
  Y.applyUpdate(here, Y.encodeStateAsUpdate(there));
  there.getText('t').delete(0, 1);
  const steps: string[] = [];
  const disk = Promise.withResolvers<void>();
  const settled = filesSettled(here, () => (steps.push('disk'), disk.promise), snapshotOf(there), 60_000).then((answer) => (steps.push('answered'), answer));
  await Promise.resolve();
  expect(steps).toEqual([]);
  here.getText('other').insert(0, 'x');
  Y.applyUpdate(here, Y.encodeStateAsUpdate(there));
  await Promise.resolve();
  await Promise.resolve();
  expect(steps).toEqual(['disk']);
  disk.resolve();
  expect(await settled).toEqual({ settled: true });
});

test('says so when it takes too long, and when no container runs', async () => {
  const there = new Y.Doc();
  there.getText('t').insert(0, 'hello');
  expect(await filesSettled(new Y.Doc(), () => Promise.resolve(), snapshotOf(there), 1)).toEqual({ settled: false });
  expect(await filesSettled(there, () => undefined, snapshotOf(there), 60_000)).toEqual({ settled: false });
});
