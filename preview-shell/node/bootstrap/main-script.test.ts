import { expect, test } from 'vitest';
import type { ProcessImage } from '../../abi/thread.ts';
import { mainScript } from './main-script.ts';

const image = (argv: string[], execArgv: string[] = []) => ({ argv, execArgv }) as ProcessImage;

test.each([
  [image(['node', 'a.js']), false, 'run_main_module'],
  [image(['node', 'a.js'], ['--import', 'x']), true, 'run_main_module'],
  [image(['node'], ['-e', '1']), true, 'eval_string'],
  [image(['node'], ['--eval=1']), false, 'eval_string'],
  [image(['node'], ['--test']), false, 'test_runner'],
  [image(['node', 'a.js'], ['--check']), false, 'check_syntax'],
  [image(['node']), true, 'repl'],
  [image(['node']), false, 'eval_stdin'],
  [image(['node', '-']), false, 'eval_stdin'],
  [image(['node'], ['-i']), false, 'repl'],
])('Node starts where its command line says %#', (given, tty, script) => {
  expect(mainScript(given, tty)).toBe(`internal/main/${script}`);
});
