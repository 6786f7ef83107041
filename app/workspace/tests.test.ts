import { expect, test } from 'vitest';
import type { TestEvent, TestResult } from '../../shared/tests/events.ts';
import { testRows } from './test-tree.ts';
import { applyEvent } from './tests.ts';
import type { TestsState } from './tests.ts';

const START: TestsState = { status: 'running', runner: 'vitest', files: [], failures: [], output: '', exitCode: undefined, error: undefined };
const FILE = '/home/project/src/a.test.ts';
const result = (names: string[], state: TestResult['state'], more: Partial<TestResult> = {}): TestResult => ({ file: FILE, names, state, failures: [], ...more });
const after = (...events: TestEvent[]): TestsState => events.reduce(applyEvent, START);
const RUN: TestEvent[] = [
  { t: 'start', files: [FILE] },
  { t: 'file', file: FILE, tests: [result(['sum', 'adds'], 'pending'), result(['sum', 'deep', 'too'], 'pending'), result(['top'], 'pending')] },
  { t: 'test', test: result(['sum', 'adds'], 'failed', { durationMs: 2, failures: [{ message: 'no' }] }) },
  { t: 'test', test: result(['sum', 'deep', 'too'], 'passed', { durationMs: 3 }) },
  { t: 'test', test: result(['top'], 'passed', { durationMs: 1 }) },
  { t: 'file-end', file: FILE, state: 'failed', durationMs: 6, failures: [] },
  { t: 'end', failures: [] },
];
const rows = (state: TestsState, closed: string[] = [], filter: 'all' | 'failed' = 'all') => testRows(state.files, new Set(closed), filter).map(({ level, label, state: of, durationMs }) => [level, label, of, durationMs]);

test('results come into the tree as they are told', () => {
  expect(rows(after(...RUN.slice(0, 3)))).toEqual([[1, 'src/a.test.ts', 'running', undefined], [2, 'sum', 'failed', 2], [3, 'adds', 'failed', 2], [3, 'deep', 'pending', undefined], [4, 'too', 'pending', undefined], [2, 'top', 'pending', undefined]]);
  expect(rows(after(...RUN))).toEqual([[1, 'src/a.test.ts', 'failed', 6], [2, 'sum', 'failed', 5], [3, 'adds', 'failed', 2], [3, 'deep', 'passed', 3], [4, 'too', 'passed', 3], [2, 'top', 'passed', 1]]);
});
test('what is closed hides what is in it, and failures can be seen alone', () => {
  expect(rows(after(...RUN), ['src/a.test.ts\0sum']).map(([, label]) => label)).toEqual(['src/a.test.ts', 'sum', 'top']);
  expect(rows(after(...RUN), [], 'failed').map(([, label]) => label)).toEqual(['src/a.test.ts', 'sum', 'adds']);
});
test('[V4] a run of one test keeps what is known of the others', () => {
  const again = [...RUN, { t: 'start', files: [FILE] }, { t: 'file', file: FILE, tests: [result(['sum', 'adds'], 'pending'), result(['sum', 'deep', 'too'], 'skipped'), result(['top'], 'skipped')] }, { t: 'test', test: result(['sum', 'adds'], 'passed', { durationMs: 4 }) }, { t: 'test', test: result(['top'], 'skipped') }, { t: 'file-end', file: FILE, state: 'passed', durationMs: 4, failures: [] }] as TestEvent[];
  expect(rows(after(...again)).map(([, label, state]) => [label, state])).toEqual([['src/a.test.ts', 'passed'], ['sum', 'passed'], ['adds', 'passed'], ['deep', 'passed'], ['too', 'passed'], ['top', 'passed']]);
});
test('[V5] a file’s new results replace those that it had', () => {
  const again = [...RUN, { t: 'file', file: FILE, tests: [result(['renamed'], 'pending')] }, { t: 'test', test: result(['renamed'], 'passed') }, { t: 'file-end', file: FILE, state: 'passed', failures: [] }] as TestEvent[];
  expect(rows(after(...again)).map(([, label]) => label)).toEqual(['src/a.test.ts', 'renamed']);
});
