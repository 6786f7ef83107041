/** Programs under Node's own AsyncLocalStorage, unchanged, and under ours, rewritten: both say the same in the same order. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyEdits, awaitEdits } from '../../../shared/module-code/awaits/edits.ts';
import { planAwaits } from '../../../shared/module-code/awaits/plan.ts';
import { getFrame, setFrame } from './frame.ts';
import { carryThroughPromises } from './promises.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';

interface Storage {
  getStore(): unknown;
  run(store: unknown, callback: () => unknown): unknown;
  enterWith(store: unknown): void;
}

const ours: Storage = {
  getStore: getFrame,
  enterWith: setFrame,
  run(store, callback) {
    const outer = getFrame();
    setFrame(store);
    try {
      return callback();
    } finally {
      setFrame(outer);
    }
  },
};

const names = Object.keys(TEXT_FUNCTIONS);
const statics = { all: Promise.all, allSettled: Promise.allSettled, any: Promise.any, race: Promise.race };
const { then } = Promise.prototype;
beforeAll(() => {
  carryThroughPromises(Promise);
  Object.assign(globalThis, TEXT_FUNCTIONS);
});
afterAll(() => {
  // oxlint-disable-next-line no-extend-native -- as it was
  Promise.prototype.then = then;
  Object.assign(Promise, statics);
  for (const name of names) Reflect.deleteProperty(globalThis, name);
});

/** Given to every program: `log(text)` notes it with the context that it is in; `tick()` is a promise that is fulfilled after a micro-task. */
type Program = (als: Storage, log: (text: string) => void) => Promise<void>;

async function linesOf(text: string, storage: Storage): Promise<string[]> {
  const program = new Function('als', 'log', text) as unknown as Program;
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(`${line} ${String(storage.getStore())}`);
  await program(storage, log);
  return lines;
}

const wrap = (body: string): string => `
  const rejected = () => Promise.reject(new Error('no'));
  const work = async (name) => { log(name + ' 1'); await null; log(name + ' 2'); await Promise.resolve(); log(name + ' 3'); return name; };
  const thenable = (name) => ({ then(done) { log(name + ' then'); queueMicrotask(() => done(name)); } });
  const both = (one) => Promise.all(['a', 'b', 'c'].map((name) => als.run(name, () => one(name))));
  const noise = als.run('noise', async () => { for (let i = 0; i < 40; i++) { log('tick'); await null; } });
  return (async () => { ${body}; await noise; log('end'); })();`;

