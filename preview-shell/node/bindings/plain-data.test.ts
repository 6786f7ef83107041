import { expect, test } from 'vitest';
import type { BindingContext } from '../context.ts';
import { create as createCredentials } from './credentials.ts';
import { create as createErrors } from './errors.ts';
import { create as createSymbols } from './symbols.ts';
import { create as createUv } from './uv.ts';

const context = { image: { env: { HOME: '/home' } }, process: {} } as unknown as BindingContext;

test('uv: numbers, names and messages of Linux', () => {
  const uv = createUv(context) as { errname(errno: number): string; getErrorMap(): Map<number, readonly [string, string]>; UV_ENOENT: number };
  expect(uv.UV_ENOENT).toBe(-2);
  expect(uv.errname(-98)).toBe('EADDRINUSE');
  expect(uv.errname(-9999)).toBe('Unknown system error -9999');
  expect(uv.getErrorMap().get(-2)).toEqual(['ENOENT', 'no such file or directory']);
});

test('symbols: each is its own', () => {
  const symbols = Object.values(createSymbols(context));
  expect(new Set(symbols).size).toBe(21);
});

test('credentials: one user, who stays it, and an environment without a prototype', () => {
  const credentials = createCredentials(context) as { getuid(): number; safeGetenv(name: string): string | undefined; setuid(id: number): number };
  expect(credentials.getuid()).toBe(1000);
  expect(credentials.safeGetenv('HOME')).toBe('/home');
  expect(credentials.safeGetenv('constructor')).toBeUndefined();
  expect(credentials.setuid(1000)).toBe(0);
  expect(() => credentials.setuid(0)).toThrow('EPERM');
});

test('errors: callbacks reach the hooks, and a value becomes text without its own code', () => {
  const hooks: BindingContext['hooks'] = {};
  const errors = createErrors({ hooks } as BindingContext) as {
    setPrepareStackTraceCallback(callback: () => string): void;
    noSideEffectsToString(value: unknown): string;
  };
  errors.setPrepareStackTraceCallback(() => 'trace');
  expect(hooks.prepareStackTrace?.(undefined, undefined, [])).toBe('trace');
  expect(errors.noSideEffectsToString(new TypeError('bad'))).toBe('TypeError: bad');
  expect(errors.noSideEffectsToString({ toString: () => { throw new Error('ran'); } })).toBe('#<Object>');
  expect(errors.noSideEffectsToString(Symbol('s'))).toBe('Symbol(s)');
});
