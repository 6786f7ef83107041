/** The proxy and the egress end with the real runtime between them. */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createTestDriver, handler } from '../backends/workerd/testing.ts';
import type { TestDriver } from '../backends/workerd/testing.ts';
import { createBackendEgress } from '../egress/backend-end.ts';
import type { BackendEgress } from '../egress/backend-end.ts';
import { createTestReach, startOtherHost } from '../egress/testing.ts';
import type { OtherHost, TestReach } from '../egress/testing.ts';
import { startProxy } from './testing.ts';
import type { TestProxy } from './testing.ts';

const PROGRAM = `
import { connect } from 'cloudflare:sockets';
${handler(`
  if (url.pathname === '/echo') return new Response(request.body, { headers: { 'content-type': 'text/plain' } });
  if (url.pathname === '/headers') return Response.json({ url: request.url, headers: Object.fromEntries(request.headers) });
  if (url.pathname === '/socket') {
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    server.addEventListener('message', ({ data }) => server.send('echo ' + data));
    return new Response(null, { status: 101, webSocket: client });
  }
  const to = url.searchParams.get('to');
  try {
    if (url.pathname === '/connect') {
      const socket = connect(to);
      await socket.opened;
      return new Response('connected');
    }
    const answer = await fetch(to, { headers: { authorization: 'from the code' } });
    return new Response(await answer.text(), { status: answer.status });
  } catch (error) {
    return new Response('threw ' + error, { status: 599 });
  }`)}`;

let driver: TestDriver;
let other: OtherHost;
let one: TestReach;
let egress: BackendEgress;
let proxy: TestProxy;
let seen: string[] = [];

beforeAll(async () => {
  driver = await createTestDriver();
  other = await startOtherHost((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization}`);
    if (request.url === '/to-metadata') response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end();
    else response.end('from the other host');
  });
  one = createTestReach({ allowedOrigins: [other.origin('api.example.com')] });
  one.settings.setHost('env', 'api.example.com', { header: 'Authorization', value: 'Bearer deposited' });
  egress = createBackendEgress({ reach: one.reach, logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined } });
  const { instance } = await driver.run(PROGRAM, { egressSocket: await egress.open('env') });
  proxy = await startProxy({ port: 0 });
  proxy.use = () => Promise.resolve({ instanceId: 'real', address: instance.address, release: () => undefined });
});
afterAll(async () => {
  await proxy.close();
  await driver[Symbol.asyncDispose]();
  await egress.close();
  await one.reach.close();
  await other.close();
});

const fetched = (to: string, path = '/fetch') => proxy.ask(`${path}?to=${encodeURIComponent(to)}`);

describe('through the proxy to workerd', () => {
  test('[BP3] [BP4] the code sees its public address, and not the secret', async () => {
    const { text } = await proxy.ask('/headers?a=1');
    expect(JSON.parse(text)).toMatchObject({ url: `http://${proxy.host}/headers?a=1`, headers: { 'x-forwarded-host': proxy.host } });
    expect(text).not.toContain('isolated');
  });

  test('[BP2] bytes stream both ways at once', async () => {
    const request = httpRequest({ host: '127.0.0.1', port: proxy.port, path: '/echo', method: 'POST', headers: { host: proxy.host }, agent: false });
    request.write('one');
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(String((await once(answer, 'data'))[0])).toBe('one');
    const ended = once(answer, 'end');
    request.end('two');
    expect(String((await once(answer, 'data'))[0])).toBe('two');
    await ended;
  });

  test('[BP13] WebSockets', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}/socket`, { headers: { host: proxy.host } });
    await once(socket, 'open');
    socket.send('hello');
    expect(String((await once(socket, 'message'))[0])).toBe('echo hello');
    socket.close(1000);
    expect((await once(socket, 'close'))[0]).toBe(1000);
  });
});

describe('from workerd to other hosts', () => {
  test('[EG1] [EG7] a declared host is reached, with a credential that the code does not have', async () => {
    seen = [];
    expect(await fetched(`${other.origin('api.example.com')}/list`)).toMatchObject({ status: 200, text: 'from the other host' });
    expect(seen).toEqual(['/list Bearer deposited']);
  });

  test('[EG2] [EG4] no spelling, no redirect and no own port leads to where it must not', async () => {
    seen = [];
    const addresses = ['http://127.0.0.1:4000/', 'https://2130706433/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://[::1]/', 'http://[::ffff:127.0.0.1]/', 'http://localhost/', 'http://169.254.169.254/latest/meta-data/', 'http://metadata.google.internal/', `http://127.0.0.1:${other.port}/`, `http://undeclared.example:${other.port}/`, `http://127.0.0.1:${proxy.port}/`];
    for (const address of addresses) {
      const { status, code } = await fetched(address);
      expect([status, code === 'E-TERRARIUM-1256' || code === 'E-TERRARIUM-1254'], address).toEqual([403, true]);
    }
    expect(seen).toEqual([]);
    expect(await fetched(`${other.origin('api.example.com')}/to-metadata`)).toMatchObject({ status: 403, code: 'E-TERRARIUM-1256' });
    expect(seen).toEqual(['/to-metadata Bearer deposited']);
  });

  test('[EG6] no socket of its own, not even to a host that it may reach', async () => {
    const before = one.events.length;
    for (const to of [`127.0.0.1:${other.port}`, `api.example.com:${other.port}`, 'localhost:4000']) expect((await fetched(to, '/connect')).status, to).toBe(599);
    const sockets = one.events.slice(before);
    expect(sockets.every(({ code }) => code === 'E-TERRARIUM-1261')).toBe(true);
  });
});
