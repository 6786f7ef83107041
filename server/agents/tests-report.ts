/** Vitest's JSON report (the `json` reporter, in Jest's form) as the tool tells it. */
import * as z from 'zod';
import type { testCase } from '../../shared/agents/tools/run.ts';

type TestCase = z.infer<typeof testCase>;

const assertion = z.object({
  fullName: z.string(),
  status: z.string(),
  duration: z.number().nullish(),
  failureMessages: z.array(z.string()).nullish(),
  location: z.object({ line: z.number(), column: z.number() }).nullish(),
});
const report = z.object({ testResults: z.array(z.object({ name: z.string(), status: z.string(), message: z.string().nullish(), assertionResults: z.array(assertion) })) });

const STATUS: Record<string, TestCase['status']> = { passed: 'passed', failed: 'failed' };
const MESSAGE_LENGTH = 4000;

/** `undefined` for a text that is no such report. */
export function readReport(json: string, projectRoot: string): TestCase[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const parsed = report.safeParse(value);
  if (!parsed.success) return undefined;
  return parsed.data.testResults.flatMap((file) => {
    const path = file.name.startsWith(`${projectRoot}/`) ? file.name.slice(projectRoot.length + 1) : file.name;
    // A file that could not be loaded has no tests, and a message.
    if (file.assertionResults.length === 0 && file.status === 'failed') return [{ name: '(file)', file: path, status: 'failed' as const, durationMs: null, message: (file.message ?? '').slice(0, MESSAGE_LENGTH), line: null, column: null }];
    return file.assertionResults.map((test): TestCase => {
      const message = test.failureMessages?.join('\n').slice(0, MESSAGE_LENGTH) ?? null;
      return { name: test.fullName, file: path, status: STATUS[test.status] ?? 'skipped', durationMs: test.duration ?? null, message: message === '' ? null : message, ...placeOf(message, path, test.location ?? undefined) };
    });
  });
}

/** Where it failed: the first line of the stack that is in the test file; else where the test is. */
function placeOf(message: string | null, path: string, location: { line: number; column: number } | undefined): { line: number | null; column: number | null } {
  const at = message?.split('\n').map((line) => /([^\s(]+):(\d+):(\d+)\)?$/.exec(line)).find((match) => match?.[1]?.endsWith(path));
  return { line: at ? Number(at[2]) : (location?.line ?? null), column: at ? Number(at[3]) : (location?.column ?? null) };
}
