import { expect, test } from 'vitest';
import { simpleCommand } from './simple-command.ts';

test.each([
  ['vite', ['vite']],
  ['  vite --port 3000\t--host ', ['vite', '--port', '3000', '--host']],
  ['tsc -p "tsconfig app.json" --x=\'$y\'', ['tsc', '-p', 'tsconfig app.json', '--x=$y']],
  ['./a/b.js ""', ['./a/b.js', '']],
])('[PR7] %j is executed without a shell', (line, words) => {
  expect(simpleCommand(line)).toEqual(words);
});

test.each([
  '', ' ', 'A=1 vite', 'a && b', 'a; b', 'a | b', 'a > b', 'a $B', 'a "$B"', 'a `b`', 'a *.js', 'a ~', 'a {b,c}', 'a [b]', 'a b?', 'a #b', 'a \\b', 'a & ', '! a', '(a)', 'a\nb',
  'a "b', "a 'b", 'cd x', 'exit 1', 'echo hi', 'exec a', '. a', "'cd' x", 'a !b', 'if', '[ a ]', 'a "!b"',
])('[PR7] %j needs a shell', (line) => {
  expect(simpleCommand(line)).toBeUndefined();
});
