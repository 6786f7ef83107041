/** Share links over a listening server, with a host whose answers are written by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { makeAgent, toolsOf } from '../agents/testing.ts';
import { claim, startListening, type Page } from '../host-link/testing.ts';
import type { TerrariumError } from '../../shared/errors/error.ts';
import { createWakes, WAKES_PER_ADDRESS, WAKES_PER_ENVIRONMENT } from './wakes.ts';
import { freePort, startTestServer, type TestServer } from '../testing.ts';

let server: TestServer;
let id: string;
let page: Page;
let port: number;

beforeAll(async () => {
  server = await startListening();
  port = server.settings.port;
});
afterAll(() => server.dispose());
beforeEach(async () => {
  id = await server.create();
  page = await claim(server, id);
  await page.next('granted');
});

interface ShareView {
  shareId: string;
  name: string;
  url: string;
  urls: { url: string; port: number; from: string }[];
  joinUrl: string | null;
  state: string;
  hasPassword: boolean;
  viewers: { open: number }[];
}

const post = (body: unknown, token?: string) => server.api(`/api/environments/${id}/shares`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' }, ...(token === undefined ? {} : { token }) });
const create = async (body: unknown = {}) => (await (await post(body)).json()) as ShareView;
const list = async () => ((await (await server.api(`/api/environments/${id}/shares`)).json()) as { shares: ShareView[] }).shares;
const revoke = (share: ShareView) => server.api(`/api/environments/${id}/shares/${share.shareId}`, { method: 'DELETE' });

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
  code: string | undefined;
}

/** Node resolves no `*.localhost`: to loopback, under that name. */
function ask(host: string, options: http.RequestOptions & { body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body, headers, ...rest } = options;
    const request = http.request({ host: '127.0.0.1', port, path: '/', agent: false, ...rest, headers: { host, ...headers } }, (response) => {
      let text = '';
      response.on('data', (piece: Buffer) => (text += piece.toString()));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, code: /E-TERRARIUM-\d{4}/.exec(text)?.[0] }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const hostOf = (share: ShareView) => new URL(share.url).host;
const HTML = { accept: 'text/html,*/*', 'sec-fetch-mode': 'navigate' };

/** The host answers the next request. */
async function answer(body = 'hello', headers: [string, string][] = [['content-type', 'text/plain']], status = 200) {
  const asked = await page.next('request');
  page.send({ t: 'head', id: asked.id, status, statusText: '', headers, body: true });
  page.sendData({ id: asked.id, bytes: new TextEncoder().encode(body) });
  page.send({ t: 'end', id: asked.id });
  return { ...asked, headers: Object.fromEntries(asked.headers) as Record<string, string> };
}

test('[SH1] only the owner makes, lists and revokes', async () => {
  for (const role of ['editor', 'viewer'] as const) {
    const token = await server.invite(id, role);
    expect((await post({}, token)).status).toBe(403);
    expect((await server.api(`/api/environments/${id}/shares`, { token })).status).toBe(403);
  }
  expect((await server.api(`/api/environments/${id}/shares`, { token: undefined })).status).toBe(401);
  const share = await create();
  expect(share.name).toMatch(/^[a-z2-9]{16}$/);
  expect((await list()).map(({ shareId }) => shareId)).toEqual([share.shareId]);
});

test.each([{ role: 'owner' }, { ports: [0] }, { ports: [] }, { password: 'x' }, { name: 'Not A Name' }, { name: 'a--1' }, { expiresAt: '2020-01-01T00:00:00Z' }, { more: 1 }])('[SH1] %j is refused', async (body) => {
  expect((await post(body)).status).toBe(422);
});

test('[SH1] a chosen name stays, is nobody else\'s, and may be used again once it has ended', async () => {
  const first = await create({ name: 'my-demo' });
  expect(hostOf(first)).toBe(`my-demo.share.localhost:${port}`);
  expect((await post({ name: 'my-demo' })).status).toBe(409);
  await revoke(first);
  expect((await post({ name: 'my-demo' })).status).toBe(201);
  await Promise.all((await list()).map(revoke));
});

test('[SH10][SH11][SH12] the task\'s server sees localhost, and nothing of ours or of the hop', async () => {
  const host = hostOf(await create());
  const answering = ask(host, {
    path: '/a?b=1', method: 'POST', body: 'body',
    headers: { origin: `http://${host}`, referer: `http://${host}/page`, cookie: 'mine=1; terrarium_session_4000=secret; terrarium-isolation=x', te: 'trailers', 'x-forwarded-host': 'evil.example', 'x-forwarded-for': '8.8.8.8', 'x-kept': '1' },
  });
  const { url, method, headers } = await answer();
  expect([url, method]).toEqual(['/a?b=1', 'POST']);
  expect(headers).toMatchObject({ host: 'localhost:5173', origin: 'http://localhost:5173', referer: 'http://localhost:5173/page', cookie: 'mine=1', 'x-forwarded-host': host, 'x-forwarded-proto': 'http', 'x-forwarded-for': '127.0.0.1', 'x-kept': '1' });
  expect(headers).not.toHaveProperty('te');
  expect(await answering).toMatchObject({ status: 200, body: 'hello' });
});

test('[SH11][SH12][SH13] the visitor sees its own addresses, and cookies of this host alone', async () => {
  const host = hostOf(await create({ ports: [5173, 3001] }));
  const answering = ask(host);
  await answer('', [
    ['location', 'http://localhost:3001/x'], ['access-control-allow-origin', 'http://localhost:5173'], ['set-cookie', 'a=1; Domain=localhost; Path=/'], ['set-cookie', 'terrarium_session_4000=stolen'],
    ['clear-site-data', '"*"'], ['strict-transport-security', 'max-age=1'], ['connection', 'x'], ['x-kept', '1'],
  ], 302);
  const { status, headers } = await answering;
  expect(status).toBe(302);
  expect(headers).toMatchObject({ location: `http://${host.replace('.share', '--3001.share')}/x`, 'access-control-allow-origin': `http://${host}`, 'set-cookie': ['a=1; Path=/'], 'x-kept': '1' });
  expect(headers).not.toHaveProperty('clear-site-data');
  expect(headers).not.toHaveProperty('strict-transport-security');
});

test('[SH13] a page gets our script, other answers nothing', async () => {
  const share = await create({ ports: [5173, 3001] });
  const host = hostOf(share);
  const html = '<!doctype html><html><head><title>x</title></head></html>';
  const [navigated] = [ask(host, { headers: { ...HTML, 'accept-encoding': 'gzip' } }), await answer(html, [['content-type', 'text/html'], ['content-length', String(html.length)]]).then(({ headers }) => expect(headers).not.toHaveProperty('accept-encoding'))];
  expect((await navigated).body).toBe('<!doctype html><html><head><script src="/~share/client.js"></script><title>x</title></head></html>');
  const [fetched] = [ask(host, { headers: { 'sec-fetch-mode': 'cors' } }), await answer(html, [['content-type', 'text/html']])];
  expect((await fetched).body).toBe(html);
  const script = await ask(host, { path: '/~share/client.js' });
  expect(script.body).toContain(JSON.stringify({ 3001: `http://${share.name}--3001.share.localhost:${port}`, 5173: `http://${host}` }));
});

test('[SH2] only the ports that are shared', async () => {
  const share = await create({ ports: [5173, 3001] });
  const other = (number: number) => `${share.name}--${number}.share.localhost:${port}`;
  expect(await ask(other(22))).toMatchObject({ status: 403, code: 'E-TERRARIUM-1333' });
  const asking = ask(other(3001));
  expect((await answer()).port).toBe(3001);
  expect((await asking).status).toBe(200);
});

test('[SH5] a name that is none', async () => {
  expect(await ask(`nobody.share.localhost:${port}`)).toMatchObject({ status: 404, code: 'E-TERRARIUM-1330' });
  expect(await ask(`nobody.share.localhost:${port}`, { headers: HTML })).toMatchObject({ status: 404, code: 'E-TERRARIUM-1330', headers: { 'content-type': 'text/html; charset=utf-8' } });
});

test('[SH4] revoking ends what is open, at once', async () => {
  const share = await create();
  const slow = ask(hostOf(share)).catch((error: Error) => error);
  const asked = await page.next('request');
  page.send({ t: 'head', id: asked.id, status: 200, statusText: '', headers: [], body: true });
  const { socket, remote } = await openSocket(share);
  expect((await list())[0]?.viewers).toMatchObject([{ open: 2 }]);
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await revoke(share);
  expect(await slow).toBeInstanceOf(Error);
  expect(await closed).toBe(4410);
  expect(new Set([(await page.next('cancel')).id, (await page.next('cancel')).id])).toEqual(new Set([asked.id, remote]));
  expect(await ask(hostOf(share))).toMatchObject({ status: 410, code: 'E-TERRARIUM-1331' });
  expect((await list())[0]?.state).toBe('revoked');
});

test('[SH4] so does its end', async () => {
  const share = await create({ expiresAt: new Date(Date.now() + 700).toISOString() });
  const { socket } = await openSocket(share);
  expect(await new Promise<number>((resolve) => socket.once('close', resolve))).toBe(4410);
  expect((await ask(hostOf(share))).status).toBe(410);
  expect((await list())[0]?.state).toBe('expired');
});

async function openSocket(share: ShareView, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/?token=1`, ['vite-hmr'], { headers: { host: hostOf(share), origin: `http://${hostOf(share)}`, ...headers } });
  const opened = new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const asked = await page.next('socket');
  page.send({ t: 'opened', id: asked.id, protocol: 'vite-hmr' });
  await opened;
  return { socket, asked, remote: asked.id };
}

test('[SH14] a WebSocket goes through with its protocol, its messages and its code', async () => {
  const { socket, asked, remote } = await openSocket(await create());
  expect(asked).toMatchObject({ port: 5173, url: '/?token=1', protocols: ['vite-hmr'] });
  expect(Object.fromEntries(asked.headers)).toMatchObject({ host: 'localhost:5173', origin: 'http://localhost:5173' });
  const got: [string, boolean][] = [];
  socket.on('message', (data: Buffer, isBinary) => got.push([data.toString(), isBinary]));
  page.sendData({ id: remote, bytes: new TextEncoder().encode('text'), text: true, last: true });
  page.sendData({ id: remote, bytes: new TextEncoder().encode('bytes'), last: true });
  await vi.waitFor(() => expect(got).toEqual([['text', false], ['bytes', true]]));
  socket.send('ping');
  expect(await page.bytes(remote, 4)).toBe('ping');
  const closed = new Promise<[number, string]>((resolve) => socket.once('close', (code, reason) => resolve([code, reason.toString()])));
  page.send({ t: 'closed', id: remote, code: 4001, reason: 'done' });
  expect(await closed).toEqual([4001, 'done']);
});

test('[SH15] without a host, 503: a page that waits for a person, the table\'s body for a program', async () => {
  const host = hostOf(await create());
  page.socket.close();
  await vi.waitFor(() => expect(server.hosts.of(id)).toBeUndefined());
  expect(await ask(host)).toMatchObject({ status: 503, code: 'E-TERRARIUM-1320', headers: { 'content-type': 'application/json' } });
  const shown = await ask(host, { headers: HTML });
  expect(shown).toMatchObject({ status: 503, code: 'E-TERRARIUM-1320', headers: { 'content-type': 'text/html; charset=utf-8', 'retry-after': '5' } });
  expect(shown.body).not.toContain('/~share/wake');
  expect(await ask(host, { path: '/~share/state' })).toMatchObject({ body: expect.stringMatching(/^\{"ready":false,/) as unknown });
});

test('[SH15] a host that can be woken is offered, and is', async () => {
  const other = await startListening();
  const environment = await other.create();
  other.hosts.setWaker(async (asked) => void (await claim(other, asked, { kind: 'headless' })));
  const made = (await (await other.api(`/api/environments/${environment}/shares`, { method: 'POST', body: '{"wake":true}', headers: { 'content-type': 'application/json' } })).json()) as ShareView;
  const at = { port: other.settings.port };
  expect((await ask(hostOf(made), { ...at, headers: HTML })).body).toContain('/~share/wake');
  expect(await ask(hostOf(made), { ...at, path: '/~share/wake', method: 'POST' })).toMatchObject({ status: 303, headers: { location: '/' } });
  expect(other.hosts.of(environment)?.kind).toBe('headless');
  await other.dispose();
});

test('[SH19] a link says whether its visitors may start a host: with a password it may, without one only when its owner says so', async () => {
  let woken = 0;
  server.hosts.setWaker(async (asked) => {
    woken++;
    await claim(server, asked, { kind: 'headless' });
  });
  page.socket.close();
  await vi.waitFor(() => expect(server.hosts.of(id)).toBeUndefined());
  const basic = { authorization: `Basic ${Buffer.from(':secret').toString('base64')}` };
  const offers = async (share: ShareView, headers = {}) => (await ask(hostOf(share), { headers: { ...HTML, ...headers } })).body.includes('/~share/wake');
  const wake = (share: ShareView, headers = {}) => ask(hostOf(share), { path: '/~share/wake', method: 'POST', headers });
  const [open, closed, chosen, refused] = [await create(), await create({ password: 'secret' }), await create({ wake: true }), await create({ password: 'secret', wake: false })];
  expect([await offers(open), await offers(closed, basic), await offers(chosen), await offers(refused, basic)]).toEqual([false, true, true, false]);
  expect(await wake(open)).toMatchObject({ status: 403, code: 'E-TERRARIUM-1337' });
  expect(await wake(refused, basic)).toMatchObject({ status: 403, code: 'E-TERRARIUM-1337' });
  expect(await wake(closed)).toMatchObject({ status: 401 });
  expect(woken).toBe(0);
  expect(await wake(closed, basic)).toMatchObject({ status: 303 });
  // Who asks while somebody hosts starts nothing, whatever the link says.
  expect(await wake(open)).toMatchObject({ status: 303 });
  expect(woken).toBe(1);
});
test('[SH19] an address and an environment start so often in ten minutes, and no more', () => {
  let now = 1_000_000;
  const code = (work: () => void): string | undefined => {
    try {
      work();
      return undefined;
    } catch (error) {
      return (error as TerrariumError).code;
    }
  };
  const wakes = createWakes(() => now);
  const take = (environment: string, address: string) => code(() => wakes.take(environment, address));
  const times = <T>(count: number, work: (index: number) => T) => Array.from({ length: count }, (_, index) => work(index));
  expect(times(WAKES_PER_ADDRESS, (index) => take(`e${index}`, '10.0.0.1'))).toEqual(times(WAKES_PER_ADDRESS, () => undefined));
  expect(take('another', '10.0.0.1')).toBe('E-TERRARIUM-1338');
  expect(take('another', '10.0.0.2')).toBeUndefined();
  expect(times(WAKES_PER_ENVIRONMENT, (index) => take('one', `10.1.0.${index}`))).toEqual(times(WAKES_PER_ENVIRONMENT, () => undefined));
  expect(take('one', '10.2.0.1')).toBe('E-TERRARIUM-1338');
  now += 10 * 60_000 - 1;
  expect(take('one', '10.2.0.1')).toBe('E-TERRARIUM-1338');
  now += 1;
  expect([take('one', '10.2.0.1'), take('another', '10.0.0.1')]).toEqual([undefined, undefined]);
});

test('[SH15] a dev server that does not answer is 502', async () => {
  const asking = ask(hostOf(await create()), { headers: HTML });
  page.send({ t: 'failed', id: (await page.next('request')).id, reason: 'not-listening', message: 'nothing listens there' });
  expect(await asking).toMatchObject({ status: 502, code: 'E-TERRARIUM-1325' });
});

test('[SH16] our own paths are never asked of the environment', async () => {
  expect(await ask(hostOf(await create()), { path: '/~share/other' })).toMatchObject({ status: 404, code: 'E-TERRARIUM-1102' });
});

const form = (host: string, password: string, next = '/deep?x=1') => ask(host, { path: '/~share/password', method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(new URLSearchParams({ password, next }).toString().length) }, body: new URLSearchParams({ password, next }).toString() });

test('[SH6] a password: the page asks, the cookie is the way in and goes no further', async () => {
  const host = hostOf(await create({ password: 'open sesame' }));
  const page1 = await ask(host, { path: '/deep?x=1', headers: HTML });
  expect(page1).toMatchObject({ status: 401, headers: { 'content-type': 'text/html; charset=utf-8' } });
  expect(page1.headers['www-authenticate']).toBeUndefined();
  expect((await form(host, 'wrong')).status).toBe(401);
  const right = await form(host, 'open sesame');
  expect(right).toMatchObject({ status: 303, headers: { location: '/deep?x=1' } });
  const cookie = right.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const [asking] = [ask(host, { headers: { cookie: `${cookie}; a=1` } }), await answer().then(({ headers }) => expect(headers['cookie']).toBe('a=1'))];
  expect((await asking).status).toBe(200);
  const other = hostOf(await create({ password: 'open sesame' }));
  expect((await ask(other, { headers: { cookie } })).status).toBe(401);
  expect((await ask(host, { headers: { cookie: `${cookie.replace(/=(\d)/, (_, digit: string) => `=${Number(digit) + 1}`)}` } })).status).toBe(401);
});

test.each(['//evil.example/', '/\\evil.example', 'https://evil.example', '/~share/password'])('[SH6] %s is no place to go after the password', async (next) => {
  const host = hostOf(await create({ password: 'open sesame' }));
  expect((await form(host, 'open sesame', next)).headers.location).toBe('/');
});

test('[SH6] a program sends it as HTTP Basic, which the task does not see', async () => {
  const host = hostOf(await create({ password: 'open sesame' }));
  expect(await ask(host)).toMatchObject({ status: 401, code: 'E-TERRARIUM-1332', headers: { 'www-authenticate': expect.stringContaining('Basic') as string } });
  const authorization = `Basic ${Buffer.from('any:open sesame').toString('base64')}`;
  const [asking] = [ask(host, { headers: { authorization } }), await answer().then(({ headers }) => expect(headers).not.toHaveProperty('authorization'))];
  expect((await asking).status).toBe(200);
});

test('[SH6] a WebSocket needs it too', async () => {
  const share = await create({ password: 'open sesame' });
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { host: hostOf(share) } });
  expect(await new Promise((resolve) => socket.once('unexpected-response', (_, response) => resolve(response.statusCode)).once('error', () => undefined))).toBe(401);
});

