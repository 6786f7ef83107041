import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startInstance, startProxy, instanceUse } from './testing.ts';
import type { TestInstance, TestProxy } from './testing.ts';

let instance: TestInstance;
/** What the next requests meet. */
let handler: (request: IncomingMessage, response: ServerResponse) => void;
let proxy: TestProxy;
const opened: TestProxy[] = [];

beforeAll(async () => {
  instance = await startInstance((request, response) => handler(request, response));
});
afterAll(async () => await instance.close());
beforeEach(async () => {
  handler = (request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url: request.url, headers: request.headers, raw: request.rawHeaders }));
  proxy = await begin();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function begin(...args: Parameters<typeof startProxy> extends [unknown, ...infer Rest] ? Rest : never): Promise<TestProxy> {
  const one = await startProxy(instance, ...args);
  opened.push(one);
  return one;
}
const seenBy = (text: string) => JSON.parse(text) as { url: string; headers: Record<string, string>; raw: string[] };

describe('what an instance is asked', () => {
  test('[BP1] [BP3] a request reaches the instance with its secret, whatever the client says of it', async () => {
    const { status, text } = await proxy.ask('/notes?q=a%20b', { headers: { 'x-isolated-auth': 'mine', 'x-isolated-environment': 'other', 'X-Own': 'kept' } });
    expect(status).toBe(200);
    const { url, headers } = seenBy(text);
    expect(url).toBe('/notes?q=a%20b');
    expect(headers['x-isolated-auth']).toBe('the-instance-asks-for-this');
    expect(headers['x-isolated-environment']).toBeUndefined();
    expect(headers['x-own']).toBe('kept');
    expect(headers['host']).toBe(proxy.host);
  });

  test('[BP1] what bypasses the proxy is refused; another host is not its own; an unknown one has no backend', async () => {
    expect((await fetch(`http://127.0.0.1:${instance.port}/`)).status).toBe(403);
    expect((await proxy.ask('/', { host: `localhost:${proxy.port}` })).status).toBe(421);
    expect((await proxy.ask('/', { host: `nobody.backend.localhost:${proxy.port}` })).code).toBe('E-TERRARIUM-1240');
  });

  test('[BP4] forwarding fields of the client count for nothing', async () => {
    const names = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via', 'cf-connecting-ip', 'true-client-ip', 'x-original-url', 'x-rewrite-url'];
    const { headers } = seenBy((await proxy.ask('/', { headers: Object.fromEntries(names.map((name) => [name, '6.6.6.6'])) })).text);
    expect(JSON.stringify(headers)).not.toContain('6.6.6.6');
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': proxy.host, 'x-forwarded-proto': 'http' });
  });

  test('[BP5] fields of the connection stay on it, those that it names too', async () => {
    const answer = await proxy.raw(`GET / HTTP/1.1\r\nHost: ${proxy.host}\r\nConnection: close, X-Drop, X-Isolated-Auth, Host\r\nX-Drop: 1\r\nTE: trailers\r\nKeep-Alive: 5\r\nProxy-Authorization: Basic eA==\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    const { headers } = seenBy(answer.slice(answer.indexOf('\r\n\r\n') + 4).replace(/^[0-9a-f]+\r\n|\r\n0\r\n\r\n$/g, ''));
    for (const name of ['x-drop', 'te', 'keep-alive', 'proxy-authorization']) expect(headers[name], name).toBeUndefined();
    expect(headers['x-isolated-auth']).toBe('the-instance-asks-for-this');
  });

  test('[BP6] cookies of this server stay here, and it sets none of them', async () => {
    handler = (request, response) => void response.writeHead(200, [['set-cookie', 'a=1; Domain=localhost; Path=/'], ['set-cookie', 'terrarium_session_4000=x'], ['clear-site-data', '"*"'], ['x-isolated-auth', 'leak']].flat()).end(request.headers.cookie);
    const { text, headers } = await proxy.ask('/', { headers: { cookie: 'terrarium_session_4000=owner; theme=dark; TERRARIUM_share=1' } });
    expect(text).toBe('theme=dark');
    expect(headers['set-cookie']).toEqual(['a=1; Path=/']);
    expect(headers['clear-site-data']).toBeUndefined();
    expect(headers['x-isolated-auth']).toBeUndefined();
  });
});

describe('smuggling and excess', () => {
  const refused: Record<string, (host: string) => string> = {
    'length and encoding': (host) => `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /second HTTP/1.1\r\n\r\n`,
    'two lengths': (host) => `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`,
    'a length that is none': (host) => `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: +5\r\n\r\nabcde`,
    'an encoding over chunked': (host) => `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n`,
    'a spaced field name': (host) => `GET / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    'a folded field': (host) => `GET / HTTP/1.1\r\nHost: ${host}\r\nX-A: 1\r\n b: 2\r\nContent-Length\r\n\r\n`,
    'a bare line feed in a chunk size': (host) => `POST / HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n5\nabcde\r\n0\r\n\r\n`,
    'two hosts': (host) => `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: other.${host}\r\nConnection: close\r\n\r\n`,
    'an absolute target of another host': (host) => `GET http://localhost/api HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    'TRACE': (host) => `TRACE / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    'no path': (host) => `OPTIONS * HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  };
  test.each(Object.entries(refused))('[BP7] %s never reaches an instance', async (_, text) => {
    let reached = 0;
    handler = (_request, response) => {
      reached++;
      response.end('reached');
    };
    expect(await proxy.raw(text(proxy.host))).toMatch(/^HTTP\/1\.1 400 /);
    expect(reached).toBe(0);
  });

  test('[BP7] fields of more than the limit are refused, with a code', async () => {
    const headers = Object.fromEntries(['a', 'b', 'c'].map((name) => [`x-${name}`, 'y'.repeat(12_000)]));
    const { status, code } = await proxy.ask('/', { headers });
    expect([status, code]).toEqual([431, 'E-TERRARIUM-1238']);
  });

  test('[BP10] a body of more than the limit is refused: by its length, and as it comes', async () => {
    handler = (request, response) => void request.resume().once('end', () => response.end('whole'));
    const small = await begin({ bodyBytes: 1000 });
    expect((await small.ask('/', { method: 'POST', body: 'x'.repeat(1001) })).code).toBe('E-TERRARIUM-1234');
    expect((await small.ask('/', { method: 'POST', headers: { 'transfer-encoding': 'chunked' }, body: 'x'.repeat(1001) })).code).toBe('E-TERRARIUM-1234');
    expect((await small.ask('/', { method: 'POST', body: 'x'.repeat(1000) })).text).toBe('whole');
    expect(small.failures).toEqual([]);
    expect(small.held()).toBe(0);
  });

  test('[BP10] a body that stands still is given up with 1239', async () => {
    handler = (request) => void request.resume();
    const hurried = await begin({ idleMs: 80 });
    const answer = await hurried.raw(`POST / HTTP/1.1\r\nHost: ${hurried.host}\r\nContent-Length: 100\r\n\r\nab`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*E-TERRARIUM-1239/);
    expect(hurried.failures).toEqual([]);
    expect(hurried.held()).toBe(0);
  });

  test('[BP11] an answer of more than the limit: 1235 before its first byte, else a broken connection', async () => {
    const small = await begin({ answerBytes: 1000 });
    handler = (_request, response) => void response.writeHead(200, { 'content-length': '2000' }).end('x'.repeat(2000));
    expect((await small.ask('/')).code).toBe('E-TERRARIUM-1235');
    handler = (_request, response) => {
      response.write('x'.repeat(600));
      response.end('x'.repeat(600));
    };
    await expect(small.ask('/')).rejects.toThrow();
    expect((await small.event(1)).code).toBe('E-TERRARIUM-1235');
  });

  test('[BP11] more open requests than the limit are refused, and room is made again', async () => {
    const narrow = await begin({ connections: 1 });
    const waiting = Promise.withResolvers<ServerResponse>();
    handler = (_request, response) => waiting.resolve(response);
    const first = narrow.ask('/');
    const held = await waiting.promise;
    expect((await narrow.ask('/')).code).toBe('E-TERRARIUM-1236');
    held.end('first');
    expect((await first).text).toBe('first');
    handler = (_request, response) => void response.end('second');
    expect((await narrow.ask('/')).text).toBe('second');
  });
});

describe('streams', () => {
  test('[BP2] both ways at once, as bytes come', async () => {
    handler = (request, response) => void request.on('data', (part: Buffer) => response.write(part)).once('end', () => response.end());
    const request = httpRequest({ host: '127.0.0.1', port: proxy.port, path: '/', method: 'POST', headers: { host: proxy.host }, agent: false });
    request.write('one');
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(String((await once(answer, 'data'))[0])).toBe('one');
    request.write('two');
    expect(String((await once(answer, 'data'))[0])).toBe('two');
    request.end();
    await once(answer.resume(), 'end');
    expect(await proxy.event(0)).toMatchObject({ method: 'POST', path: '/', status: 200, bytes: 6, target: 'first', webSocket: false });
  });

  test('[BP2] an answer that has not begun its body shows its header at once', async () => {
    const stream = Promise.withResolvers<ServerResponse>();
    handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      stream.resolve(response);
    };
    const request = httpRequest({ host: '127.0.0.1', port: proxy.port, headers: { host: proxy.host }, agent: false }).end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(answer.headers['content-type']).toBe('text/event-stream');
    (await stream.promise).end('data: 1\n\n');
    expect(String((await once(answer, 'data'))[0])).toBe('data: 1\n\n');
  });

  test('[BP2] who goes away ends the request at the instance; the instance is not blamed', async () => {
    const ended = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    handler = (request, response) => {
      response.once('close', () => ended.resolve());
      begun.resolve();
      request.resume();
    };
    const request = httpRequest({ host: '127.0.0.1', port: proxy.port, headers: { host: proxy.host }, agent: false }).end();
    request.once('error', () => undefined);
    await begun.promise;
    request.destroy();
    await ended.promise;
    expect(await proxy.event(0)).toMatchObject({ status: 499 });
    expect(proxy.failures).toEqual([]);
    expect(proxy.held()).toBe(0);
  });
});

describe('pages', () => {
  const at = (name: string) => `http://${name}.localhost:${proxy.port}`;
  const own = (): string[] => [at('abc.backend'), at('abc--5173.preview'), at('abc--8080.preview'), at('abc.preview'), at('blue-fox.share')];
  const foreign = (): string[] => [at('other--5173.preview'), at('other.backend'), at('red-fox.share'), at('packages.preview'), `http://localhost:${proxy.port}`, 'https://evil.example', 'null', `https://abc--5173.preview.localhost:${proxy.port}`, `${at('abc--5173.preview')}/`, `http://abc--5173.preview.localhost:${proxy.port}.evil.example`];

  test('[BP8] its own previews, container and share links may call, with credentials', async () => {
    for (const origin of own()) {
      const { status, headers } = await proxy.ask('/', { headers: { origin } });
      expect([status, headers['access-control-allow-origin'], headers['access-control-allow-credentials'], headers['vary']], origin).toEqual([200, origin, 'true', 'origin']);
      expect(headers['access-control-expose-headers']).toContain('content-type');
    }
  });

  test('[BP8] no other page does, and none of its requests arrives', async () => {
    let reached = 0;
    handler = (_request, response) => void response.end(String(++reached));
    for (const origin of foreign()) {
      const { code, headers } = await proxy.ask('/', { method: 'POST', headers: { origin } });
      expect([code, headers['access-control-allow-origin']], origin).toEqual(['E-TERRARIUM-1233', undefined]);
    }
    expect(reached).toBe(0);
    expect((await proxy.event(0)).code).toBe('E-TERRARIUM-1233');
  });

  test('[BP9] what the code says of CORS is dropped', async () => {
    handler = (_request, response) => void response.writeHead(200, { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' }).end();
    expect((await proxy.ask('/')).headers).not.toHaveProperty('access-control-allow-origin');
    const { headers } = await proxy.ask('/', { headers: { origin: at('abc--5173.preview') } });
    expect(headers['access-control-allow-origin']).toBe(at('abc--5173.preview'));
    expect(headers).not.toHaveProperty('access-control-allow-headers');
  });

  test('[BP9] a preflight is answered here', async () => {
    const ask = (origin: string) => proxy.ask('/', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'x-a, content-type' } });
    proxy.use = () => Promise.reject(new Error('never asked'));
    const { status, headers } = await ask(at('abc--5173.preview'));
    expect([status, headers['access-control-allow-methods'], headers['access-control-allow-headers']]).toEqual([204, 'DELETE', 'x-a, content-type']);
    expect((await ask('https://evil.example')).code).toBe('E-TERRARIUM-1233');
  });

  test('[BP8] a page may read why its request failed', async () => {
    handler = (request) => void request.socket.destroy();
    const { code, headers } = await proxy.ask('/', { headers: { origin: at('abc--5173.preview') } });
    expect([code, headers['access-control-allow-origin']]).toEqual(['E-TERRARIUM-1230', at('abc--5173.preview')]);
  });
});

describe('an instance that is sick', () => {
  test('[BP11] one that does not answer in time: 1231, and the pool is told', async () => {
    handler = () => undefined;
    const hurried = await begin({ answerMs: 100 });
    expect((await hurried.ask('/')).code).toBe('E-TERRARIUM-1231');
    expect(hurried.failures).toEqual(['first']);
    expect(hurried.held()).toBe(0);
  });

  test('[BP12] after so many failures it is left alone, then asked once, then again by all', async () => {
    let clock = 0;
    const broken = await begin({ failures: 2, restMs: [1000, 4000] }, { now: () => clock });
    handler = (request) => void request.socket.destroy();
    for (let count = 0; count < 2; count++) expect((await broken.ask('/')).code).toBe('E-TERRARIUM-1230');
    const rested = await broken.ask('/');
    expect([rested.code, rested.headers['retry-after']]).toEqual(['E-TERRARIUM-1232', '1']);
    clock = 1001;
    expect((await broken.ask('/')).code).toBe('E-TERRARIUM-1230');
    expect((await broken.ask('/')).headers['retry-after']).toBe('2');
    clock = 3100;
    handler = (_request, response) => void response.writeHead(500).end('its own error');
    expect((await broken.ask('/')).status).toBe(500);
    expect((await broken.ask('/')).status).toBe(500);
    expect(broken.failures).toHaveLength(3);
  });

  test('[BP12] a new instance begins anew', async () => {
    const broken = await begin({ failures: 1 });
    handler = (request) => void request.socket.destroy();
    await broken.ask('/');
    expect((await broken.ask('/')).code).toBe('E-TERRARIUM-1232');
    broken.use = () => Promise.resolve(instanceUse(instance.port, 'second'));
    handler = (_request, response) => void response.end('well');
    expect((await broken.ask('/')).text).toBe('well');
  });

  test('[BP11] an answer that breaks off is a broken connection, never a short answer', async () => {
    handler = (request, response) => {
      response.write('part');
      response.once('drain', () => undefined);
      setImmediate(() => request.socket.destroy());
    };
    await expect(proxy.ask('/')).rejects.toThrow();
    expect(await proxy.event(0)).toMatchObject({ code: 'E-TERRARIUM-1230' });
  });

  test('[BP14] requests wait while it is deployed, and go to the new one', async () => {
    const deployed = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    proxy.use = async () => {
      asked.resolve();
      await deployed.promise;
      return instanceUse(instance.port, 'second');
    };
    const answer = proxy.ask('/');
    await asked.promise;
    deployed.resolve();
    expect((await answer).status).toBe(200);
    expect((await proxy.event(0)).target).toBe('second');
  });

  test('[BP14] who waits for too long is told, and who goes away waits no more', async () => {
    const hurried = await begin({ answerMs: 50 });
    hurried.use = (signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
    expect((await hurried.ask('/')).code).toBe('E-TERRARIUM-1231');
    expect(hurried.failures).toEqual([]);
  });
});

describe('WebSockets', () => {
  const open = (path = '/ws', origin?: string) => new WebSocket(`ws://127.0.0.1:${proxy.port}${path}`, { headers: { host: proxy.host, ...(origin === undefined ? {} : { origin }) } });
  const refusalOf = async (socket: WebSocket): Promise<IncomingMessage> => {
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    return answer;
  };

  test('[BP13] messages pass, and the end of one is the end of the other', async () => {
    const socket = open('/ws', `http://abc--5173.preview.localhost:${proxy.port}`);
    await once(socket, 'open');
    socket.send('hello');
    expect(String((await once(socket, 'message'))[0])).toBe('hello');
    socket.send(new Uint8Array(200_000));
    expect(((await once(socket, 'message'))[0] as Buffer).length).toBe(200_000);
    socket.close(4001, 'enough');
    await once(socket, 'close');
    const event = await proxy.event(0);
    expect(event).toMatchObject({ webSocket: true, status: 101, target: 'first', path: '/ws' });
    expect(event.bytes).toBeGreaterThan(200_000);
  });

  test('[BP8] [BP13] a page of another origin is refused before the instance is asked, and the event says why', async () => {
    proxy.use = () => Promise.reject(new Error('never asked'));
    const socket = open('/ws', 'https://evil.example');
    expect((await refusalOf(socket)).statusCode).toBe(403);
    expect(await proxy.event(0)).toMatchObject({ webSocket: true, status: 403, code: 'E-TERRARIUM-1233' });
  });

  test('[BP13] what the instance refuses is passed on as it said it', async () => {
    const answer = await refusalOf(open('/none'));
    expect([answer.statusCode, answer.headers['x-why']]).toEqual([404, 'no socket here']);
    expect(await proxy.event(0)).toMatchObject({ webSocket: true, status: 404 });
  });

  test('[BP13] another protocol, or a body before it, is refused', async () => {
    const ask = (fields: string) => proxy.raw(`GET /ws HTTP/1.1\r\nHost: ${proxy.host}\r\nConnection: Upgrade\r\n${fields}\r\n\r\n`);
    expect(await ask('Upgrade: h2c')).toMatch(/^HTTP\/1\.1 400 [^]*E-TERRARIUM-1237/);
    expect(await ask('Upgrade: websocket\r\nContent-Length: 5')).toMatch(/^HTTP\/1\.1 400 [^]*E-TERRARIUM-1237/);
  });

  test('[BP13] an instance that ends takes its sockets with it', async () => {
    const socket = open();
    await once(socket, 'open');
    socket.on('error', () => undefined);
    instance.server.closeAllConnections();
    await proxy.close();
    await once(socket, 'close');
    expect((await proxy.event(0)).status).toBe(101);
  });
});
