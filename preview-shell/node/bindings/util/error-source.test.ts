import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import vm from 'node:vm';
import { afterAll, expect, test } from 'vitest';
import type { BindingContext } from '../../context.ts';
import { errorSourcePosition } from './error-source.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'error-source-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ctx = { hooks: { requireBuiltin: () => ({ readFileSync }) } } as unknown as BindingContext;

test('where an error was made: its line and column, as Node tells them; its stack stays a text', () => {
  const filename = path.join(folder, 'a.js');
  const code = "// first\n  const e = new Error('x'); e";
  writeFileSync(filename, code);
  const error = vm.runInThisContext(code, { filename }) as Error;
  expect(errorSourcePosition(ctx, error)).toEqual({ sourceLine: "  const e = new Error('x'); e", scriptResourceName: filename, lineNumber: 2, startColumn: 12 });
  expect(error.stack).toContain(`Error: x\n    at ${filename}:2:13`);
});

test('a script that is no file has no line', () => {
  const error = vm.runInThisContext('new Error()', { filename: 'evalmachine.<anonymous>' }) as Error;
  expect(errorSourcePosition(ctx, error)).toMatchObject({ sourceLine: '', startColumn: 0 });
});
