import { describe, expect, test } from 'vitest';
import { findByPath, listFiles } from '../../shared/document/schema.ts';
import type { ContainerProcess } from '../container/process.ts';
import { ReplicaLink } from './replica-link.ts';
import { keep, newWorld } from './testing-runs.ts';
import { containerOver, editor, newDisk, storeOf, synced, textOf, type Synced } from './testing.ts';
import { newProgram } from './testing-program.ts';

const problemOf = ({ sync }: Synced) => sync.status.getState().problem?.code;

test('[S27] bytes that could not be stored are, as soon as there is a connection', async () => {
  const world = newWorld({});
  const member = world.join();
  const { putBlob } = storeOf(world, member);
  let reachable = false;
  const made = keep(await synced(world, member, newDisk(), { putBlob: (hash, bytes) => (reachable ? putBlob(hash, bytes) : Promise.reject(new Error('the server cannot be reached'))) }));
  await made.fs.writeFile('a.bin', new Uint8Array([0, 1, 255]));
  await expect.poll(() => problemOf(made)).toBe('E-TERRARIUM-1313');
  expect(listFiles(made.doc)).toEqual([]);
  member.cut();
  reachable = true;
  member.mend();
  await expect.poll(() => findByPath(made.doc, 'a.bin')).toMatchObject({ kind: 'binary', size: 3 });
  await expect.poll(() => made.sync.status.getState()).toEqual({ unsent: 0, problem: undefined });
  const file = findByPath(made.doc, 'a.bin');
  expect(new Uint8Array(await world.blobs.get('a', file?.kind === 'binary' ? file.blob : ''))).toEqual(new Uint8Array([0, 1, 255]));
});

test('[S28] a full disk keeps what it has, says so, and takes the rest when there is room', async () => {
  const world = newWorld({ 'a.txt': 'short' });
  const disk = newDisk({ capacity: 4000 });
  const made = keep(await synced(world, world.join(), disk));
  await made.fs.writeFile('/tmp.log', 'x'.repeat(3000));
  editor(made.doc, 'a.txt').insert(5, 'y'.repeat(1500));
  await expect.poll(() => problemOf(made)).toBe('E-TERRARIUM-1311');
  expect(await made.read('a.txt')).toBe('short');
  await made.fs.rm('/tmp.log');
  await expect.poll(() => made.read('a.txt'), { timeout: 5000 }).toBe(`short${'y'.repeat(1500)}`);
  await expect.poll(() => problemOf(made)).toBeUndefined();
});

test('[S29] a viewer’s programs write on that disk alone, and the status says so', async () => {
  const world = newWorld({ 'a.txt': 'one\ntwo\n' });
  const editing = keep(await synced(world));
  const viewing = keep(await synced(world, world.join({ canWrite: false })));
  const program = newProgram(viewing.disk);
  program.write('a.txt', `${program.read('a.txt')}local\n`);
  program.write('mine.txt', 'mine');
  program.rename('mine.txt', 'moved.txt');
  await expect.poll(() => problemOf(viewing)).toBe('E-TERRARIUM-1312');
  editor(editing.doc, 'a.txt').insert(0, 'typed\n');
  await expect.poll(() => viewing.read('a.txt')).toBe('typed\none\ntwo\nlocal\n');
  expect(await viewing.read('moved.txt')).toBe('mine');
  expect(listFiles(editing.doc).map(({ path }) => path)).toEqual(['a.txt']);
  expect(textOf(editing.doc, 'a.txt')).toBe('typed\none\ntwo\n');
  expect(viewing.member.provider.wsconnected).toBe(true);
});

describe('[S23] the replica', () => {
  test('is started anew when it has ended, and what changed meanwhile is found', async () => {
    const world = newWorld({ 'a.txt': 'A' });
    const made = keep(await synced(world));
    made.container.crash();
    await made.fs.writeFile('b.txt', 'written while it was away');
    editor(made.doc, 'a.txt').insert(1, '!');
    await expect.poll(() => made.read('a.txt')).toBe('A!');
    await expect.poll(() => textOf(made.doc, 'b.txt')).toBe('written while it was away');
    expect(problemOf(made)).toBeUndefined();
  });

  const processOf = (lines: ReadableStream<string>): ContainerProcess & { written: string[]; killed: boolean } => {
    const process = { output: lines, exit: Promise.resolve(0), written: [] as string[], killed: false, write: (data: string) => void process.written.push(data), resize: () => undefined, kill: () => void (process.killed = true) };
    return process;
  };

  test('that has ended answers nothing: every request fails with a code', async () => {
    const link = new ReplicaLink(processOf(new ReadableStream({ start: (controller) => controller.close() })), () => undefined);
    await link.ended;
    await expect(link.read('a.txt')).rejects.toMatchObject({ code: 'E-TERRARIUM-1310' });
    await expect(link.hello()).rejects.toMatchObject({ code: 'E-TERRARIUM-1310' });
  });

  test('that says what is no message is ended, and what waits for it fails', async () => {
    const lines = new TransformStream<string, string>();
    const process = processOf(lines.readable);
    const link = new ReplicaLink(process, () => undefined);
    const answer = link.read('a.txt');
    void lines.writable.getWriter().write('{"t":"content","id":"one"}\n');
    await expect(answer).rejects.toMatchObject({ code: 'E-TERRARIUM-1310' });
    expect(process.killed).toBe(true);
  });

  test('answers what is no message of its protocol', async () => {
    const process = await containerOver(newDisk()).spawn('terrarium-replica');
    const reader = process.output.getReader();
    process.write('no json\n');
    expect(JSON.parse((await reader.read()).value ?? '')).toMatchObject({ t: 'failed', id: null, code: 'EPROTO' });
    process.write('{"t":"put","id":7}\n');
    expect(JSON.parse((await reader.read()).value ?? '')).toMatchObject({ t: 'failed', id: 7, code: 'EPROTO' });
    process.kill();
  });
});

test('[S24] a late agreement does not undo a newer one', async () => {
  const disk = newDisk();
  const container = containerOver(disk);
  const link = await ReplicaLink.open(container, () => undefined);
  await link.hello();
  const put = (base: string | null, hash: string, text: string) => link.write({ t: 'put', path: 'a.txt', base, hash, content: { text } });
  const one = '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed';
  const two = '3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3';
  expect([await put(null, one, 'one'), await put(one, two, 'two')]).toEqual([true, true]);
  link.taken('a.txt', one);
  await link.read('a.txt');
  container.crash();
  const again = await ReplicaLink.open(containerOver(disk), () => undefined);
  expect((await again.hello()).files).toEqual([{ path: 'a.txt', hash: two, agreed: [two], base: null }]);
  again.close();
});
