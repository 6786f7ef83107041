import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { listFiles } from '../../shared/document/schema.ts';
import { createFileList, FileEdits, PathError } from './files.ts';

function project(...paths: string[]) {
  const doc = new Y.Doc();
  const edits = new FileEdits(doc);
  const ids = Object.fromEntries(paths.map((path) => [path, edits.create(path, `// ${path}`)]));
  return { doc, edits, id: (path: string) => ids[path] ?? '', paths: () => listFiles(doc).map((file) => file.path) };
}

describe('file edits', () => {
  test.each(['', '/a', 'a//b', '../a', 'a/./b', 'a\\b', 'a\0b', `${'x'.repeat(256)}`])('refuses the path %j', (path) => {
    expect(() => project().edits.create(path)).toThrow(PathError);
  });

  test.each([
    ['src/App.tsx', 'exists already'],
    ['SRC/app.TSX', 'differs only in case'],
    ['src', 'is a folder'],
    ['src/App.tsx/inner', 'is a file'],
  ])('refuses %s beside src/App.tsx', (path, why) => {
    expect(() => project('src/App.tsx').edits.create(path)).toThrow(why);
  });

  test('a rename keeps the id and the text object', () => {
    const { doc, edits, id } = project('a.ts');
    const before = listFiles(doc)[0];
    edits.rename(id('a.ts'), 'b/c.ts');
    const after = listFiles(doc)[0];
    expect(after).toMatchObject({ id: id('a.ts'), path: 'b/c.ts' });
    expect(after?.kind === 'text' && before?.kind === 'text' && after.text === before.text).toBe(true);
  });

  test('changing only the case of a name is a rename, not a clash', () => {
    const { edits, id, paths } = project('readme.md');
    edits.rename(id('readme.md'), 'README.md');
    expect(paths()).toEqual(['README.md']);
  });

  test('a folder moves as a whole or not at all', () => {
    const { edits, paths } = project('a/x.ts', 'a/b/y.ts', 'c/x.ts');
    expect(() => edits.renameFolder('a', 'c')).toThrow('exists already');
    expect(() => edits.renameFolder('a', 'a/b')).toThrow('into itself');
    expect(paths()).toEqual(['a/b/y.ts', 'a/x.ts', 'c/x.ts']);
    edits.renameFolder('a', 'd');
    expect(paths()).toEqual(['c/x.ts', 'd/b/y.ts', 'd/x.ts']);
  });

  test('a copy finds a free name before the extension', () => {
    const { edits, id, paths } = project('a.test.ts', 'a-copy.test.ts');
    edits.duplicate(id('a.test.ts'));
    expect(paths()).toContain('a-copy2.test.ts');
  });
});

test('the list follows names and ignores typing', () => {
  const { doc, edits, id } = project('a.ts');
  const list = createFileList(doc);
  let changes = 0;
  list.subscribe(() => changes++);
  const file = listFiles(doc)[0];
  if (file?.kind === 'text') file.text.insert(0, 'typed');
  expect(changes).toBe(0);
  edits.rename(id('a.ts'), 'b.ts');
  expect(list.getState().map((info) => info.path)).toEqual(['b.ts']);
  expect(changes).toBe(1);
});

test('a viewer changes no file', () => {
  const doc = new Y.Doc();
  new FileEdits(doc).create('a.txt', 'a');
  const [file] = listFiles(doc);
  const edits = new FileEdits(doc, () => false);
  for (const change of [() => edits.create('b.txt'), () => edits.rename(file?.id ?? '', 'b.txt'), () => edits.renameFolder('x', 'y'), () => edits.delete([file?.id ?? '']), () => edits.duplicate(file?.id ?? '')]) expect(change).toThrow('A viewer may not change the document.');
  expect(listFiles(doc).map(({ path }) => path)).toEqual(['a.txt']);
});
