import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { openTestRoom, type TestMember, type TestRoom } from '../../app/sync/testing-room.ts';
import { AnswerLost, WriteFailed } from '../../app/document/room-writes.ts';
import { addTextFile, findByPath, getFile, hasWritten, listFiles } from '../../shared/document/schema.ts';
import type { RoomWrite } from '../../shared/protocol/room-write.ts';

const sha = (text: string) => createHash('sha256').update(text).digest('hex');
let test_: TestRoom | undefined;
const members: TestMember[] = [];
afterEach(async () => {
  for (const member of members.splice(0)) member.leave();
  await test_?.close();
});

async function enter(options?: { canWrite?: boolean }): Promise<TestMember> {
  test_ ??= openTestRoom();
  const member = test_.join(options);
  members.push(member);
  await state(member, options?.canWrite === false ? 'viewer' : 'open');
  return member;
}

const state = (member: TestMember, wanted: string) => new Promise<void>((resolve) => {
  if (member.writes.state.getState() === wanted) return resolve();
  const stop = member.writes.state.subscribe((now) => now === wanted && (stop(), resolve()));
});

async function room(files: Record<string, string> = {}): Promise<TestMember> {
  test_ = openTestRoom();
  for (const [path, content] of Object.entries(files)) addTextFile(test_.room.doc, { id: path, path, content });
  return enter();
}

const append = (path: string, before: string, more: string): Omit<RoomWrite, 't' | 'id' | 'key'> =>
  ({ path, base: sha(before), result: { kind: 'edits', hash: sha(before + more), edits: [{ at: before.length, end: before.length, insert: more }] } });
const textOf = (member: TestMember, path: string) => {
  const file = findByPath(member.doc, path);
  return file?.kind === 'text' ? file.text.toString() : undefined;
};

test('[W1] a write of another base is refused and changes nothing, [W3] and who wrote has seen why', async () => {
  const [a, b] = [await room({ f: 'one' }), await enter()];
  const outcomes = await Promise.all([a.writes.write(append('f', 'one', '+a')), b.writes.write(append('f', 'one', '+b')).then((outcome) => [outcome, textOf(b, 'f')])]);
  expect(outcomes).toEqual(['done', ['refused', 'one+a']]);
  expect(textOf(a, 'f')).toBe('one+a');
});

test('[W2] an identical result is nothing: two runs of one generator', async () => {
  const [a, b] = [await room({ f: 'one' }), await enter()];
  const make = { path: 'made', base: null, result: { kind: 'text', text: 'M' } } as const;
  const writes = [a, b].flatMap(({ writes: to }) => [to.write(append('f', 'one', '+x')), to.write(make)]);
  expect(await Promise.all(writes)).toEqual(['done', 'done', 'done', 'done']);
  expect(textOf(b, 'f')).toBe('one+x');
  expect(listFiles(b.doc).map(({ path }) => path)).toEqual(['f', 'made']);
});

test('[W3] done means durable', async () => {
  const a = await room({ f: 'one' });
  await a.writes.write(append('f', 'one', '+'));
  await expect(Promise.race([test_?.room.durable().then(() => 'durable'), Promise.resolve().then(() => Promise.resolve()).then(() => 'pending')])).resolves.toBe('durable');
});

describe('[W4] what is no write changes nothing', () => {
  test.each([
    ['edits beyond the end', { path: 'f', base: sha('one'), result: { kind: 'edits', hash: sha('x'), edits: [{ at: 2, end: 9, insert: 'x' }] } }],
    ['edits out of order', { path: 'f', base: sha('one'), result: { kind: 'edits', hash: sha('x'), edits: [{ at: 2, end: 3, insert: '' }, { at: 0, end: 1, insert: '' }] } }],
    ['edits that give another text', { path: 'f', base: sha('one'), result: { kind: 'edits', hash: sha('x'), edits: [] } }],
    ['a path outside', { path: '../f', base: null, result: { kind: 'text', text: 'x' } }],
  ] as const)('%s', async (_name, write) => {
    const a = await room({ f: 'one' });
    // The schema's arrays are mutable.
    await expect(a.writes.write(write as unknown as Omit<RoomWrite, 't' | 'id' | 'key'>)).rejects.toMatchObject({ code: 'E-TERRARIUM-1301' });
    expect(textOf(a, 'f')).toBe('one');
  });
});

test('[W5] a viewer knows that it is one, and its writes go nowhere', async () => {
  const a = await room({ f: 'one' });
  const viewer = await enter({ canWrite: false });
  await expect(viewer.writes.write(append('f', 'one', '!'))).rejects.toThrow(AnswerLost);
  expect(textOf(a, 'f')).toBe('one');
});

test('[W1] a file is followed by its id when it was renamed, and one that is gone refuses', async () => {
  const a = await room({ f: 'one' });
  const doc = test_?.room.doc;
  if (doc === undefined) throw new Error('no room');
  doc.transact(() => (doc.getMap('files').get('f') as Map<string, unknown>).set('path', 'g'));
  expect(await a.writes.write({ ...append('f', 'one', '+'), file: 'f' })).toBe('done');
  expect(getFile(doc, 'f')).toMatchObject({ path: 'g' });
  expect(await a.writes.write({ path: 'g', file: 'f', base: sha('one+'), result: { kind: 'gone' } })).toBe('done');
  expect(await a.writes.write({ ...append('f', 'one+', '+'), file: 'f' })).toBe('refused');
});

test('[W6] a write whose answer was lost is known from the document, and taken once', async () => {
  const a = await room({ f: 'one' });
  const write = { ...append('f', 'one', '+'), key: 'key-of-this-write' };
  expect(await a.writes.write(write)).toBe('done');
  expect(hasWritten(findByPath(a.doc, 'f'), write.key)).toBe(true);
  expect(await a.writes.write({ ...append('f', 'one+', '!'), key: 'another-key' })).toBe('done');
  expect(await a.writes.write(write)).toBe('done');
  expect(textOf(a, 'f')).toBe('one+!');
});

test('an answer that the connection took with it is lost, and the write is open again after the next sync', async () => {
  const a = await room({ f: 'one' });
  const answer = a.writes.write(append('f', 'one', '+'));
  a.cut();
  await expect(answer).rejects.toThrow(AnswerLost);
  expect(a.writes.state.getState()).toBe('waiting');
  a.mend();
  await state(a, 'open');
  expect(new WriteFailed('x').code).toBe('x');
});