test('[SH6] ten wrong ones are enough for a minute', async () => {
  const host = hostOf(await create({ password: 'open sesame' }));
  for (let wrong = 0; wrong < 10; wrong++) expect((await form(host, 'wrong')).status).toBe(401);
  expect(await form(host, 'open sesame')).toMatchObject({ status: 429, code: 'E-TERRARIUM-1334' });
});

test('[SH3] an editor\'s link makes a member, until it ends', async () => {
  const share = await create({ role: 'editor' });
  const token = new URL(share.joinUrl ?? '').searchParams.get('token') ?? '';
  const read = () => server.api(`/api/environments/${id}/files/package.json`, { token });
  expect((await read()).status).toBe(200);
  const member = new WebSocket(`ws://127.0.0.1:${port}/ws/${id}`, ['terrarium.v1', `bearer.${token}`], { headers: { host: `localhost:${port}` } });
  await new Promise((resolve) => member.once('open', resolve));
  const closed = new Promise<number>((resolve) => member.once('close', resolve));
  await revoke(share);
  expect(await closed).toBe(4410);
  expect((await read()).status).toBe(401);
});

test('[SH3] a viewer has no membership, unless the link gives the code to read', async () => {
  expect((await create()).joinUrl).toBeNull();
  const token = new URL((await create({ code: true })).joinUrl ?? '').searchParams.get('token') ?? '';
  expect((await server.api(`/api/environments/${id}/files/package.json`, { token })).status).toBe(200);
  expect((await server.api(`/api/environments/${id}/files/package.json`, { token, method: 'PUT', body: 'x' })).status).toBe(403);
});

