import { expect, test, vi } from 'vitest';
import { LazyExports } from './lazy-exports.ts';

function exportsWith(...names: string[]) {
  const values: Record<string, unknown> = {};
  const lazy = new LazyExports(values);
  const read = vi.fn((name: string) => `value of ${name}`);
  for (const name of names) lazy.define(name, () => read(name));
  return { values, lazy, read };
}

test('an export is read once, when it is first looked at', () => {
  const { values, lazy, read } = exportsWith('WebSocket');
  expect(read).not.toHaveBeenCalled();
  expect(lazy.has('WebSocket')).toBe(true);
  expect(values['WebSocket']).toBe('value of WebSocket');
  expect(values['WebSocket']).toBe('value of WebSocket');
  expect(lazy.has('WebSocket')).toBe(false);
  expect(read).toHaveBeenCalledTimes(1);
});

test('one that was set meanwhile is not read', () => {
  const { values, lazy, read } = exportsWith('WebSocket');
  lazy.settle('WebSocket', 'set');
  expect(values['WebSocket']).toBe('set');
  expect(read).not.toHaveBeenCalled();
});

test.each([
  ['import http from "node:http"', []],
  ['import { createServer } from "node:http"', []],
  ['import { createServer, WebSocket as W } from "node:http"', ['WebSocket']],
  ['import * as http from "node:http"', ['WebSocket', 'CloseEvent']],
  ['export * from "node:http"', ['WebSocket', 'CloseEvent']],
  [String.raw`import { "\u0057ebSocket" as W } from "node:http"`, ['WebSocket', 'CloseEvent']],
])('%s wants %j', (statement, wanted) => {
  expect(exportsWith('WebSocket', 'CloseEvent').lazy.wantedBy(statement)).toEqual(wanted);
});
