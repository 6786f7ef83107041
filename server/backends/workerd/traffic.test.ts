import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { createTestDriver, handler } from './testing.ts';
import type { TestDriver, TestInstance } from './testing.ts';

let driver: TestDriver;
beforeAll(async () => { driver = await createTestDriver(); });
afterAll(() => driver[Symbol.asyncDispose]());

function open({ instance: { address } }: TestInstance, path: string, method = 'GET') {
  const { socketPath, port, auth } = address;
  return request({ path, method, agent: false, headers: { host: 'backend', 'x-isolated-auth': auth }, ...(socketPath === undefined ? { host: '127.0.0.1', port } : { socketPath }) });
}

describe('through the gate', () => {
  test('[BD1] bodies stream both ways: an answer begins before the request has ended', async () => {
    const echo = await driver.run(handler('return new Response(request.body);'));
    const outgoing = open(echo, '/', 'POST');
    outgoing.write('first ');
    const [response] = await once(outgoing, 'response') as [IncomingMessage];
    const [chunk] = await once(response, 'data') as [Buffer];
    expect(String(chunk)).toBe('first ');
    let rest = '';
    response.on('data', (next: Buffer) => { rest += String(next); });
    const ended = once(response, 'end');
    outgoing.end('second');
    await ended;
    expect(rest).toBe('second');
  });

  test('[BD1] who hangs up ends what was being sent', async () => {
    const stream = await driver.run(handler("let sent = 0; return new Response(new ReadableStream({ pull(controller) { sent += 1; controller.enqueue(new Uint8Array(1000)); return new Promise((resolve) => setTimeout(resolve, 5)); }, cancel() { console.log('cancelled'); } }));"));
    const outgoing = open(stream, '/');
    outgoing.on('error', () => {});
    outgoing.end();
    const [response] = await once(outgoing, 'response') as [IncomingMessage];
    await once(response, 'data');
    response.destroy();
    await stream.event((event) => event.kind === 'log' && event.text === 'cancelled');
  });

  test('[BD1] redirects and cookies are the program\'s own', async () => {
    const { get } = await driver.run(handler("const headers = new Headers({ location: 'http://elsewhere.example/' }); headers.append('set-cookie', 'a=1'); headers.append('set-cookie', 'b=2'); return new Response(null, { status: 302, headers });"));
    expect((await get('/')).status).toBe(302);
  });

  test.skipIf(process.platform === 'win32')('[BD1] WebSockets pass, and end with the instance though one is open', async () => {
    const chat = await driver.run(handler("const [client, server] = Object.values(new WebSocketPair()); server.accept(); server.addEventListener('message', ({ data }) => server.send('echo ' + data)); return new Response(null, { status: 101, webSocket: client });"));
    const { socketPath, auth } = chat.instance.address;
    const refused = new WebSocket(`ws+unix:${socketPath}:/`);
    const [error] = await once(refused, 'error') as [Error];
    expect(error.message).toContain('403');
    const socket = new WebSocket(`ws+unix:${socketPath}:/`, { headers: { 'x-isolated-auth': auth } });
    await once(socket, 'open');
    socket.send('hello');
    const [message] = await once(socket, 'message') as [Buffer];
    expect(String(message)).toBe('echo hello');
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    await chat.instance.stop();
    await closed;
    expect(await chat.instance.ended).toMatchObject({ reason: 'stopped' });
  });
});

test.skipIf(process.platform === 'win32')('[BD4] all that the program fetches or connects comes to the egress socket, and nowhere else', async () => {
  const egressSocket = `${driver.dataDir('egress')}.sock`;
  const seen: string[] = [];
  const egress = createServer({ requireHostHeader: false }, (incoming, response) => { seen.push(`${incoming.method} ${incoming.url}`); response.end('from the egress end'); });
  egress.on('connect', (incoming, socket) => { seen.push(`CONNECT ${incoming.url}`); socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'); });
  egress.listen(egressSocket);
  await once(egress, 'listening');
  let direct = 0;
  const listener = createSocketServer((socket) => { direct += 1; socket.end(); });
  await new Promise<void>((resolve) => { listener.listen(0, '127.0.0.1', resolve); });
  const { port } = listener.address() as AddressInfo;

  const { get, instance } = await driver.run(handler(`
    const { connect } = await import('cloudflare:sockets');
    const said = await (await fetch('https://api.example.com/a?b=1')).text();
    const local = await (await fetch('http://127.0.0.1:${port}/')).text();
    const raw = await connect('127.0.0.1:${port}').opened.then(() => 'opened', () => 'refused');
    return Response.json({ said, local, raw });`), { egressSocket });
  expect(JSON.parse((await get('/')).body)).toEqual({ said: 'from the egress end', local: 'from the egress end', raw: 'refused' });
  expect(seen.toSorted()).toEqual([`CONNECT 127.0.0.1:${port}`, 'GET https://api.example.com/a?b=1', `GET http://127.0.0.1:${port}/`].toSorted());
  expect(direct).toBe(0);
  await instance.stop();
  await new Promise((resolve) => { egress.close(resolve); });
  await new Promise((resolve) => { listener.close(resolve); });
});