test('[SH20][SH21] a port on the local network answers under an address, and no other name', async () => {
  const share = await create({ ports: [5173, 3001] });
  const stored = server.sharing.shares.find(share.name);
  const lan = stored.lanPorts['3001'] ?? 0;
  const [asking] = [ask(`127.0.0.1:${lan}`, { port: lan }), await answer().then((asked) => expect(asked.port).toBe(3001))];
  expect((await asking).body).toBe('hello');
  expect(await ask(`evil.example:${lan}`, { port: lan })).toMatchObject({ status: 421 });
  await revoke(share);
  await expect(ask(`127.0.0.1:${lan}`, { port: lan })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('[SH4] a terminated environment has no links', async () => {
  const share = await create();
  await server.api(`/api/environments/${id}`, { method: 'DELETE' });
  expect((await ask(hostOf(share))).status).toBe(404);
});

test('[SH1][SH20] a link has its name, its password and its port on the local network after a restart', async () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'terrarium-share-'));
  const start = async () => {
    const own = await freePort();
    const started = await startTestServer({ root, port: own, baseOrigin: `http://localhost:${own}` });
    await started.listen();
    return started;
  };
  const first = await start();
  const environment = await first.create();
  const made = (await (await first.api(`/api/environments/${environment}/shares`, { method: 'POST', body: '{"password":"open sesame"}', headers: { 'content-type': 'application/json' } })).json()) as ShareView;
  const lan = first.sharing.shares.find(made.name).lanPorts;
  await first.dispose();
  const second = await start();
  expect(second.sharing.shares.find(made.name).lanPorts).toEqual(lan);
  expect((await ask(`${made.name}.share.localhost:${second.settings.port}`, { port: second.settings.port })).status).toBe(401);
  const basic = `Basic ${Buffer.from(':open sesame').toString('base64')}`;
  expect(await ask(`127.0.0.1:${lan['5173']}`, { port: lan['5173'], headers: { authorization: basic } })).toMatchObject({ status: 503, code: 'E-TERRARIUM-1320' });
  await second.dispose();
  rmSync(root, { recursive: true, force: true });
});