test.each<[string, string]>([
  ['one after the other', 'await both(async (name) => { log(await work(name)); log(await work(name)) })'],
  ['operands of every kind', 'await both(async (name) => { await 1; log("number"); await Promise.resolve(2); log("promise"); await thenable(name); log("thenable"); await work(name); log("async function") })'],
  ['a subclass of Promise', 'class P extends Promise { then(a, b) { log("P then"); return super.then(a, b) } }; await both(async (name) => { await P.resolve(name); log(name); return P.resolve(1) })'],
  ['returned thenables and promises', 'await both(async (name) => { const f = async () => thenable(name); const g = async () => work(name); log(await f()); log(await g()) })'],
  ['handlers', 'await both((name) => work(name).then((x) => { log(x); return thenable(x) }).then((x) => { log(x); throw x }).catch((x) => log("caught" + x)).finally(() => log("finally")))'],
  ['try and catch', 'await both(async (name) => { try { await rejected() } catch { log("caught") } finally { log("finally") } log("after"); await null; log("more") })'],
  ['catch in a caller', 'await both(async (name) => { const f = async () => { await null; throw 1 }; try { log("t"); await f() } catch (e) { log("caught" + e); await null } log(name) })'],
  ['finally alone', 'await both(async (name) => { const f = async () => { try { await rejected() } finally { log("finally"); await null; log("still") } }; await f().catch(() => log("outer")) })'],
  ['nested try', 'await both(async (name) => { try { try { await rejected() } finally { log("inner") } } catch { log("outer"); try { await rejected() } catch { log("third") } } log("end") })'],
  ['return in try', 'await both(async (name) => { const f = async () => { try { return await work(name) } finally { log("finally") } }; log(await f()) })'],
  ['a context entered between await and throw', 'await both(async (name) => { try { await null; als.enterWith(name + "!"); throw 1 } catch { log("caught") } await null; log("after") })'],
  ['a context entered in an operand', 'await both(async (name) => { await (als.enterWith(name + "?"), 1); log("after"); await als.run("z", () => work(name)); log("back") })'],
  ['loops', 'await both(async (name) => { for (let i = 0; i < 3; i++) { if (i === 1) continue; await null; log(name + i) } let n = 2; while (await n--) log("w"); do log("d"); while (await false) })'],
  ['Promise.all, any, race, allSettled', 'await both(async (name) => { await Promise.all([work(name), null]); log("all"); await Promise.any([rejected(), work(name)]); log("any"); await Promise.race([work(name)]); log("race"); await Promise.allSettled([rejected()]); log("settled") })'],
  ['for await over an async generator', 'await both(async (name) => { async function* g() { log("g1"); yield 1; log("g2"); await null; log("g3"); yield 2; log("g4") } for await (const x of g()) { log("b" + x); await null; log("c" + x) } log("end") })'],
  ['for await over promises', 'await both(async (name) => { for await (const x of [work(name), 2, Promise.resolve(3)]) log("b" + x); log("end") })'],
  ['for await left early', 'await both(async (name) => { const g = async function* () { try { yield 1; yield 2 } finally { await null; log("closed") } }; outer: for (const i of [1, 2]) { for await (const x of g()) { log("b" + x); if (i === 1) continue outer; break outer } } log("left") })'],
  ['for await that fails', 'await both(async (name) => { const g = async function* () { yield 1; await null; throw 2 }; try { for await (const x of g()) log("b" + x) } catch (e) { log("caught" + e) } log("end") })'],
  ['for await that returns', 'await both(async (name) => { const g = async function* () { try { yield 1 } finally { await null } }; const f = async () => { try { for await (const x of g()) return x } finally { log("f") } }; log(await f()) })'],
  ['yield*', 'await both(async (name) => { async function* a() { log("a"); yield 1; await null; log("aa"); return 5 } async function* b() { const r = yield* a(); log("r" + r); yield* [2, 3]; log("e"); yield* thenableIterator() } const thenableIterator = () => ({ [Symbol.asyncIterator]() { return this }, async next() { return { done: true } } }); for await (const x of b()) log("x" + x) })'],
  ['a generator asked from several contexts', 'async function* g() { for (let i = 0; i < 4; i++) { log("g" + i); await null; log("h" + i); yield i } } const it = g(); for (const name of ["a", "b", "c"]) await als.run(name, async () => { const { value } = await it.next(); log("v" + value) })'],
  ['a generator that is thrown into', 'await both(async (name) => { async function* g() { try { log("1"); yield 1 } catch (e) { log("caught" + e); await null; log("2") } finally { log("3") } } const it = g(); await it.next(); await it.throw(7); log("end") })'],
  ['a generator that yields and returns what fails', 'await both(async (name) => { async function* g() { try { yield rejected() } catch { log("y") } try { return rejected() } catch { log("r"); return 3 } } for await (const x of g()) log(x); log("end") })'],
  ['await using', 'await both(async (name) => { const r = (n) => ({ async [Symbol.asyncDispose]() { log("dispose" + n); await null; log("disposed" + n) } }); { await using a = r(1); await using b = r(2); log("in"); await null } log("out"); try { await using c = r(3); throw 1 } catch (e) { log("caught" + e) } for (await using d of [r(4), r(5)]) log("loop"); log("end") })'],
  ['queueMicrotask by hand', 'await both(async (name) => { await new Promise((done) => { const f = als.getStore(); queueMicrotask(() => als.run(f, () => { log("m"); done() })) }); log("end") })'],
  ['callbacks made into promises', 'await both(async (name) => { await new Promise((done) => setTimeout(done, 1)); log("after") })'],
])('AWAIT-6 %s', async (_name, body) => {
  const text = wrap(body);
  const plan = planAwaits(text, 'commonjs');
  const rewritten = applyEdits(text, awaitEdits(plan ?? []));
  expect(rewritten).not.toBe(text);
  expect(await linesOf(rewritten, ours)).toEqual(await linesOf(text, new AsyncLocalStorage()));
});
