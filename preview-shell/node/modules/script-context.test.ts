import { expect, test } from 'vitest';
import { evaluateInContext } from './script-context.ts';

test('a script sees the context first, then the globals', () => {
  expect(evaluateInContext('x + Math.max(1, 2)', { x: 40 })).toBe(42);
});

test('assignments and var land on the context', () => {
  const context: Record<string, unknown> = { n: 1 };
  evaluateInContext('n = n + 1; var made = "here";', context);
  expect(context).toMatchObject({ n: 2 });
  expect('made' in globalThis).toBe(false);
});

test('a name that is nowhere is a ReferenceError', () => {
  expect(() => evaluateInContext('nowhere', {})).toThrow(ReferenceError);
});