test('[SH7] an agent with the verb makes, lists and revokes links of the preview, and gets no membership by one', async () => {
  const { token } = await makeAgent(server, id, { verbs: ['shares.manage'] });
  for (const body of [{ role: 'editor' }, { code: true }]) expect((await post(body, token)).status).toBe(403);
  await create({ role: 'editor' });
  const seen = (await (await server.api(`/api/environments/${id}/shares`, { token })).json()) as { shares: ShareView[] };
  expect(seen.shares.map(({ joinUrl }) => joinUrl)).toEqual([null]);
  const call = toolsOf(server, id, token);
  const { share } = await call('share_create', { minutes: 5, ports: [3001] });
  expect(share).toMatchObject({ role: 'viewer', state: 'open', viewers: 0 });
  const [asking] = [ask(new URL(share.urls[0]?.url ?? '').host), await answer().then((asked) => expect(asked.port).toBe(3001))];
  expect((await asking).status).toBe(200);
  await call('share_revoke', { shareId: share.shareId });
  expect((await call('share_list')).shares.map(({ state }) => state)).toEqual(['revoked', 'open']);
});

test('[SH18] an answer that breaks off ends its connection, with one line in the log and nothing on the console', async () => {
  const share = await create();
  const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const lines = () => server.log.filter((line) => line.startsWith('Answer broken off'));
  /** An answer under way, of which the first bytes have come. */
  async function begun() {
    const client = http.get({ host: '127.0.0.1', port, path: '/', agent: false, headers: { host: hostOf(share) } });
    client.on('error', () => undefined);
    const asked = await page.next('request');
    page.send({ t: 'head', id: asked.id, status: 200, statusText: '', headers: [['content-type', 'text/plain']], body: true });
    page.sendData({ id: asked.id, bytes: new TextEncoder().encode('first') });
    const response = await new Promise<http.IncomingMessage>((resolve) => client.once('response', resolve));
    let text = '';
    response.on('error', () => undefined);
    await new Promise<void>((resolve) => response.on('data', (piece: Buffer) => {
      text += piece.toString();
      resolve();
    }));
    return { client, asked, response, closed: new Promise<void>((resolve) => response.once('close', resolve)), text: () => text };
  }
  const gone = await begun();
  gone.client.destroy();
  expect((await page.next('cancel')).id).toBe(gone.asked.id);
  const before = lines().length;

  const broken = await begun();
  page.send({ t: 'failed', id: broken.asked.id, reason: 'reset', message: 'the server ended' });
  await broken.closed;
  expect([broken.text(), broken.response.complete]).toEqual(['first', false]);
  expect(lines().length - before).toBe(1);
  expect(lines().at(-1)).toMatch(/"code":"E-TERRARIUM-\d{4}"/);

  const revoked = await begun();
  await revoke(share);
  await revoked.closed;
  expect([revoked.text(), revoked.response.complete]).toEqual(['first', false]);
  expect(lines().at(-1)).toContain('"code":"E-TERRARIUM-1331"');
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
});
