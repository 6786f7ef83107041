/** The proxy by raw requests, and as the browser uses it. A name here is public where its test says so; connections then go to a server of the test. */
import { createServer, request } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchHeadless } from './browser.ts';
import { startEgressProxy } from './egress-proxy.ts';
import type { EgressProxy, EgressProxyOptions } from './egress-proxy.ts';

const PUBLIC = '93.184.215.14';
const NAMES: Record<string, string[]> = {
  'api.example.com': [PUBLIC], 'www.example.org': ['2606:2800:21f:cb07:6820:80da:af6b:8b2c'], 'mixed.example.org': [PUBLIC, '127.0.0.1'], 'inner.example.org': ['10.1.2.3'], 'metadata.example.org': ['169.254.169.254'],
  'six.example.org': ['::1'], 'mapped.example.org': ['::ffff:127.0.0.1'], 'translated.example.org': ['64:ff9b::7f00:1'], 'me.example.org': ['127.0.0.1'],
};
const resolve = async (name: string): Promise<string[]> => NAMES[name] ?? Promise.reject(new Error('ENOTFOUND'));

let site: Server;
let sitePort: number;
let seen: IncomingMessage[] = [];
let dialled: string[] = [];
const dial = (address: string, port: number) => {
  dialled.push(`${address} ${port}`);
  return connect({ host: '127.0.0.1', port: sitePort });
};
beforeAll(async () => {
  site = createServer((incoming, response) => {
    seen.push(incoming);
    if (incoming.url === '/away') return response.writeHead(302, { location: 'http://me.example.org/inside' }).end();
    if (incoming.url === '/hop') return response.writeHead(200, { connection: 'x-hop', 'x-hop': '1', 'x-own': '2' }).end('hop');
    response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' }).end(`<title>${incoming.headers.host}</title>${incoming.method}`);
  });
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
  sitePort = (site.address() as AddressInfo).port;
});
let proxy: EgressProxy | undefined;
afterEach(async () => {
  await proxy?.close();
  proxy = undefined;
  [seen, dialled] = [[], []];
});
afterAll(() => new Promise<void>((done) => site.close(() => done())));

const start = async (options: Partial<EgressProxyOptions> = {}): Promise<EgressProxy> => (proxy = await startEgressProxy({ allow: ['api.example.com', '*.example.org'], resolve, dial, ...options }));
const signed = ({ username, password }: EgressProxy) => ({ 'proxy-authorization': `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` });

interface Asked { status: number | undefined; body: string; headers: IncomingMessage['headers'] }
/** A request by the proxy, or a tunnel that is asked for. */
function ask(through: EgressProxy, method: string, path: string, headers: Record<string, string> = signed(through), body?: string): Promise<Asked> {
  return new Promise((done, failed) => {
    const asked = request({ host: '127.0.0.1', port: new URL(through.origin).port, method, path, headers, agent: false });
    asked.on('connect', (response, socket, head) => {
      const answer = (said: string) => done({ status: response.statusCode, body: head.toString() + said, headers: response.headers });
      if (response.statusCode !== 200) return void text(socket).then(answer, failed);
      socket.destroy();
      answer('');
    });
    asked.on('response', (response) => void text(response).then((said) => done({ status: response.statusCode, body: said, headers: response.headers }), failed));
    asked.on('error', failed);
    asked.end(body);
  });
}

describe('[HB12] who is listed is reached', () => {
  test('by http, without what is between browser and proxy, at the address that was looked at', async () => {
    const to = await start();
    expect(await ask(to, 'POST', 'http://api.example.com/path?q=1', { ...signed(to), 'x-own': 'y', 'proxy-connection': 'keep-alive' }, 'body')).toMatchObject({ status: 200, body: '<title>api.example.com</title>POST' });
    expect(seen[0]?.headers).toMatchObject({ host: 'api.example.com', 'x-own': 'y' });
    expect(Object.keys(seen[0]?.headers ?? {})).not.toEqual(expect.arrayContaining([expect.stringMatching(/^proxy-/)]));
    expect(dialled).toEqual([`${PUBLIC} 80`]);
    const { headers } = await ask(to, 'GET', 'http://api.example.com/hop');
    expect([headers['x-hop'], headers['x-own']]).toEqual([undefined, '2']);
  });
  test('by a tunnel, on the usual ports', async () => {
    const to = await start();
    expect(await ask(to, 'CONNECT', 'www.example.org:443')).toMatchObject({ status: 200 });
    expect(await ask(to, 'CONNECT', 'api.example.com:80')).toMatchObject({ status: 200 });
    expect(dialled).toEqual(['2606:2800:21f:cb07:6820:80da:af6b:8b2c 443', `${PUBLIC} 80`]);
  });
  test('a host that does not answer is 1396', async () => {
    const to = await start({ dial: () => connect({ host: '127.0.0.1', port: 9 }) });
    expect(await ask(to, 'GET', 'http://api.example.com/')).toMatchObject({ status: 502, body: expect.stringContaining('E-TERRARIUM-1396') });
    expect(await ask(to, 'CONNECT', 'unknown.example.org:443')).toMatchObject({ status: 502, body: expect.stringContaining('E-TERRARIUM-1396') });
  });
});

