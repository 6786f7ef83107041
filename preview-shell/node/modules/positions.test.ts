import { expect, test } from 'vitest';
import { applyEdits, awaitEdits } from '../../../shared/module-code/awaits/edits.ts';
import { planAwaits } from '../../../shared/module-code/awaits/plan.ts';
import { noteText, originalPosition } from './positions.ts';

const SOURCE = 'const a = await b, c = d;\ntry { await e(\n  await inner) } catch { g() }\nh();\n';

/** Line and column from 1, of the first character of `text` from `from` on. */
function place(all: string, text: string, from = 0): [number, number] {
  const before = all.slice(0, all.indexOf(text, from)).split('\n');
  return [before.length, (before.at(-1) ?? '').length + 1];
}

test('AWAIT-3 positions in rewritten text are those of the program’s own', () => {
  const edits = awaitEdits(planAwaits(SOURCE, 'module') ?? []);
  const header = 'began();';
  noteText('file:///a.mjs', header.length, SOURCE, edits);
  const compiled = header + applyEdits(SOURCE, edits);
  for (const text of ['const', 'b', 'c =', 'd;', 'e(', 'inner', 'g()', 'h()']) {
    expect(originalPosition('file:///a.mjs', ...place(compiled, text, header.length))).toEqual(place(SOURCE, text));
  }
});

test('AWAIT-3 what awaits stands where its await was written, also when its operand ends on another line', () => {
  const edits = awaitEdits(planAwaits(SOURCE, 'module') ?? []);
  noteText('file:///b.mjs', 0, SOURCE, edits);
  const compiled = applyEdits(SOURCE, edits);
  expect(originalPosition('file:///b.mjs', ...place(compiled, 'await ªt(),ªf', compiled.indexOf('inner') + 20))).toEqual(place(SOURCE, 'await e'));
});

test('a text without edits moves by its header, on its first line alone', () => {
  noteText('file:///c.mjs', 8, 'a;\nb;', []);
  expect(originalPosition('file:///c.mjs', 1, 11)).toEqual([1, 3]);
  expect(originalPosition('file:///c.mjs', 2, 2)).toEqual([2, 2]);
  expect(originalPosition('file:///unknown.mjs', 1, 4)).toEqual([1, 4]);
});
