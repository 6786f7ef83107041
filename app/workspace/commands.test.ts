import { expect, test, vi } from 'vitest';

vi.stubGlobal('location', { href: 'http://localhost/' });
vi.stubGlobal('localStorage', { getItem: () => null });
vi.stubGlobal('window', { addEventListener: () => {}, matchMedia: () => ({ matches: false }) });
const { COMMANDS, fuzzyScore, matchesKeys } = await import('./commands.ts');

const press = (key: string, change: Partial<KeyboardEvent> = {}) => ({ key, code: '', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...change });

test('keys need exactly their modifiers, and Command is Ctrl', () => {
  expect(matchesKeys('Ctrl+P', press('p', { ctrlKey: true }))).toBe(true);
  expect(matchesKeys('Ctrl+P', press('p', { metaKey: true }))).toBe(true);
  expect(matchesKeys('Ctrl+P', press('P', { ctrlKey: true, shiftKey: true }))).toBe(false);
  expect(matchesKeys('Ctrl+`', press('Dead', { ctrlKey: true, code: 'Backquote' }))).toBe(true);
});

test('no two commands share a key', () => {
  const keys = COMMANDS.flatMap((command) => command.keys ?? []);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a name that begins with the query comes before one that only contains it', () => {
  const rank = (query: string, ...paths: string[]) => paths.toSorted((a, b) => (fuzzyScore(query, a) ?? 1e9) - (fuzzyScore(query, b) ?? 1e9))[0];
  expect(rank('app', 'src/wrapper.ts', 'src/App.tsx')).toBe('src/App.tsx');
  expect(rank('ftree', 'src/ui/FileTree.tsx', 'src/format-three.ts')).toBe('src/ui/FileTree.tsx');
  expect(fuzzyScore('xyz', 'src/App.tsx')).toBeUndefined();
});
