import { expect, test } from 'vitest';
import { FetchEgress, type EgressFailure } from './egress.ts';
import { LoopbackNetwork } from './network.ts';
import type { Socket } from './socket.ts';

const never = new AbortController().signal;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function open(fetch: (url: string, init: RequestInit) => Promise<Response>, port = 80, failures: EgressFailure[] = []) {
  const network = new LoopbackNetwork();
  network.egress = new FetchEgress({ fetch, onFailure: (failure) => failures.push(failure) });
  const [address = ''] = network.names.lookup('api.example.com', 4);
  const socket = network.socket('tcp', 5);
  network.connect(socket, address, port);
  return { network, socket };
}

async function readUntil(socket: Socket, end: string): Promise<string> {
  let text = '';
  while (!text.endsWith(end)) {
    const bytes = await socket.read(10_000, null, never);
    if (bytes.length === 0) break;
    text += decoder.decode(bytes);
  }
  return text;
}

const write = (socket: Socket, text: string) => socket.writeQueued(encoder.encode(text), () => {});

test('a request is fetched and its answer streamed', async () => {
  const seen: unknown[] = [];
  const { socket } = open(async (url, init) => {
    seen.push(url, init.method, Object.fromEntries(new Headers(init.headers)), await new Response(init.body ?? null).text());
    return new Response('hello', { status: 201, statusText: 'Created', headers: { 'x-a': '1', 'content-encoding': 'gzip' } });
  });
  write(socket, 'POST /p?q HTTP/1.1\r\nHost: api.example.com\r\nX-B: 2\r\nContent-Length: 4\r\n\r\nbo');
  write(socket, 'dy');
  const answer = await readUntil(socket, '0\r\n\r\n');
  expect(seen).toEqual(['http://api.example.com/p?q', 'POST', { 'x-b': '2' }, 'body']);
  expect(answer).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
  expect(answer).toContain('x-a: 1\r\n');
  expect(answer).not.toContain('content-encoding');
  expect(answer).toContain('\r\n\r\n5\r\nhello\r\n0\r\n\r\n');
});

test('TLS is fetched as https; several requests in order; the end closes', async () => {
  const urls: string[] = [];
  const { network, socket } = open(async (url) => {
    urls.push(url);
    return new Response(null, { status: 204 });
  }, 443);
  network.startTls(socket, 'api.example.com');
  write(socket, 'GET /1 HTTP/1.1\r\nHost: api.example.com\r\n\r\nGET /2 HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n');
  const answer = await readUntil(socket, 'never');
  expect(urls).toEqual(['https://api.example.com/1', 'https://api.example.com/2']);
  expect(answer.match(/204/g)).toHaveLength(2);
});

test('a fetch that fails resets the connection and says why', async () => {
  const failures: EgressFailure[] = [];
  const { socket } = open(() => Promise.reject(new TypeError('Failed to fetch')), 80, failures);
  write(socket, 'GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n');
  await expect(readUntil(socket, 'x')).rejects.toThrow(/ECONNREFUSED/);
  expect(failures).toEqual([{ url: 'http://api.example.com/', reason: 'Failed to fetch' }]);
});

test('[NW5] other ports, other protocols and TLS inside are refused', async () => {
  const { network, socket } = open(() => Promise.reject(new Error('unused')));
  write(socket, 'SSH-2.0-x\r\n');
  await expect(readUntil(socket, 'x')).rejects.toThrow(/ECONNREFUSED/);
  const [address = ''] = network.names.lookup('db.example.com', 4);
  expect(() => network.connect(network.socket('tcp', 1), address, 5432)).toThrow(/ENETUNREACH/);
  expect(() => network.startTls(network.socket('tcp', 1), 'x')).toThrow(/ENOTSUP/);
});
