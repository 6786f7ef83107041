/** Expected values are what Node v22.23.3 answers (`internalBinding('util')`, `internalBinding('types')`). */
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { create as createTypes } from './types.ts';
import { create as createUtil } from './util.ts';
import { parseDotenv } from './util/dotenv.ts';
import { testContext } from './testing.ts';

type Functions = Record<string, (...args: unknown[]) => unknown>;

const { ctx } = testContext((operation, fd) => {
  if (operation !== 'fd.kind') throw new Error(`unexpected call ${operation}`);
  return fd === 0 ? 'tty' : undefined;
});
const util = createUtil(ctx) as Functions & { privateSymbols: Record<string, symbol>; constants: Record<string, number> };
const types = createTypes(ctx) as Functions;

test('private symbols hold values on any object and never show among its keys', () => {
  const symbol = util.privateSymbols['arrow_message_private_symbol'] as symbol;
  expect(symbol.description).toBe('node:arrowMessage');
  const objects = [{}, Object.freeze({}), new Error('e'), new ArrayBuffer(1)] as Record<symbol, unknown>[];
  for (const object of objects) {
    expect(object[symbol]).toBeUndefined();
    object[symbol] = 'arrow';
    expect(object[symbol]).toBe('arrow');
    expect(Reflect.ownKeys(object)).not.toContain(symbol);
  }
  expect((ctx.process as Record<symbol, unknown>)[util.privateSymbols['exit_info_private_symbol'] as symbol]).toBeInstanceOf(Int32Array);
});

test('proxies are known, also revoked ones', () => {
  const target = { a: 1 };
  const handler = {};
  const proxy = new Proxy(target, handler);
  expect(util.getProxyDetails?.(proxy)).toEqual([target, handler]);
  expect(util.getProxyDetails?.(proxy, false)).toBe(target);
  expect(util.getProxyDetails?.({})).toBeUndefined();
  const { proxy: gone, revoke } = Proxy.revocable(target, handler);
  revoke();
  expect(util.getProxyDetails?.(gone)).toEqual([null, null]);
  expect([types.isProxy?.(proxy), types.isProxy?.(target), Proxy.name, Proxy.length, 'prototype' in Proxy]).toEqual([true, false, 'Proxy', 2, false]);
  expect(() => (Proxy as unknown as () => void)()).toThrow("Constructor Proxy requires 'new'");
});

test('promises', () => {
  expect(util.getPromiseDetails?.(Promise.resolve(3))).toEqual([1, 3]);
  const failed = Promise.reject(new Error('no'));
  failed.catch(() => {});
  expect(util.getPromiseDetails?.(failed)).toEqual([2, new Error('no')]);
  expect(util.getPromiseDetails?.(new Promise(() => {}))).toEqual([0]);
  expect(util.getPromiseDetails?.({})).toBeUndefined();
});

