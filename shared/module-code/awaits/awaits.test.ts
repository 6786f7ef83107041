import { expect, test } from 'vitest';
import { applyEdits, awaitEdits, withoutEdits } from './edits.ts';
import { planAwaits, type PlannedText } from './plan.ts';

function rewrite(source: string, kind: PlannedText = 'module'): string {
  const plan = planAwaits(source, kind);
  return plan === undefined ? source : applyEdits(source, awaitEdits(plan));
}

test.each<[string, string]>([
  ['await x', 'ªr(ªs( x),await ªt())'],
  ['await (x)', 'ªr(ªs( (x)),await ªt())'],
  ['await(x, y)', 'ªr(ªs((x, y)),await ªt())'],
  ['await await x', 'ªr(ªs( ªr(ªs( x),await ªt())),await ªt())'],
  ['`a${await x}b`', '`a${ªr(ªs( x),await ªt())}b`'],
  ['const f = async () => await x', 'const f = async () => ªr(ªs( x),await ªt())'],
  ['const f = async () => ({ a: await x })', 'const f = async () => ({ a: ªr(ªs( x),await ªt()) })'],
  ['async function f() { return g() }', 'async function f() { return ªv(g()/*ª*/) }'],
  ['const f = (a = async () => await x) => a', 'const f = (a = async () => ªr(ªs( x),await ªt())) => a'],
  ['class A { static b = async () => { await x } }', 'class A { static b = async () => { ªr(ªs( x),await ªt()) } }'],
  ['class A { [await x] = 1 }', 'class A { [ªr(ªs( x),await ªt())] = 1 }'],
  ['async function f() { try { await x } catch { y } }', 'async function f() { try { ªr(ªf=ªs( x),await ªt(),ªf=0) } catch {ªf=ªf&&ªc(ªf); y } ;var ªf;}'],
  ['eval(x, y)', 'eval(ªe(x/*ª*/), y)'],
  ['(0, eval)(x)', '(0, eval)(ªe(x/*ª*/))'],
])('AWAIT-1 what awaits is put into calls: %s', (source, expected) => {
  expect(rewrite(source)).toBe(expected);
});

test.each(['const awaited = 1', 'function* f() { yield 1 }', 'const a = { await: 1, eval: 2 }', '// await x', '"await x"', 'x.await()', 'function f() { try { g() } catch {} }'])(
  'AWAIT-2 a text that awaits nothing is left alone: %s', (source) => {
    expect(rewrite(source)).toBe(source);
  });

const TORTURE = [
  'a\nawait b\nc',
  'let x = await b\n;(c)',
  'if (await a) await b; else await c',
  'if (a) for await (const b of c) d(b); else e()',
  'outer: inner: for await (const a of b) { for await (const c of d) { if (c) continue outer; break inner } }',
  'for await (const { a = await b } of await c) await a',
  'for await (a.b of c)\n  d()\ne()',
  'async function* f() { try { yield a; yield* b(); return c } catch (e) { yield await e } finally { await d } }',
  'async function* f() { const a = yield* b; const c = yield d, e = [yield, yield f]; return a }',
  '{ await using a = b; c() }',
  'async function f() { { await using a = b\n await using c = d\n } await e }',
  'for (await using a of b) c(a)',
  'switch (await a) { case await b: { await c } default: await d }',
  'const f = async (a) => { "use strict"; try { await a } catch {} }',
  'async () => { do await a; while (await b) }',
  'const a = { async b() { await c }, get d() { return 1 }, async *e() { yield await f }, [await g]: 1, async "h"() { return await i } }',
  'export default async function () { await a }',
  'export const a = await b, c = /await/.test(await d)',
  'await a ?? await b; await (a || b); (await a)`b`; new (await a)(await b); delete (await a).b; -await a; [...await a]',
  'await async function () { await a }; await class { async b() { await c } }; await {}; await [await a]',
  'a = await b\n++c',
  'await a // comment\n.b',
  'await /* comment */ a',
  'async function f() { try { return await a } finally { b() } }',
  'async function f() { return (await a) ? b() : c }',
  'async function f() { while (a) try { await b } catch { continue } finally { if (c) break } }',
];

test.each(TORTURE)('AWAIT-3 rewritten text is a program, on the same lines: %s', async (source) => {
  const text = rewrite(source);
  expect(text).not.toBe(source);
  expect(text.split('\n').length).toBe(source.split('\n').length);
  const { parse } = await import('acorn');
  expect(() => parse(text, { ecmaVersion: 'latest', sourceType: 'module' })).not.toThrow();
});

test.each(TORTURE)('AWAIT-4 what a program gets back of its text is what it wrote: %s', (source) => {
  expect(withoutEdits(rewrite(source))).toBe(source);
});

test('AWAIT-5 what the parser does not read is left to the engine', () => {
  expect(rewrite('async () => { await }')).toBe('async () => { await }');
});
