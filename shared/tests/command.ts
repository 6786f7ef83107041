/** How a project's tests are run, from its package.json (SPEC.md). */
import * as z from 'zod';
import { nodeTestsOf } from './node-command.ts';
import type { NodeTests } from './node-command.ts';
import { escapePattern } from './patterns.ts';

const packageSchema = z.object({ scripts: z.record(z.string(), z.string()).optional() });

export type TestCommand = { runner: 'vitest'; options: string[] } | ({ runner: 'node' } & NodeTests) | { runner: 'script' } | { runner: 'none' };

/** A script that is Vitest alone, or Node's test runner alone, is run by its own options; one that does more is run as it is. */
export function testCommandOf(packageJson: string): TestCommand {
  let value: unknown;
  try {
    value = JSON.parse(packageJson);
  } catch {
    return { runner: 'none' };
  }
  const script = packageSchema.safeParse(value).data?.scripts?.['test']?.trim();
  if (script === undefined || script === '') return { runner: 'none' };
  const node = nodeTestsOf(script);
  if (node !== undefined) return { runner: 'node', ...node };
  const words = /^(?:npx\s+)?vitest((?:\s+[A-Za-z0-9_./:=@*,-]+)*)$/.exec(script)?.[1]?.trim().split(/\s+/).filter((word) => word !== '');
  // Another command of Vitest's, or an option that makes another one of it, is no run of tests with results.
  if (words === undefined || OTHER_COMMANDS.has(words[0] ?? '') || words.some((word) => OTHER_OPTIONS.test(word))) return { runner: 'script' };
  return { runner: 'vitest', options: words.filter((word, index) => !(index === 0 && ['run', 'watch', 'dev'].includes(word)) && !/^--?(?:watch|run|w)(?:=|$)/.test(word)) };
}

const OTHER_COMMANDS = new Set(['bench', 'init', 'list', 'related', 'typecheck', 'complete']);
const OTHER_OPTIONS = /^(?:-h|-v|--(?:help|version|clearCache|clear-cache|listTags|list-tags|merge-?reports|standalone)(?:=.*)?)$/i;

export interface TestSelection {
  watch: boolean;
  /** Path inside the project. */
  file?: string | undefined;
  /** Names of the suites around one test, and its own. */
  names?: readonly string[] | undefined;
}

/** Arguments of `npx`. `reporter` is the path of the file that prints the events. */
export function vitestArguments(options: readonly string[], reporter: string, { watch, file, names }: TestSelection): string[] {
  const only = names === undefined ? [] : ['--testNamePattern', `^\\s*${names.map(escapePattern).join(BETWEEN)}$`];
  return ['vitest', watch ? 'watch' : 'run', ...options, ...(file === undefined ? [] : [file]), ...only, '--reporter=default', `--reporter=${reporter}`, '--includeTaskLocation'];
}

/** Between the names of suites and tests: a blank, and from Vitest 5 on an arrow. */
const BETWEEN = '(?: > | )';
