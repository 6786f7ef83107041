import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { addBinaryFile, addTextFile, findByPath } from '../../shared/document/schema.ts';
import { newDisk, savedAtOnce, synced, type Synced } from './testing.ts';

const open: Synced[] = [];
afterEach(() => {
  for (const { sync } of open.splice(0)) sync.stop();
});

function documentOf(files: Record<string, string>): Y.Doc {
  const doc = new Y.Doc();
  for (const [path, content] of Object.entries(files)) addTextFile(doc, { id: `id-${path}`, path, content });
  return doc;
}

async function start(doc: Y.Doc, disk = newDisk(), store = savedAtOnce): Promise<Synced> {
  const made = await synced(doc, disk, store);
  open.push(made);
  return made;
}

const textOf = (doc: Y.Doc, path: string): string | undefined => {
  const file = findByPath(doc, path);
  return file?.kind === 'text' ? file.text.toString() : undefined;
};

/** What the disk told before this has reached the document. */
async function caughtUp({ fs, doc }: Synced): Promise<void> {
  await fs.writeFile('marker.txt', 'x');
  await expect.poll(() => textOf(doc, 'marker.txt')).toBe('x');
}

test('[S13] a file of the document that an ignore rule names stays, also when the rule comes later', async () => {
  const made = await start(documentOf({ '.gitignore': '*.local\n', '.env.local': 'SECRET=1\n', 'notes.log': 'mine', 'dist/keep.js': 'K' }));
  await caughtUp(made);
  await made.fs.writeFile('.gitignore', '*.local\ndist/\n');
  await expect.poll(() => textOf(made.doc, '.gitignore')).toBe('*.local\ndist/\n');
  await made.fs.writeFile('second.txt', 'x');
  await expect.poll(() => textOf(made.doc, 'second.txt')).toBe('x');
  expect([textOf(made.doc, '.env.local'), textOf(made.doc, 'notes.log'), textOf(made.doc, 'dist/keep.js')]).toEqual(['SECRET=1\n', 'mine', 'K']);
  made.sync.stop();
  const again = await start(made.doc, made.disk);
  expect(textOf(again.doc, '.env.local')).toBe('SECRET=1\n');
});

test('[S14] a file that cannot be brought to the disk does not keep the others from it', async () => {
  const doc = documentOf({ a: 'file', 'a/b.txt': 'below', 'z.txt': 'Z' });
  addBinaryFile(doc, { id: '0', path: '0.bin', blob: 'a'.repeat(64), size: 1 });
  const { read } = await start(doc);
  expect(await read('z.txt')).toBe('Z');
});

test('[S15] names that the document cannot hold stay on the disk', async () => {
  const made = await start(documentOf({ 'a.txt': 'A' }));
  made.sync.stop();
  const deep = Array.from({ length: 12 }, () => 'd'.repeat(100)).join('/');
  await made.fs.mkdir(deep, { recursive: true });
  await made.fs.writeFile(`${deep}/f.txt`, 'x');
  await made.fs.writeFile('odd\\name.txt', 'x');
  const again = await start(made.doc, made.disk);
  expect(await again.read('a.txt')).toBe('A');
});

test('[S16] bytes over a text that was typed into go beside it', async () => {
  const put: string[] = [];
  const made = await start(documentOf({ 'a.txt': 'A' }), newDisk(), { ...savedAtOnce, putBytes: async (path) => void put.push(path) });
  void made.fs.writeFile('a.txt', new Uint8Array([0, 255]));
  (findByPath(made.doc, 'a.txt') as { text: Y.Text }).text.insert(1, ' typed');
  await expect.poll(() => put).toEqual(['a (disk copy).txt']);
  expect(textOf(made.doc, 'a.txt')).toBe('A typed');
});