test('previews of collections and iterators, which stay usable', () => {
  const map = new Map([[1, 2]]);
  expect(util.previewEntries?.(map)).toEqual([1, 2]);
  const entries = map.entries();
  expect(util.previewEntries?.(entries, true)).toEqual([[1, 2], true]);
  expect(util.previewEntries?.(entries, true)).toEqual([[1, 2], true]);
  expect([...entries]).toEqual([[1, 2]]);
  expect(util.previewEntries?.(map.keys(), true)).toEqual([[1], false]);
  expect(util.previewEntries?.(new Set([1]).entries(), true)).toEqual([[1, 1], true]);
  expect(util.previewEntries?.(new Set([1]).entries())).toEqual([1, 1]);
  expect(util.previewEntries?.({ a: 1 })).toBeUndefined();
  expect(() => util.previewEntries?.(new WeakSet())).toThrow(expect.objectContaining({ code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' }));
});

test('own keys that are no index', () => {
  const symbol = Symbol('a');
  const array = Object.assign([1, 2], { x: 1, '-1': 2, 4294967295: 3, [symbol]: 1 });
  expect(util.getOwnNonIndexProperties?.(array, 0)).toEqual(['length', 'x', '-1', '4294967295', symbol]);
  expect(util.getOwnNonIndexProperties?.(array, 18)).toEqual(['x', '-1', '4294967295']);
  expect(util.getOwnNonIndexProperties?.([1], 16)).toEqual(['length']);
});

test('names of constructors', () => {
  class Foo {}
  const names = [Object.setPrototypeOf(new Map(), null), Object.create(null), new Foo(), []].map((value) => util.getConstructorName?.(value));
  expect(names).toEqual(['Map', 'Object', 'Foo', 'Array']);
});

test('handles, sleep, lazy properties', () => {
  expect([util.guessHandleType?.(0), util.guessHandleType?.(99)]).toEqual([1, 6]);
  const before = performance.now();
  util.sleep?.(5);
  expect(performance.now() - before).toBeGreaterThanOrEqual(4);
  ctx.hooks.requireBuiltin = () => ({ hostname: 'here' });
  const target: Record<string, unknown> = {};
  util.defineLazyProperties?.(target, 'os', ['hostname', 'set'], false);
  target['set'] = 1;
  expect([target['hostname'], target['set'], Object.keys(target)]).toEqual(['here', 1, []]);
  expect(Object.getOwnPropertyDescriptor(target, 'hostname')).toEqual({ value: 'here', writable: true, enumerable: false, configurable: true });
});

test('the call sites of scripts', () => {
  const run = (filename: string, code: string): unknown => (vm.runInThisContext(`(function (util) {\n  ${code} })`, { filename }) as (u: unknown) => unknown)(util);
  expect(run('/a/node_modules/b/i.js', 'return util.isInsideNodeModules()')).toBe(true);
  expect(run('/a/i.js', 'return util.isInsideNodeModules()')).toBe(false);
  expect(run('/a/i.js', 'function f() { return util.getCallerLocation() } return f()')).toEqual([2, 59, '/a/i.js']);
  expect(run('/a/i.js', 'return (function f() { return util.getCallSites(1) })()')).toEqual([
    { functionName: '', scriptId: '0', scriptName: '/a/i.js', lineNumber: 2, columnNumber: 56, column: 56 },
  ]);
});

test.each([
  ['A=1\nexport B = \'two three\' # x\nC="a\\nb"', { A: '1', B: 'two three', C: 'a\nb' }],
  ['D=`x\ny`\nF=a#b\n  J  =  spaced  \nH=', { D: 'x\ny', F: 'a', H: '', J: 'spaced' }],
  ["E='open # x\nG=\"multi\nline\" trailing", { E: "'open # x", G: 'multi\nline' }],
  ['export \\n=\n=novalue\n=', { '': '', 'export \\n': '' }],
])('.env files %#', (text, expected) => {
  expect({ ...parseDotenv(text) }).toEqual(expected);
});

const args = (function (..._given: unknown[]) { return arguments; })(); // eslint-disable-line prefer-rest-params -- the kind under test
const SAMPLES: Record<string, unknown> = {
  isArgumentsObject: args, isArrayBuffer: new ArrayBuffer(1), isAsyncFunction: async () => {}, isBigIntObject: Object(1n), isBooleanObject: Object(true),
  isDataView: new DataView(new ArrayBuffer(1)), isDate: new Date(), isGeneratorFunction: function* () {}, isGeneratorObject: (function* () {})(),
  isMap: new Map(), isMapIterator: new Map().keys(), isNativeError: new TypeError('t'), isNumberObject: Object(1), isPromise: Promise.resolve(),
  isProxy: new Proxy({}, {}), isRegExp: /a/, isSet: new Set(), isSetIterator: new Set().keys(), isSharedArrayBuffer: new SharedArrayBuffer(1),
  isStringObject: Object('s'), isSymbolObject: Object(Symbol('s')), isWeakMap: new WeakMap(), isWeakSet: new WeakSet(),
};
const ALSO: Record<string, string[]> = {
  isArrayBuffer: ['isAnyArrayBuffer'], isSharedArrayBuffer: ['isAnyArrayBuffer'], isBigIntObject: ['isBoxedPrimitive'], isBooleanObject: ['isBoxedPrimitive'],
  isNumberObject: ['isBoxedPrimitive'], isStringObject: ['isBoxedPrimitive'], isSymbolObject: ['isBoxedPrimitive'],
};

test.each(Object.keys(SAMPLES))('types: the sample of %s is that alone', (name) => {
  const holding = Object.keys(types).filter((test_) => types[test_]?.(SAMPLES[name]));
  expect(holding.sort()).toEqual([name, ...(ALSO[name] ?? [])].sort());
});

test('types: look-alikes are refused', async () => {
  const fake = [{}, null, undefined, 1, 's', RegExp.prototype, Date.prototype, { [Symbol.toStringTag]: 'Arguments' }, Object.create(Error.prototype)];
  for (const value of fake) expect(Object.keys(types).filter((name) => types[name]?.(value))).toEqual([]);
  expect(types.isModuleNamespaceObject?.(await import('node:vm'))).toBe(true);
});
