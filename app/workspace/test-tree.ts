/** The results of a run as rows of a tree: files, suites, tests. */
import type { TestResult } from '../../shared/tests/events.ts';
import type { TestFile } from './tests.ts';

export interface TestRow {
  /** Of this row among all. */
  key: string;
  kind: 'file' | 'suite' | 'test';
  level: number;
  label: string;
  state: TestFile['state'] | TestResult['state'];
  durationMs: number | undefined;
  isOpen: boolean;
  file: TestFile;
  test: TestResult | undefined;
}

export type StateFilter = 'all' | 'failed';

/** Rows that are seen: nothing of what is closed. */
export function testRows(files: readonly TestFile[], closed: ReadonlySet<string>, filter: StateFilter): TestRow[] {
  return files.flatMap((file) => {
    const tests = file.tests.filter((test) => filter === 'all' || test.state === 'failed');
    if (filter === 'failed' && tests.length === 0 && file.failures.length === 0) return [];
    const isOpen = !closed.has(file.path);
    const row: TestRow = { key: file.path, kind: 'file', level: 1, label: file.path, state: file.state, durationMs: file.durationMs, isOpen, file, test: undefined };
    return isOpen ? [row, ...inside(file, tests, file.path, 0, closed)] : [row];
  });
}

function inside(file: TestFile, tests: readonly TestResult[], parent: string, depth: number, closed: ReadonlySet<string>): TestRow[] {
  const rows: TestRow[] = [];
  const done = new Set<string>();
  for (const test of tests) {
    const name = test.names[depth] ?? '';
    const key = `${parent}\0${name}`;
    if (depth === test.names.length - 1) {
      rows.push({ key, kind: 'test', level: depth + 2, label: name, state: test.state, durationMs: test.durationMs, isOpen: false, file, test });
      continue;
    }
    if (done.has(key)) continue;
    done.add(key);
    const within = tests.filter((other) => other.names.length > depth + 1 && other.names[depth] === name);
    const isOpen = !closed.has(key);
    rows.push({ key, kind: 'suite', level: depth + 2, label: name, state: stateOf(within), durationMs: sumOf(within), isOpen, file, test: undefined });
    if (isOpen) rows.push(...inside(file, within, key, depth + 1, closed));
  }
  return rows;
}

function stateOf(tests: readonly TestResult[]): TestResult['state'] {
  return (['failed', 'pending', 'passed', 'skipped'] as const).find((state) => tests.some((test) => test.state === state)) ?? 'skipped';
}

const sumOf = (tests: readonly TestResult[]): number | undefined => (tests.some(({ durationMs }) => durationMs !== undefined) ? tests.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0) : undefined);
