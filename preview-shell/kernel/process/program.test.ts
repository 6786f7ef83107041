import { expect, test } from 'vitest';
import { splitNodeArguments } from './node-arguments.ts';
import { resolveProgram, type Command } from './program.ts';
import { programFiles, STANDARD_FILES } from './testing.ts';

const files = programFiles({
  ...STANDARD_FILES,
  '/bin/tool': { text: '#!/usr/bin/node\n' },
  '/bin/secret': { mode: 0o644, text: '#!/usr/bin/node\n' },
  '/usr/local/bin/node': { link: '/usr/bin/node' },
  '/p/env.js': { text: '#!/usr/bin/env node\n' },
  '/p/split.js': { text: '#!/usr/bin/env -S A=1 node --no-warnings --conditions dev\n' },
  '/p/plain': { text: 'echo hi\n' },
  '/p/elf': { text: '\x7fELF\0\0' },
  '/p/loop': { text: '#!/p/loop\n' },
  '/p/crlf.js': { text: '#!/usr/bin/env node\r\nx' },
});
const run = (file: string, args: string[] = [], command: Partial<Command> = {}) =>
  resolveProgram(files, { file, args: [file, ...args], cwd: '/p', env: { PATH: '/usr/bin:/bin' }, ...command });

test('[PR1] searches the PATH of the command, or the default', () => {
  expect(run('tool', ['a']).argv).toEqual(['/usr/bin/node', '/bin/tool', 'a']);
  expect(run('tool', [], { env: {} }).argv[1]).toBe('/bin/tool');
  expect(() => run('tool', [], { env: { PATH: '/usr/bin' } })).toThrow(/ENOENT/);
});

test('[PR2] EACCES wins over ENOENT', () => {
  expect(() => run('secret', [], { env: { PATH: '/bin:/nowhere' } })).toThrow(/EACCES/);
  expect(() => run('/bin')).toThrow(/ENOENT|EACCES/);
  expect(() => run('./missing')).toThrow(/ENOENT/);
});

test('[PR3] env in a #! line is executed in place', () => {
  expect(run('./env.js', ['x'])).toMatchObject({ execPath: '/usr/bin/node', argv: ['node', '/p/./env.js', 'x'], execArgv: [] });
  expect(run('./crlf.js').argv[0]).toBe('node');
  expect(run('/p/split.js', ['x'])).toMatchObject({ execArgv: ['--no-warnings', '--conditions', 'dev'], argv: ['node', '/p/split.js', 'x'], env: { A: '1' } });
});

test('[PR4] text goes to the shell, binaries are refused, loops end', () => {
  expect(run('./plain', ['x']).argv).toEqual(['/usr/bin/node', '/bin/sh', '/p/./plain', 'x']);
  expect(() => run('/p/elf')).toThrow(/ENOEXEC/);
  expect(() => run('/p/loop')).toThrow(/ELOOP/);
});

test('[PR5] links to node are the runtime; its options are split off', () => {
  expect(run('/usr/local/bin/node', ['--import', './a.js', 'b.js', '--c']).execArgv).toEqual(['--import', './a.js']);
  expect(splitNodeArguments(['-e', '1', 'a'])).toEqual({ execArgv: ['-e', '1'], rest: ['a'] });
  expect(splitNodeArguments(['-p', '1'])).toEqual({ execArgv: ['-p', '1'], rest: [] });
  expect(splitNodeArguments(['-p', '-e', '1'])).toEqual({ execArgv: ['-p', '-e', '1'], rest: [] });
  expect(splitNodeArguments(['--', '-x', 'y'])).toEqual({ execArgv: [], rest: ['-x', 'y'] });
  expect(splitNodeArguments(['--test', '--test-reporter=dot', 'x.js'])).toEqual({ execArgv: ['--test', '--test-reporter=dot'], rest: ['x.js'] });
  expect(splitNodeArguments(['-', 'a'])).toEqual({ execArgv: [], rest: ['-', 'a'] });
});

test('[PR7] the shell gives its place to a command that needs none', () => {
  expect(run('sh', ['-c', "tool 'a b' --x=1"]).argv).toEqual(['/usr/bin/node', '/bin/tool', 'a b', '--x=1']);
  expect(run('/bin/sh', ['-c', 'tool'], { env: { PATH: '/bin', PWD: '/elsewhere' } })).toMatchObject({ env: { PWD: '/p' } });
  for (const line of ['tool && tool', 'missing', 'secret', 'cd /']) expect(run('sh', ['-c', line]).argv.slice(1)).toEqual(['/bin/sh', '-c', line]);
  expect(run('sh', ['-c', 'tool', 'name']).argv.slice(1)).toEqual(['/bin/sh', '-c', 'tool', 'name']);
  expect(run('tool', ['-c', 'tool']).argv.slice(1)).toEqual(['/bin/tool', '-c', 'tool']);
});
