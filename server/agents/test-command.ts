/** The shell command that runs a project's tests in its container, with a reporter of ours where its runner has one (shared/tests/SPEC.md). */
import { vitestArguments } from '../../shared/tests/command.ts';
import type { TestCommand } from '../../shared/tests/command.ts';
import { nodeArguments } from '../../shared/tests/node-command.ts';
import { NODE_REPORTER_SOURCE } from '../../shared/tests/node-reporter.ts';
import { REPORTER_SOURCE } from '../../shared/tests/vitest-reporter.ts';
import { nodeTestFiles } from './node-test-files.ts';
import { quoted } from './shell-word.ts';

/** In node_modules, where programs keep what is theirs: it is no file of the project. */
const REPORTER = '/home/project/node_modules/.terrarium-tests.mjs';

export interface TestChoice {
  /** Part of the paths of test files. */
  filter?: string | undefined;
  /** Part of the names of tests, as the runner takes it. */
  name?: string | undefined;
}

/** `paths` are the project's files. The reporter is what the command reads from its standard input. */
export function testShellCommand(how: TestCommand, paths: readonly string[], { filter, name }: TestChoice): { command: string; stdin?: string } {
  switch (how.runner) {
    case 'vitest': {
      const words = [...vitestArguments(how.options, REPORTER, { watch: false, file: filter }), ...(name === undefined ? [] : ['--testNamePattern', name])];
      return withReporter(REPORTER_SOURCE, ['npx', ...words.map(quoted)]);
    }
    case 'node': {
      const files = filter === undefined ? how.files : nodeTestFiles(paths, how.files, filter);
      return withReporter(NODE_REPORTER_SOURCE, ['node', ...nodeArguments({ ...how, files }, REPORTER, { watch: false, namePart: name }).map(quoted)]);
    }
    case 'script':
    case 'none':
      return { command: `npm test${filter === undefined ? '' : ` -- ${quoted(filter)}`}` };
  }
}

const withReporter = (stdin: string, words: readonly string[]) => ({ command: `mkdir -p node_modules && cat > ${REPORTER} && ${words.join(' ')}`, stdin });
