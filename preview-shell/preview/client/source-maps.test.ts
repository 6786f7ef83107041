import { decode, encode } from '@jridgewell/sourcemap-codec';
import { expect, test, vi } from 'vitest';
import { traceFrame } from './source-maps.ts';

vi.stubGlobal('location', { origin: 'http://a--5173.preview.localhost:4000' });
const url = 'http://a--5173.preview.localhost:4000/src/App.tsx?t=1';
const map = { url, sources: ['App.tsx'], mappings: decode(encode([[], [[0, 0, 4, 2], [12, 0, 4, 8]], [[3]]])) };

test.each([
  ['in a mapped part', { line: 2, column: 15 }, { line: 5, column: 9 }],
  ['at the beginning of one', { line: 2, column: 1 }, { line: 5, column: 3 }],
  ['where the compiler made something up', { line: 3, column: 9 }, { line: 3, column: 9 }],
  ['on a line without any', { line: 1, column: 1 }, { line: 1, column: 1 }],
  ['beyond the map', { line: 9, column: 1 }, { line: 9, column: 1 }],
])('a place %s', (_name, place, source) => {
  expect(traceFrame({ file: '/home/project/src/App.tsx', ...place }, map)).toEqual({ file: '/home/project/src/App.tsx', ...source });
});
