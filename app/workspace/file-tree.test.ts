import { expect, test } from 'vitest';
import { ancestors, visibleRows } from './file-tree.ts';

const files = ['src/b.ts', 'src/a10.ts', 'src/a2.ts', 'src/ui/x.tsx', 'package.json', 'README.md'].map((path) => ({ id: path, path, kind: 'text' as const }));
const shown = (...open: string[]) => visibleRows(files, new Set(open)).map((row) => '  '.repeat(row.depth) + row.name);

test('folders come first and stay closed until they are opened', () => {
  expect(shown()).toEqual(['src', 'package.json', 'README.md']);
  expect(shown('src')).toEqual(['src', '  ui', '  a2.ts', '  a10.ts', '  b.ts', 'package.json', 'README.md']);
  expect(shown('src', 'src/ui')).toContain('    x.tsx');
});

test('names the folders above a path', () => {
  expect(ancestors('a/b/c.ts')).toEqual(['a', 'a/b']);
  expect(ancestors('c.ts')).toEqual([]);
});
