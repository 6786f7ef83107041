import { expect, test } from 'vitest';
import { mayImportItself, ownInstance } from './own-instance.ts';

const at = (path: string): URL => new URL(path, 'http://label--5173.preview.localhost:4000');
const importOf = (specifier: string): string => `const early = 1;\nimport * as __vite_react_currentExports from "${specifier}";\nlate();\n`;

test.each([
  ['a later one', '/src/App.tsx?t=1', '/src/App.tsx?t=2', '/src/App.tsx?t=1'],
  ['its first', '/src/App.tsx', '/src/App.tsx?t=2', '/src/App.tsx'],
  ['one without a time', '/src/App.tsx?t=1', '/src/App.tsx', '/src/App.tsx?t=1'],
  ['another query', '/src/App.tsx?t=1&lang=ts', '/src/App.tsx?lang=ts&t=2', '/src/App.tsx?t=1&lang=ts'],
  ['a name that URLs encode', '/src/%C3%9Cber.tsx?t=1', '/src/Über.tsx?t=2', '/src/%C3%9Cber.tsx?t=1'],
])('P14: a module served as one instance does not import another of itself: %s', (_, url, written, expected) => {
  expect(ownInstance(importOf(written), at(url))).toBe(importOf(expected));
});

test.each(['/src/Apps.tsx?t=2', '/other/App.tsx?t=2', '/src/App.tsx?raw&t=2', 'http://elsewhere.test/src/App.tsx?t=2', 'react'])('P14: an import of something else stays: %s', (specifier) => {
  expect(ownInstance(importOf(specifier), at('/src/App.tsx?t=1'))).toBe(importOf(specifier));
});

test.each([['/src/App.tsx', true], ['/@react-refresh', false], ['/@vite/client', false], ['/node_modules/.vite/deps/react.js?v=1', false]])('P14: looks at the modules that change: %s', (path, expected) => {
  expect(mayImportItself(at(path))).toBe(expected);
});
