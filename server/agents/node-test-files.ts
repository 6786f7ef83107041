/** Which files of a project Node's test runner runs, of those whose path has something in it: the runner itself takes no part of a path. */
import path from 'node:path';
import { escapeGlob } from '../../shared/tests/node-command.ts';

/** What the runner looks for where no file is named (Node.js documentation, "Running tests from the command line"). */
const DEFAULT = ['**/*.test.{js,mjs,cjs,ts,mts,cts}', '**/*-test.{js,mjs,cjs,ts,mts,cts}', '**/*_test.{js,mjs,cjs,ts,mts,cts}', '**/test-*.{js,mjs,cjs,ts,mts,cts}', '**/test.{js,mjs,cjs,ts,mts,cts}', '**/test/**/*.{js,mjs,cjs,ts,mts,cts}'];

/** @returns the paths as patterns that match them alone; where there is none, the part itself, of which the runner says that it found nothing */
export function nodeTestFiles(paths: readonly string[], patterns: readonly string[], part: string): string[] {
  const wanted = patterns.length === 0 ? DEFAULT : patterns.map((pattern) => path.posix.normalize(pattern));
  const found = paths.filter((each) => each.includes(part) && wanted.some((pattern) => path.posix.matchesGlob(each, pattern)));
  return (found.length === 0 ? [part] : found).map(escapeGlob);
}