const OWN = '4000';
/** Server-side request forgery, by how the address is written. */
const HOSTS = [
  'localhost', 'LOCALHOST', 'localhost.', 'a.localhost', '127.0.0.1', '127.1', '0', '0.0.0.0', '2130706433', '0x7f000001', '0x7f.1', '017700000001', '0177.0.0.1', '127.0.0.1.', '①②⑦.0.0.1', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:a9fe:a9fe]', '[64:ff9b::7f00:1]', '[fe80::1]', '[fc00::1]', '10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', '169.254.169.254', '2852039166', '0xa9fea9fe', 'metadata.google.internal', 'printer.local',
  'example.com', 'evilexample.org', 'example.org', 'api.example.com.evil.net', 'xn--api-example', 'user@api.example.com', 'api.example.com@127.0.0.1', PUBLIC,
];
/** Names on the list that lead inside, alone or beside a public address. */
const REBOUND = ['mixed', 'inner', 'metadata', 'six', 'mapped', 'translated', 'me'].map((name) => `${name}.example.org`);
describe('[HB12] nobody else is', () => {
  test.each([...HOSTS, ...REBOUND])('%s', async (host) => {
    const to = await start();
    for (const port of ['80', OWN]) expect.soft([port, (await ask(to, 'GET', encodeURI(`http://${host}:${port}/`))).status]).toEqual([port, 403]);
    for (const port of ['443', OWN]) expect.soft([port, (await ask(to, 'CONNECT', encodeURI(`${host}:${port}`))).status]).toEqual([port, 403]);
    expect([dialled, seen]).toEqual([[], []]);
  });
  test.each(['http://api.example.com:8080/', 'http://api.example.com:443/', 'https://api.example.com/', 'ftp://api.example.com/', 'file:///etc/passwd', '/', 'http://', '*'])('GET %s', async (path) => {
    const to = await start();
    expect(await ask(to, 'GET', path)).toMatchObject({ status: 403, body: expect.stringContaining('E-TERRARIUM-1395') });
    expect(dialled).toEqual([]);
  });
  test.each(['api.example.com:22', 'api.example.com:443/x', 'a@api.example.com:443', 'http://api.example.com:443', ':443', 'api.example.com:99999'])('CONNECT %s', async (path) => {
    const to = await start();
    expect(await ask(to, 'CONNECT', path)).toMatchObject({ status: 403, body: expect.stringContaining('E-TERRARIUM-1395') });
    expect(dialled).toEqual([]);
  });
  test('a name that leads elsewhere the second time: each connection looks once, and goes where it looked', async () => {
    let asked = 0;
    const to = await start({ resolve: async () => [++asked === 1 ? PUBLIC : '127.0.0.1'] });
    expect((await ask(to, 'GET', 'http://api.example.com/')).status).toBe(200);
    expect((await ask(to, 'GET', 'http://api.example.com/')).status).toBe(403);
    expect([dialled, asked]).toEqual([[`${PUBLIC} 80`], 2]);
  });
  test('a redirect is the browser’s to follow, and judged like any request', async () => {
    const to = await start();
    const { status, headers } = await ask(to, 'GET', 'http://api.example.com/away');
    expect([status, headers.location]).toEqual([302, 'http://me.example.org/inside']);
    expect((await ask(to, 'GET', headers.location ?? '')).status).toBe(403);
    expect(seen.map(({ url }) => url)).toEqual(['/away']);
  });
});

test.each<[string, (to: EgressProxy) => Record<string, string>]>([['none', () => ({})], ['others', () => ({ 'proxy-authorization': 'Basic YnJvd3Nlcjp4' })], ['another launch’s length', (to) => ({ 'proxy-authorization': signed(to)['proxy-authorization'].replace(/.$/, '!') })], ['the wrong kind', (to) => ({ authorization: signed(to)['proxy-authorization'] })]])('[HB12] without the credentials of this launch (%s) nothing is answered', async (_, headers) => {
  const to = await start();
  expect(await ask(to, 'GET', 'http://api.example.com/', headers(to))).toMatchObject({ status: 407, body: '' });
  expect(await ask(to, 'CONNECT', 'api.example.com:443', headers(to))).toMatchObject({ status: 407, body: '' });
  expect([dialled, seen]).toEqual([[], []]);
});

test('[HB12] the browser: a page, its fetches and its workers reach what is listed and nothing else', async () => {
  const headless = await launchHeadless({ executable: undefined, appOrigin: 'http://localhost:4399', egress: ['api.example.com', '*.example.org'], network: { resolve, dial } });
  try {
    const context = await headless.newContext({});
    const page = await context.newPage();
    expect((await page.goto('http://api.example.com/'))?.status()).toBe(200);
    expect(await page.title()).toBe('api.example.com');
    const reach = (urls: string[]) => Promise.all(urls.map((url) => fetch(url).then(({ status }) => status, () => 0)));
    const inside = [`http://127.0.0.1:${sitePort}/`, `http://localhost:${sitePort}/`, `http://[::1]:${sitePort}/`, 'http://me.example.org/', 'http://other.example.net/'];
    expect(await page.evaluate(reach, ['http://www.example.org/', 'http://api.example.com/away'])).toEqual([200, 0]);
    // What the proxy says of a refusal carries no leave to be read.
    expect(await page.evaluate(reach, inside)).toEqual([0, 0, 0, 0, 0]);
    expect(await page.evaluate(() => new Promise((done) => {
      const worker = new Worker(URL.createObjectURL(new Blob(['fetch("http://www.example.org/worker").then((r) => postMessage(r.status), () => postMessage(0))'])));
      worker.onmessage = ({ data }) => done(data);
    }))).toBe(200);
    expect(new Set(seen.map(({ headers }) => headers.host))).toEqual(new Set(['api.example.com', 'www.example.org']));
    expect((await page.goto('http://inner.example.org/'))?.status()).toBe(403);
  } finally {
    await headless.close();
  }
}, 60_000);
