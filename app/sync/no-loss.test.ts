import { afterEach, expect, test } from 'vitest';
import { addBinaryFile, findByPath, listFiles } from '../../shared/document/schema.ts';
import { editor, newDisk, openWorld, synced, textOf, type Synced, type World } from './testing.ts';

const open: Synced[] = [];
const worlds: World[] = [];
afterEach(async () => {
  for (const { sync, member } of open.splice(0)) {
    sync.stop();
    member.leave();
  }
  for (const world of worlds.splice(0)) await world.close();
});

async function start(files: Record<string, string>, prepare: (world: World) => void = () => undefined): Promise<Synced & { world: World }> {
  const world = openWorld(files);
  worlds.push(world);
  prepare(world);
  const made = await synced(world, world.join(), newDisk());
  open.push(made);
  return { ...made, world };
}

async function again({ world, member, disk }: Synced & { world: World }): Promise<Synced> {
  const made = await synced(world, member, disk);
  open.push(made);
  return made;
}

/** What the disk told before this has reached the document. */
async function caughtUp({ fs, doc }: Synced): Promise<void> {
  await fs.writeFile('marker.txt', 'x');
  await expect.poll(() => textOf(doc, 'marker.txt')).toBe('x');
}

test('[S13] a file of the document that an ignore rule names stays, also when the rule comes later', async () => {
  const made = await start({ '.gitignore': '*.local\n', '.env.local': 'SECRET=1\n', 'notes.log': 'mine', 'dist/keep.js': 'K' });
  await caughtUp(made);
  await made.fs.writeFile('.gitignore', '*.local\ndist/\n');
  await expect.poll(() => textOf(made.doc, '.gitignore')).toBe('*.local\ndist/\n');
  await made.fs.writeFile('second.txt', 'x');
  await expect.poll(() => textOf(made.doc, 'second.txt')).toBe('x');
  expect([textOf(made.doc, '.env.local'), textOf(made.doc, 'notes.log'), textOf(made.doc, 'dist/keep.js')]).toEqual(['SECRET=1\n', 'mine', 'K']);
  made.sync.stop();
  expect(textOf((await again(made)).doc, '.env.local')).toBe('SECRET=1\n');
});

test('[S14] a file that cannot be brought to the disk does not keep the others from it', async () => {
  const { read } = await start({ a: 'file', 'a/b.txt': 'below', 'z.txt': 'Z' }, ({ room }) => addBinaryFile(room.doc, { id: '0', path: '0.bin', blob: 'a'.repeat(64), size: 1 }));
  expect(await read('z.txt')).toBe('Z');
});

test('[S15] names that the document cannot hold stay on the disk', async () => {
  const made = await start({ 'a.txt': 'A' });
  made.sync.stop();
  const deep = Array.from({ length: 12 }, () => 'd'.repeat(100)).join('/');
  await made.fs.mkdir(deep, { recursive: true });
  await made.fs.writeFile(`${deep}/f.txt`, 'x');
  await made.fs.writeFile('odd\\name.txt', 'x');
  expect(await (await again(made)).read('a.txt')).toBe('A');
});

test('[S16] bytes over a text that was typed into go beside it', async () => {
  const made = await start({ 'a.txt': 'A' });
  void made.fs.writeFile('a.txt', new Uint8Array([0, 255]));
  editor(made.doc, 'a.txt').insert(1, ' typed');
  await expect.poll(() => listFiles(made.doc).map(({ path, kind }) => `${path} ${kind}`)).toEqual(['a (disk copy).txt binary', 'a.txt text']);
  expect(textOf(made.doc, 'a.txt')).toBe('A typed');
  await expect.poll(() => made.read('a.txt')).toBe('A typed');
});

test('[S16] bytes over a text that nobody touched take its place', async () => {
  const made = await start({ 'a.txt': 'A' });
  await made.fs.writeFile('a.txt', new Uint8Array([0, 255]));
  await expect.poll(() => findByPath(made.doc, 'a.txt')?.kind).toBe('binary');
});
