import { expect, test } from 'vitest';
import { readableAgain, type ShareAddress } from './headers.ts';

const address: ShareAddress = { port: 5173, origin: 'http://s.test', originOf: () => undefined, portOf: (origin) => ({ 'http://s.test': 5173, 'http://s--3000.test': 3000 })[origin] };

test.each([
  ['a page of the same origin', 'http://s.test', 'no-cache', 'Accept, Origin', 'Accept'],
  ['what names no origin', null, 'no-cache', 'Origin', null],
  ['another port of the link', 'http://s--3000.test', 'no-cache', 'Origin', 'Origin'],
  ['an answer that is not asked about again', 'http://s.test', 'max-age=31536000,immutable', 'Origin', 'Origin'],
])('[SH22] whether an answer varies by Origin: %s', (_, origin, caching, vary, expected) => {
  expect(readableAgain(new Headers({ 'cache-control': caching, vary }), origin, address).get('vary')).toBe(expected);
});
