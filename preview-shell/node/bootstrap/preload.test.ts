import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { OPTIONS_READ_EARLY } from './options-read-early.ts';
import { PRELOADED, readsOptionsEarly } from './preload.ts';

const LIBRARY = path.resolve(import.meta.dirname, '../../vendor/node-lib');

/** The modules and all that they name: more than they bring at once. */
function closure(ids: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const look = (id: string): void => {
    if (found.has(id)) return;
    let source: string;
    try {
      source = readFileSync(path.join(LIBRARY, `${id}.js`), 'utf8');
    } catch {
      return;
    }
    found.set(id, source);
    // Only what stands at the margin runs with the module.
    for (const [, required = ''] of source.matchAll(/^(?:const|let|var|\}|[\w.]+ =)[^\n]*\brequire\('([^']+)'\)/gm)) look(required);
  };
  ids.forEach(look);
  return found;
}

describe('what a spare thread runs ahead', () => {
  const library = closure(PRELOADED.servers);

  test('reads no option that is not known to be read early', () => {
    const read = new Set<string>();
    const atTheMargin = /^(?:const|let|var|if|else if|[\w.]+ =)[^\n]*(?:\n  )?getOptionValue\('(--[^']+)'\)/gm;
    for (const source of library.values()) {
      for (const [, option = ''] of source.matchAll(atTheMargin)) read.add(option.replace(/^--no-/, '--'));
    }
    expect(library.size).toBeGreaterThan(100);
    expect([...OPTIONS_READ_EARLY].sort()).toEqual([...read].sort());
  });

  test('does not bring what knows its thread', () => {
    expect([...library.keys()].filter((id) => ['worker_threads', 'internal/worker', 'internal/util/colors', 'cluster', 'wasi', 'inspector', 'internal/deps/undici/undici'].includes(id))).toEqual([]);
  });

  test.each([
    [[], {}, false],
    [['-e', '1'], {}, false],
    [['--input-type=module', '-e', '1'], {}, true],
    [['--no-experimental-detect-module'], {}, true],
    [['--tls-cipher-list', 'x'], {}, true],
    [[], { NODE_OPTIONS: '--max-old-space-size=1 --preserve_symlinks' }, true],
    [[], { NODE_OPTIONS: '--enable-source-maps' }, false],
  ])('%j %j: %s', (execArgv, env, early) => {
    expect(readsOptionsEarly({ execArgv, env })).toBe(early);
  });
});
