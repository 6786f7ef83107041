import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
// @ts-expect-error -- a script without type declarations
import { errorsDocument as untyped } from '../../scripts/errors-document.mjs';
import { TerrariumError, toResponse } from './error.ts';
import { ERRORS } from './table.ts';
import type { ErrorCode, ErrorEntry } from './table.ts';

const errorsDocument = untyped as (errors: typeof ERRORS) => string;
const entries = Object.entries(ERRORS) as [ErrorCode, ErrorEntry][];

/** Row I1. */
const RANGES = [[1000, 1199], [1200, 1299], [1300, 1399], [1400, 1499], [2100, 2199], [3000, 3099]] as const;

describe('the table', () => {
  test.each(entries)('%s is in a range, with a status and two full sentences', (code, entry) => {
    const number = Number(/^E-TERRARIUM-(\d{4})$/.exec(code)?.[1]);
    expect(RANGES.some(([from, to]) => number >= from && number <= to)).toBe(true);
    expect(entry.status).toBeGreaterThanOrEqual(400);
    expect(entry.status).toBeLessThan(600);
    expect(entry.message).toMatch(/^\S.*\.$/);
    expect(entry.next).toMatch(/^[A-Z].*\.$/);
  });
  test('docs/errors.md is made from it', async () => {
    expect(await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')).toBe(errorsDocument(ERRORS));
  });
});

describe('an error', () => {
  test('says what happened and what to do, with its context', () => {
    const { status, body } = toResponse(TerrariumError.of('E-TERRARIUM-1002', { template: 'x', available: 'a, b' }));
    expect(status).toBe(422);
    expect(body.error).toMatchObject({ code: 'E-TERRARIUM-1002', message: 'There is no template "x". Choose one of: a, b.', next: 'Choose one of: a, b.', retryable: false });
  });
  test('context is not read as a template', () => {
    expect(TerrariumError.of('E-TERRARIUM-1002', { template: '{available}', available: 'A' }).message).toContain('no template "{available}"');
  });
});
