import { expect, test } from 'vitest';
import { OptionError } from './parse.ts';
import { withEnvFiles, type EnvFileReader } from './env-files.ts';

const FILES: Record<string, string> = { 'a.env': 'A=1\nB="x y"', 'b.env': 'A=2\nC=3' };
const lines: string[] = [];
const files: EnvFileReader = {
  read(path) {
    if (path === 'folder') throw new Error('EISDIR');
    return FILES[path];
  },
  warn: (line) => void lines.push(line),
};

test('later files win over earlier ones, and the environment over all', () => {
  expect(withEnvFiles(['--env-file=a.env', '--env-file', 'b.env'], { B: 'own' }, files)).toEqual({ A: '2', B: 'own', C: '3' });
});

test('an optional file may be missing', () => {
  expect(withEnvFiles(['--env-file-if-exists=nope', '--env-file=a.env'], {}, files)).toEqual({ A: '1', B: 'x y' });
  expect(lines).toEqual(['nope not found. Continuing without it.']);
});

test.each([['nope', 'nope: not found'], ['folder', 'folder: invalid format'], ['', ': not found']])('--env-file=%s is refused', (path, message) => {
  expect(() => withEnvFiles([`--env-file=${path}`], {}, files)).toThrow(new OptionError(message));
});
