/** A front end on one port that calls a server on another of the same container, as on a developer's machine: rules P11 to P13 of preview-shell/preview/SPEC.md. */
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPlain } from './product/plain-project.ts';
import { startServed, type Served } from './product/served.ts';
import type { ServerProcess } from './product/server.ts';
import { previewFrame, previewShows } from './product/workspace.ts';

/** The page's server, and an API on a port of its own that says what it was asked and answers CORS headers as each path says. */
const DEV = String.raw`
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
const wants = { '/open': { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'content-type' } };
const named = (origin) => ({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true', 'Access-Control-Allow-Methods': 'PUT', 'Access-Control-Allow-Headers': 'content-type', 'Access-Control-Expose-Headers': 'x-total' });
const seen = [];
const api = createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://x');
  seen.push(request.method + ' ' + pathname);
  const { origin, host, cookie } = request.headers;
  const cors = wants[pathname] ?? (pathname === '/named' || pathname === '/seen' || pathname === '/stream' ? named(origin ?? '*') : pathname === '/fixed' ? named('http://localhost:5173') : {});
  response.writeHead(200, { 'Content-Type': pathname === '/stream' ? 'text/event-stream' : 'application/json', 'X-Total': '7', 'X-Hidden': '1', ...cors, ...(pathname === '/named' ? { 'Set-Cookie': 'who=me; Path=/' } : {}) });
  if (pathname === '/stream') return response.end('data: one\n\n');
  if (pathname === '/seen') return response.end(JSON.stringify(seen));
  let body = '';
  request.on('data', (piece) => { body += piece; }).on('end', () => response.end(JSON.stringify({ method: request.method, origin, host, cookie, body })));
}).listen(3001);
api.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ' + accept + '\r\n\r\n');
  const text = Buffer.from(request.headers.origin);
  socket.write(Buffer.concat([Buffer.from([0x81, text.length]), text]));
  socket.on('data', () => socket.end());
});
createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>Front end</h1>')).listen(5173);
`;

let server: ServerProcess;
let served: Served;
let page: Page;
let front: Frame;

beforeAll(async () => {
  served = await startServed();
  ({ server, page } = served);
  await openPlain(server, page, { 'dev.mjs': DEV });
  await previewShows(page, 'Front end');
  const frame = previewFrame(page);
  if (frame === undefined) throw new Error('There is no preview.');
  front = frame;
});
afterAll(() => served.end());

interface Answer {
  status: number;
  text: string;
  total: string | null;
  hidden: string | null;
}

const call = (url: string, init: { method?: string; headers?: Record<string, string>; body?: string; credentials?: 'include' } = {}): Promise<Answer | string> =>
  front.evaluate(async ([address, options]) => {
    try {
      const response = await fetch(address, options);
      return { status: response.status, text: await response.text(), total: response.headers.get('x-total'), hidden: response.headers.get('x-hidden') };
    } catch (error) {
      return String(error);
    }
  }, [url, init] as const);

const told = (answer: Answer | string): Record<string, string> => (typeof answer === 'string' ? { failed: answer } : (JSON.parse(answer.text) as Record<string, string>));
const sibling = (): string => new URL(front.url()).origin.replace('--5173', '--3001');
const FAILED = 'TypeError: Failed to fetch';

describe('another port of the container', () => {
  test('[P11] by its loopback address, and by that of its preview', async () => {
    expect(told(await call('http://localhost:3001/open'))).toMatchObject({ method: 'GET', host: 'localhost:3001', origin: 'http://localhost:5173' });
    expect(told(await call('http://127.0.0.1:3001/open'))).toMatchObject({ method: 'GET' });
    expect(told(await call(`${sibling()}/open`))).toMatchObject({ host: new URL(sibling()).host, origin: new URL(front.url()).origin });
  });

  test('[P12] without CORS headers it fails, and the console says what to do', async () => {
    const said = page.waitForEvent('console', { predicate: (message) => message.type() === 'error' && message.text().includes('app.use(cors())'), timeout: 20_000 });
    expect(await call('http://localhost:3001/closed')).toBe(FAILED);
    expect((await said).text()).toContain('no Access-Control-Allow-Origin');
    expect(told(await call('http://localhost:3001/fixed'))).toMatchObject({ origin: 'http://localhost:5173' });
    expect(await call('http://localhost:3001/open', { credentials: 'include' })).toBe(FAILED);
  });

  test('[P12] a preflight goes to the server, whose answer decides', async () => {
    const json = { headers: { 'content-type': 'application/json' }, body: '{"a":1}' };
    expect(told(await call('http://localhost:3001/named', { method: 'PUT', ...json }))).toMatchObject({ method: 'PUT', body: '{"a":1}' });
    expect(await call('http://localhost:3001/open', { method: 'PUT', ...json })).toBe(FAILED);
    expect(told(await call('http://localhost:3001/open', { method: 'POST', ...json }))).toMatchObject({ method: 'POST' });
    const seen = told(await call('http://localhost:3001/seen')) as unknown as string[];
    expect(seen).toEqual(expect.arrayContaining(['OPTIONS /named', 'PUT /named', 'OPTIONS /open', 'POST /open']));
    expect(seen).not.toContain('PUT /open');
  });

  test('[P12] exposed headers are seen, others are not; cookies go with credentials alone', async () => {
    const answer = await call('http://localhost:3001/named', { credentials: 'include' });
    expect(answer).toMatchObject({ status: 200, total: '7', hidden: null });
    expect(told(await call('http://localhost:3001/named', { credentials: 'include' }))).toMatchObject({ cookie: 'who=me' });
    expect(told(await call('http://localhost:3001/named'))).not.toHaveProperty('cookie');
  });

  test('[P11] EventSource and WebSocket', async () => {
    expect(await front.evaluate(() => new Promise((resolve) => {
      const source = new EventSource('http://localhost:3001/stream');
      source.onmessage = ({ data }) => {
        source.close();
        resolve(data);
      };
    }))).toBe('one');
    expect(await front.evaluate(() => new Promise((resolve) => {
      const socket = new WebSocket('ws://localhost:3001/socket');
      socket.onmessage = ({ data }) => {
        socket.close();
        resolve(data);
      };
    }))).toBe('http://localhost:5173');
  });

  test('[P13] a port where nothing listens', async () => {
    expect(await call('http://localhost:3999/')).toBe(FAILED);
  });

  test('[P1] a page that is no preview of this environment gets no port', async () => {
    const connect = `${sibling()}/~terrarium/connect`;
    const answers = await page.evaluate(async (src) => {
      const frame = document.createElement('iframe');
      frame.src = src;
      document.body.append(frame);
      await new Promise((resolve) => frame.addEventListener('load', resolve));
      let got = 0;
      addEventListener('message', ({ source }) => { if (source === frame.contentWindow) got++; });
      for (let asked = 0; asked < 20; asked++) {
        frame.contentWindow?.postMessage({ v: 1, source: 'terrarium-preview', kind: 'connect-sibling' }, new URL(src).origin);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return got;
    }, connect);
    expect(answers).toBe(0);
  });
});
