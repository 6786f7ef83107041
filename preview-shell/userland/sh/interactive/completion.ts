import fs from 'node:fs';
import path from 'node:path';
import type { Executor } from '../exec/executor.ts';

type Completion = [matches: string[], completed: string];

/** Names of commands for the first word, paths for the others. */
export function completer(shell: Executor): (line: string) => Completion {
  return (line) => {
    const word = /(?:[^\s\\;|&<>()'"]|\\.)*$/.exec(line)?.[0] ?? '';
    const before = line.slice(0, line.length - word.length).trimEnd();
    const first = before === '' || /[;|&(]$/.test(before) || /(?:^|\s)(?:then|do|else|!|time|exec|command)$/.test(before);
    return [first && !word.includes('/') ? commands(shell, word) : paths(shell, word, /(?:^|[;|&(]\s*)cd$/.test(before)), word];
  };
}

function commands({ state, world }: Executor, word: string): string[] {
  const names = new Set([...Object.keys(world.builtins), ...state.functions.keys(), ...state.aliases.keys()]);
  for (const folder of (state.get('PATH') ?? '').split(':')) {
    for (const { name } of entries(path.resolve(state.cwd, folder))) names.add(name);
  }
  return [...names].filter((name) => name.startsWith(word) && /^[\w.+-]+$/.test(name)).sort().map((name) => `${name} `);
}

function paths({ state }: Executor, word: string, foldersOnly: boolean): string[] {
  const plain = word.replace(/\\(.)/g, '$1');
  const slash = plain.lastIndexOf('/') + 1;
  const home = state.get('HOME') ?? '/';
  const folder = plain.slice(0, slash).replace(/^~(?=\/)/, home);
  const start = plain.slice(slash);
  return entries(path.resolve(state.cwd, folder === '' ? '.' : folder))
    .filter(({ name, isFolder }) => name.startsWith(start) && (start.startsWith('.') || !name.startsWith('.')) && (isFolder || !foldersOnly))
    .map(({ name, isFolder }) => (plain.slice(0, slash) + name).replace(/[\s\\;|&<>()'"$*?[\]]/g, '\\$&') + (isFolder ? '/' : ' ')).sort();
}

function entries(folder: string): { name: string; isFolder: boolean }[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true }).map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() || (entry.isSymbolicLink() && fs.statSync(path.join(folder, entry.name), { throwIfNoEntry: false })?.isDirectory() === true) }));
  } catch {
    return [];
  }
}
