import { describe, expect, test } from 'vitest';
import type * as Y from 'yjs';
import { addTextFile, deleteFile, findByPath, listFiles, renameFile } from '../../shared/document/schema.ts';
import { again, start } from './testing-runs.ts';
import { editor, textOf, type Synced } from './testing.ts';

describe('document to disk', () => {
  test('[S1] the disk holds the document’s files when the start is over', async () => {
    const { read } = await start({ 'a.txt': 'A', 'src/deep/b.ts': 'B' });
    expect([await read('a.txt'), await read('src/deep/b.ts')]).toEqual(['A', 'B']);
  });

  test('[S2] an edit, a new file, a rename and a deletion reach the disk', async () => {
    const { doc, read } = await start({ 'a.txt': 'A', 'b.txt': 'B', 'c.txt': 'C' });
    editor(doc, 'a.txt').insert(1, '!');
    await expect.poll(() => read('a.txt')).toBe('A!');
    addTextFile(doc, { id: 'n', path: 'x/new.txt', content: 'N' });
    await expect.poll(() => read('x/new.txt')).toBe('N');
    renameFile(doc, 'id-b.txt', 'y/moved.txt');
    await expect.poll(async () => [await read('b.txt'), await read('y/moved.txt')]).toEqual([undefined, 'B']);
    deleteFile(doc, 'id-c.txt');
    await expect.poll(() => read('c.txt')).toBeUndefined();
  });

  test('[S12] writes of one file keep a distance that watchers can follow, and the last one counts', async () => {
    const { doc, disk, read } = await start({ 'a.txt': '' });
    const file = disk.lookup('/home/project/a.txt', { cwd: '/', umask: 0 });
    const times: number[] = [];
    disk.tree.observe((change) => {
      if (change.type === 'written' && change.inode === file) times.push(performance.now());
    });
    const text = editor(doc, 'a.txt');
    for (const letter of 'abcdefgh') {
      text.insert(text.length, letter);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    await expect.poll(() => read('a.txt')).toBe('abcdefgh');
    const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
    expect(Math.min(...gaps)).toBeGreaterThan(60);
  });

  test('[S3] of two files with one path the disk has one, and the other when that is renamed away', async () => {
    const { doc, read } = await start({ 'a.txt': 'A' });
    addTextFile(doc, { id: 'zz', path: 'a.txt', content: 'second' });
    renameFile(doc, 'id-a.txt', 'b.txt');
    await expect.poll(async () => [await read('a.txt'), await read('b.txt')]).toEqual(['second', 'A']);
  });
});

describe('disk to document', () => {
  test('[S4] what a program writes, makes, renames and removes reaches the document', async () => {
    const { doc, fs } = await start({ 'a.txt': 'one\ntwo\n', 'b.txt': 'B', 'c.txt': 'C' });
    await fs.writeFile('a.txt', 'one\nTWO\n');
    await expect.poll(() => textOf(doc, 'a.txt')).toBe('one\nTWO\n');
    await fs.mkdir('gen', { recursive: true });
    await fs.writeFile('gen/new.txt', 'N');
    await expect.poll(() => textOf(doc, 'gen/new.txt')).toBe('N');
    await fs.rename('b.txt', 'renamed.txt');
    await expect.poll(() => findByPath(doc, 'renamed.txt')?.id).toBe('id-b.txt');
    await fs.rm('c.txt');
    await expect.poll(() => findByPath(doc, 'c.txt')).toBeUndefined();
  });

  test('[S5] packages and what .gitignore names stay out', async () => {
    const { doc, fs } = await start({ '.gitignore': 'dist/\n' });
    await fs.mkdir('node_modules/x', { recursive: true });
    await fs.writeFile('node_modules/x/index.js', 'x');
    await fs.mkdir('dist');
    await fs.writeFile('dist/out.js', 'x');
    await fs.writeFile('seen.txt', 'x');
    await expect.poll(() => textOf(doc, 'seen.txt')).toBe('x');
    expect(listFiles(doc).map(({ path }) => path)).toEqual(['.gitignore', 'seen.txt']);
  });

  test('[S6] a formatter’s change and what somebody types at the same time are both kept', async () => {
    const { doc, fs, read } = await start({ 'a.ts': 'const a=1;\n\nfunction f() {}\n\nconst z=2;\n' });
    const text = editor(doc, 'a.ts');
    void fs.writeFile('a.ts', 'const a = 1;\n\nfunction f() {}\n\nconst z=2;\n');
    text.insert(text.toString().indexOf('const z'), '// typed\n');
    const both = 'const a = 1;\n\nfunction f() {}\n\n// typed\nconst z=2;\n';
    await expect.poll(() => text.toString()).toBe(both);
    await expect.poll(() => read('a.ts')).toBe(both);
  });

  test('[S7] an identical result adds nothing', async () => {
    const { doc, fs } = await start({ 'a.txt': 'x' });
    editor(doc, 'a.txt').insert(1, 'y');
    await fs.writeFile('a.txt', 'xy');
    await fs.writeFile('b.txt', 'done');
    await expect.poll(() => textOf(doc, 'b.txt')).toBe('done');
    expect(textOf(doc, 'a.txt')).toBe('xy');
  });
});

describe('a start on a disk that was there before', () => {
  async function twice(before: (first: Synced) => Promise<void> | void, document: (doc: Y.Doc) => void): Promise<Synced> {
    const first = await start({ 'a.txt': 'A', 'b.txt': 'B' });
    first.sync.stop();
    await before(first);
    document(first.doc);
    return await again(first);
  }

  test('[S8] a stale copy gives way to the document', async () => {
    const { read } = await twice(() => undefined, (doc) => editor(doc, 'a.txt').insert(1, '2'));
    expect(await read('a.txt')).toBe('A2');
  });

  test('[S9] a change made without the page is taken over', async () => {
    const { doc } = await twice(({ fs }) => fs.writeFile('a.txt', 'local'), () => undefined);
    await expect.poll(() => textOf(doc, 'a.txt')).toBe('local');
  });

  test('[S10] both changed: nothing is lost', async () => {
    const { doc, read } = await twice(({ fs }) => fs.writeFile('a.txt', 'local'), (made) => editor(made, 'a.txt').insert(1, '2'));
    expect(textOf(doc, 'a.txt')).toBe('A2');
    await expect.poll(() => read('a (disk copy).txt')).toBe('local');
  });

  test('[S11] a file removed on one side is removed, unless the other side changed it', async () => {
    const { doc, read } = await twice(async ({ fs }) => fs.rm('a.txt'), (made) => deleteFile(made, 'id-b.txt'));
    await expect.poll(async () => [findByPath(doc, 'a.txt'), await read('b.txt')]).toEqual([undefined, undefined]);
    const other = await twice(async ({ fs }) => fs.writeFile('b.txt', 'kept'), (made) => deleteFile(made, 'id-b.txt'));
    await expect.poll(() => textOf(other.doc, 'b.txt')).toBe('kept');
  });
});
