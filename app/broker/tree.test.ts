import { expect, test } from 'vitest';
import { treeOf } from './tree.ts';

test('nests files, folders and links', () => {
  const tree = treeOf([
    { path: 'src/a.ts', kind: 'file', contents: 'a' },
    { path: 'src/b/c.ts', kind: 'file', contents: new Uint8Array([1, 2]).buffer },
    { path: 'empty/inner', kind: 'directory' },
    { path: 'link', kind: 'symlink', target: 'src/a.ts' },
  ]);
  expect(JSON.parse(JSON.stringify(tree))).toEqual({
    src: { directory: { 'a.ts': { file: { contents: 'a' } }, b: { directory: { 'c.ts': { file: { contents: { 0: 1, 1: 2 } } } } } } },
    empty: { directory: { inner: { directory: {} } } },
    link: { file: { symlink: 'src/a.ts' } },
  });
});

test('a file called __proto__ is a file', () => {
  const tree = treeOf([{ path: '__proto__/constructor', kind: 'file', contents: 'x' }]);
  expect(Object.keys(tree)).toEqual(['__proto__']);
  expect(({} as { constructor?: unknown }).constructor).toBe(Object);
});
