/** The events of a run of tests (shared/tests) as the tool tells them. */
import type * as z from 'zod';
import type { testCase } from '../../shared/agents/tools/run.ts';
import { EventReader } from '../../shared/tests/events.ts';
import type { TestFailure, TestResult } from '../../shared/tests/events.ts';

type TestCase = z.infer<typeof testCase>;

const MESSAGE_LENGTH = 4000;

/** What the run told of its tests, each as it was at the end, and the rest of what it printed. */
export function readRun(output: string, projectRoot: string): { tests: TestCase[]; output: string } {
  const { events, rest } = new EventReader().take(`${output}\n`);
  const tests = new Map<string, TestCase>();
  const inProject = (path: string) => (path.startsWith(`${projectRoot}/`) ? path.slice(projectRoot.length + 1) : path);
  const note = (test: TestResult) => {
    const { file, names, state, durationMs, line, failures } = test;
    // What never ran is as good as skipped.
    const status = state === 'pending' ? 'skipped' : state;
    tests.set(JSON.stringify([file, names]), { name: names.join(' > '), file: inProject(file), status, durationMs: durationMs ?? null, ...reasonOf(failures, file, line ?? null) });
  };
  for (const event of events) {
    if (event.t === 'file') event.tests.forEach(note);
    if (event.t === 'test') note(event.test);
    // A file that could not be loaded has no tests, and a message.
    const failures = event.t === 'file-end' || event.t === 'end' ? event.failures : [];
    const file = event.t === 'file-end' ? event.file : '';
    if (failures.length > 0) tests.set(`file ${file}`, { name: '(file)', file: inProject(file), status: 'failed', durationMs: null, ...reasonOf(failures, file, null) });
  }
  return { tests: [...tests.values()], output: rest };
}

/** The first failure's values and place; the messages of all. The place of one that was thrown in another file is that of the test. */
function reasonOf(failures: readonly TestFailure[], file: string, line: number | null): Pick<TestCase, 'message' | 'expected' | 'actual' | 'line' | 'column'> {
  const [first] = failures;
  const message = failures.length === 0 ? null : failures.map((failure) => failure.message).join('\n').slice(0, MESSAGE_LENGTH);
  const place = first?.place?.file === file ? first.place : undefined;
  return { message, expected: first?.expected ?? null, actual: first?.actual ?? null, line: place?.line ?? line, column: place?.column ?? null };
}
