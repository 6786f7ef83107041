/** A `test` script that is Node's own test runner and its options alone (SPEC.md V6). */
import { escapePattern } from './patterns.ts';
import type { TestSelection } from './command.ts';

export interface NodeTests {
  /** Of Node, all that come before the files, without those that say how results are told or whether they are watched. */
  options: string[];
  /** Paths and patterns of test files; none where Node finds them itself. */
  files: string[];
}

/** A word of a shell in which nothing is special to it; a pattern over folders means another thing to `sh` than to Node, unless it is quoted (POSIX Shell Command Language, 2.13). */
const WORD = /^\s+(?:'([A-Za-z0-9_./:=@*?{},+-]+)'|"([A-Za-z0-9_./:=@*?{},+-]+)"|((?:(?!\*\*)[A-Za-z0-9_./:=@*,+-])+))(?=\s|$)/;
/** Options whose value is the next word, unless it follows on "=". */
const WITH_VALUE = new Set([
  '--import', '--require', '-r', '--loader', '--experimental-loader', '--conditions', '-C', '--env-file', '--env-file-if-exists', '--test-concurrency', '--test-timeout', '--test-name-pattern', '--test-skip-pattern',
  '--test-shard', '--test-isolation', '--experimental-test-isolation', '--test-global-setup', '--test-coverage-include', '--test-coverage-exclude', '--test-coverage-branches', '--test-coverage-functions', '--test-coverage-lines',
]);
/** Other ways to run, or to tell results. */
const OTHER = /^(?:-[a-zA-Z]*[epchvi][a-zA-Z]*|--(?:eval|print|check|help|version|interactive|run|completion-bash|v8-options|watch-path|test-reporter|test-reporter-destination|test-update-snapshots|test-rerun-failures|experimental-test-tag-filter)(?:=.*)?)$/;

/** @returns undefined where the script is something else, or more */
export function nodeTestsOf(script: string): NodeTests | undefined {
  const words = wordsOf(script);
  if (words === undefined) return undefined;
  const options: string[] = [];
  let at = 0;
  let hasTest = false;
  for (; at < words.length && (words[at] ?? '').startsWith('-'); at++) {
    const word = words[at] ?? '';
    if (word === '--' || OTHER.test(word)) return undefined;
    if (word === '--test') hasTest = true;
    else if (word !== '--watch') options.push(word);
    if (WITH_VALUE.has(word)) options.push(words[++at] ?? '');
  }
  const files = words.slice(at);
  return hasTest && !files.some((word) => word.startsWith('-')) && at <= words.length ? { options, files } : undefined;
}

function wordsOf(script: string): string[] | undefined {
  const [head] = /^node(?=\s)/.exec(script) ?? [];
  if (head === undefined) return undefined;
  const words: string[] = [];
  for (let rest = script.slice(head.length).trimEnd(); rest !== '';) {
    const found = WORD.exec(rest);
    if (found === null) return undefined;
    words.push(found[1] ?? found[2] ?? found[3] ?? '');
    rest = rest.slice(found[0].length);
  }
  return words;
}

/** Arguments of `node`. `reporter` is the path of the file that prints the events; a part of a name is a regular expression, as `--test-name-pattern` has it. */
export function nodeArguments({ options, files }: NodeTests, reporter: string, { watch, file, names, namePart }: TestSelection & { namePart?: string | undefined }): string[] {
  // Before what the script asks for: options end where files begin.
  const only = names === undefined ? namePart : `^${names.map(escapePattern).join(' ')}$`;
  return [
    '--test', ...(watch ? ['--watch'] : []), '--test-reporter=spec', '--test-reporter-destination=stdout', `--test-reporter=${reporter}`, '--test-reporter-destination=stdout', ...options,
    ...(only === undefined ? [] : [`--test-name-pattern=${only}`]), ...(file === undefined ? files : [escapeGlob(file)]),
  ];
}

/** A path as a pattern of Node's that matches it and nothing else. */
export const escapeGlob = (file: string): string => file.replace(/[*?[{]/g, '[$&]');
