import { expect, test } from 'vitest';
import { parseToGateway } from './parse.ts';

const context = { origin: '', referrer: '', mode: 'cors', destination: '', cookies: '', credentials: 'omit' };
const request = { t: 'request', id: 1, method: 'GET', url: '/a?b', headers: [['a', 'b']], context, body: null };

test('[GW9] messages of the protocol pass', () => {
  for (const message of [request, { t: 'ping', id: 0 }, { t: 'body', id: 1, bytes: new ArrayBuffer(2) }, { t: 'abort', id: 1 }]) expect(parseToGateway(message)).toEqual(message);
});

test.each([
  null, 7, 'x', [], {}, { t: 'constructor' }, { t: 'ping' }, { t: 'ping', id: -1 }, { t: 'ping', id: NaN }, { t: 'body', id: 1, bytes: 'x' },
  { ...request, method: 'GET / HTTP/1.1\r\nX: 1' }, { ...request, url: 'http://other/' }, { ...request, url: '/a b' }, { ...request, url: '/a\r\nX: 1' }, { ...request, url: '/\u4e00' },
  { ...request, headers: Array.from({ length: 201 }, () => ['a', 'b']) }, { ...request, headers: 'a' }, { ...request, body: {} }, { ...request, context: { ...context, mode: 7 } },
])('[GW9] %j is dropped', (message) => {
  expect(parseToGateway(message)).toBeUndefined();
});
