import { expect, test } from 'vitest';
import { addBinaryFile, findByPath, listFiles, renameFile } from '../../shared/document/schema.ts';
import { newProgram } from './testing-program.ts';
import { again, keep, start } from './testing-runs.ts';
import { editor, newDisk, synced, textOf, type Synced } from './testing.ts';

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
  const { read } = await start({ a: 'file', 'a/b.txt': 'below', 'z.txt': 'Z' }, newDisk(), ({ room }) => addBinaryFile(room.doc, { id: '0', path: '0.bin', blob: 'a'.repeat(64), size: 1 }));
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

test('[S30] the name that a program gave a file moments before the tab crashed is its name after it, with what was typed meanwhile', async () => {
  const made = await start({ 'a.txt': 'one\ntwo\n', 'folder/b.txt': 'B\n' });
  const program = newProgram(made.disk);
  program.read('a.txt');
  program.rename('a.txt', 'renamed.txt');
  program.append('renamed.txt', 'three\n');
  program.rename('folder', 'place');
  made.sync.stop();
  made.container.crash();
  editor(made.doc, 'a.txt').insert(0, 'typed\n');
  editor(made.doc, 'folder/b.txt').insert(0, 'typed\n');
  const after = await again(made);
  await expect.poll(() => textOf(after.doc, 'renamed.txt')).toBe('typed\none\ntwo\nthree\n');
  await expect.poll(() => after.read('renamed.txt')).toBe('typed\none\ntwo\nthree\n');
  await expect.poll(() => after.read('place/b.txt')).toBe('typed\nB\n');
  expect(listFiles(after.doc).map(({ id, path }) => [id, path])).toEqual([['id-folder/b.txt', 'place/b.txt'], ['id-a.txt', 'renamed.txt']]);
});

test('[S30] a new name that the room never got is no removal: typed into, or renamed again, without a connection, and the tab crashes with its document', async () => {
  const made = await start({ 'a.txt': 'one\n', 'b.txt': 'two\n', 'c.txt': 'three\n' });
  const program = newProgram(made.disk);
  made.member.cut();
  program.rename('a.txt', 'a2.txt');
  program.rename('b.txt', 'b2.txt');
  program.rename('c.txt', 'c2.txt');
  await expect.poll(() => [textOf(made.doc, 'a2.txt'), textOf(made.doc, 'b2.txt'), textOf(made.doc, 'c2.txt')]).toEqual(['one\n', 'two\n', 'three\n']);
  editor(made.doc, 'a2.txt').insert(0, 'typed\n');
  renameFile(made.doc, 'id-b.txt', 'b3.txt', undefined);
  program.truncate('c2.txt');
  await expect.poll(() => made.read('a2.txt')).toBe('typed\none\n');
  await expect.poll(() => made.read('b3.txt')).toBe('two\n');
  made.sync.stop();
  made.container.crash();
  made.member.leave();
  const after = keep(await synced(made.world, made.world.join(), made.disk));
  const files = () => listFiles(made.world.room.doc).map(({ id, path }) => [id, path, textOf(made.world.room.doc, path)]);
  await expect.poll(files).toEqual([['id-a.txt', 'a2.txt', 'one\n'], ['id-b.txt', 'b3.txt', 'two\n'], ['id-c.txt', 'c2.txt', 'three\n']]);
  await expect.poll(async () => [await after.read('a2.txt'), await after.read('b3.txt'), await after.read('c2.txt')]).toEqual(['one\n', 'two\n', 'three\n']);
});

test('[S20] of programs that write one file within a moment each change counts, also of one that read what another had just left, or that replaced the file', async () => {
  const made = await start({ 'a.txt': '1\n2\n' });
  const [one, two] = [newProgram(made.disk), newProgram(made.disk)];
  one.read('a.txt');
  one.write('a.txt.tmp', 'x\n1\n2\n');
  one.rename('a.txt.tmp', 'a.txt');
  expect(two.read('a.txt')).toBe('x\n1\n2\n');
  one.write('a.txt', 'y\nx\n1\n2\n');
  two.write('a.txt', 'x\n1\n2\nz\n');
  one.rename('a.txt', 'b.txt');
  await expect.poll(() => textOf(made.doc, 'b.txt')).toBe('y\nx\n1\n2\nz\n');
  expect(findByPath(made.doc, 'b.txt')?.id).toBe('id-a.txt');
});
