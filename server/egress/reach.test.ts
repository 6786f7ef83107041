import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createBackendEgress } from './backend-end.ts';
import { createNetworkProxy } from './network-proxy.ts';
import type { AnswerHead } from './network-proxy.ts';
import { createTestReach, startOtherHost } from './testing.ts';
import type { OtherHost, TestReach } from './testing.ts';

let other: OtherHost;
let reached = 0;
let handler: (request: IncomingMessage, response: ServerResponse) => void;
const opened: TestReach[] = [];

beforeAll(async () => {
  other = await startOtherHost((request, response) => {
    reached++;
    handler(request, response);
  });
});
afterAll(async () => await other.close());
afterEach(async () => {
  reached = 0;
  await Promise.all(opened.splice(0).map(({ reach }) => reach.close()));
});

function begin(options: Parameters<typeof createTestReach>[0] = {}): TestReach {
  const one = createTestReach({ allowedOrigins: ['api', 'a.api', 'b.api'].map((name) => other.origin(`${name}.example.com`)), ...options });
  opened.push(one);
  handler = (request, response) => void response.end(JSON.stringify({ url: request.url, headers: request.headers }));
  return one;
}
const api = () => other.origin('api.example.com');
const get = ({ reach }: TestReach, url: string, more: Partial<Parameters<TestReach['reach']['call']>[1]> = {}) => reach.call('env', { method: 'GET', url, headers: [], body: null, signal: new AbortController().signal, ...more });
const codeOf = async (calling: Promise<unknown>) => await calling.then(() => 'reached', (error: unknown) => (error as { code: string }).code.slice(-4));

describe('who is reached', () => {
  test('[EG1] only what the environment declares and the deployment allows', async () => {
    const one = begin({ allow: ['api.example.com', '*.open.example'] });
    expect(await codeOf(get(one, `${api()}/`))).toBe('1254');
    one.settings.setHost('other', 'api.example.com');
    expect(await codeOf(get(one, `${api()}/`))).toBe('1254');
    one.settings.setHost('env', 'api.example.com');
    expect((await get(one, `${api()}/x?y=1`)).status).toBe(200);
    one.settings.setHost('env', 'closed.example');
    expect(await codeOf(get(one, 'https://closed.example/'))).toBe('1255');
    expect(reached).toBe(1);
  });

  test('[EG2] no spelling of an address in numbers, no local name, no other scheme or port', async () => {
    const one = begin();
    one.settings.setHost('env', 'api.example.com');
    const hosts = ['127.0.0.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '017700000001', '127.1', '127.0.0.1.', '%31%32%37.0.0.1', '１２７.0.0.1', '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:ffff:7f00:0001]', '[64:ff9b::7f00:1]', '[fe80::1]', '[fd00::1]', '0.0.0.0', '0', '169.254.169.254', '2852039166', '0xa9fea9fe', '10.0.0.1', '192.168.0.1', '100.64.0.1', '224.0.0.1', '255.255.255.255', 'localhost', 'LOCALHOST.', 'a.localhost', 'localhost.localdomain', 'metadata.google.internal', 'metadata', 'printer.local', '8.8.8.8'];
    for (const host of hosts) for (const scheme of ['https', 'http']) expect(await codeOf(get(one, `${scheme}://${host}/`)), `${scheme}://${host}`).toBe('1256');
    for (const url of ['http://api.example.com/', 'https://api.example.com:8443/', 'https://user:pw@api.example.com/', 'file:///etc/passwd', 'ftp://api.example.com/', 'data:,x', '//api.example.com/', '', 'https://', 'gopher://api.example.com/']) expect(await codeOf(get(one, url)), url).toBe('1256');
    expect(reached).toBe(0);
    expect(one.events.every(({ code }) => code === 'E-TERRARIUM-1256')).toBe(true);
  });

  test('[EG3] a public name that leads to an address of ours, alone or among others, is refused', async () => {
    const one = begin();
    for (const addresses of [['127.0.0.1'], ['::1'], ['10.1.2.3'], ['169.254.169.254'], ['::ffff:127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['fd00:ec2::254'], []]) {
      one.addresses.set('rebound.example', [addresses]);
      one.settings.setHost('env', 'rebound.example');
      expect(await codeOf(get(one, 'https://rebound.example/')), addresses.join()).toBe('1256');
    }
  });

  test('[EG3] the connection goes to what was looked at: each one resolves once', async () => {
    let asked = 0;
    const spy = begin({ resolve: (_name, done) => done(null, [{ address: asked++ === 0 ? '192.0.2.1' : '127.0.0.1', family: 4 }]) });
    spy.settings.setHost('env', 'changes.example');
    // The documentation's network is not public either, so the first answer ends it: no second one is asked for.
    expect(await codeOf(get(spy, 'https://changes.example/'))).toBe('1256');
    expect(asked).toBe(1);
  });
});

describe('a call', () => {
  test('[EG7] a credential takes the place of a field of its name, and only at its host', async () => {
    const one = begin();
    one.settings.setHost('env', 'a.api.example.com', { header: 'Authorization', value: 'Bearer deposited' });
    one.settings.setHost('env', 'b.api.example.com');
    const ask = async (name: string, credentials = true) => JSON.parse(await text((await get(one, `${other.origin(name)}/?key=in-query`, { headers: ['authorization', 'mine', 'x-own', '1', 'x-forwarded-for', '1.1.1.1', 'host', 'elsewhere'], credentials })).body)) as { headers: Record<string, string> };
    const first = await ask('a.api.example.com');
    expect(first.headers).toMatchObject({ authorization: 'Bearer deposited', 'x-own': '1', host: `a.api.example.com:${other.port}` });
    expect(first.headers).not.toHaveProperty('x-forwarded-for');
    expect((await ask('b.api.example.com')).headers['authorization']).toBe('mine');
    expect((await ask('a.api.example.com', false)).headers['authorization']).toBe('mine');
    const events = JSON.stringify(one.events);
    expect(events).not.toContain('deposited');
    expect(events).not.toContain('in-query');
  });

  test('[EG8] more than the limit, either way, too late, too often', async () => {
    let clock = 0;
    const one = begin({ limits: { bodyBytes: 1000, waitMs: 200, perMinute: 5, atOnce: 1 }, now: () => clock });
    one.settings.setHost('env', 'api.example.com');
    expect(await codeOf(get(one, api(), { method: 'POST', body: 'x'.repeat(1001) }))).toBe('1259');
    handler = (_request, response) => void response.end('x'.repeat(1001));
    expect(await codeOf(get(one, api()).then(({ body }) => text(body)))).toBe('1259');
    handler = () => undefined;
    const late = codeOf(get(one, api()));
    expect(await codeOf(get(one, api()))).toBe('1264');
    expect(await late).toBe('1258');
    handler = (_request, response) => void response.end('well');
    for (let count = 0; count < 2; count++) expect(await text((await get(one, api())).body)).toBe('well');
    expect(await codeOf(get(one, api()))).toBe('1260');
    clock = 60_000;
    expect((await get(one, api())).status).toBe(200);
  });

  test('[EG9] each is an event with its end', async () => {
    const one = begin();
    one.settings.setHost('env', 'api.example.com');
    await text((await get(one, `${api()}/list?token=1`)).body);
    await codeOf(get(one, 'https://undeclared.example/'));
    handler = (request) => void request.socket.destroy();
    expect(await codeOf(get(one, api()))).toBe('1257');
    expect(one.events.map(({ method, url, status, code }) => ({ method, url, status, code }))).toEqual([
      { method: 'GET', url: `${api()}/list`, status: 200, code: undefined },
      { method: 'GET', url: 'https://undeclared.example/', status: undefined, code: 'E-TERRARIUM-1254' },
      { method: 'GET', url: `${api()}/`, status: undefined, code: 'E-TERRARIUM-1257' },
    ]);
  });
});

describe("a backend's end", () => {
  const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const through = async (socketPath: string, path: string, body?: string): Promise<{ status: number; text: string }> => {
    const request = httpRequest({ socketPath, path, method: body === undefined ? 'GET' : 'POST', setHost: false, agent: false }).end(body);
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, text: await text(answer) };
  };

  test('[EG5] each environment has a socket of its own, and is known by it', async () => {
    const one = begin();
    const egress = createBackendEgress({ reach: one.reach, logger });
    try {
      one.settings.setHost('env', 'api.example.com');
      const [mine, others] = [await egress.open('env'), await egress.open('other')];
      expect(await egress.open('env')).toBe(mine);
      handler = (request, response) => void request.pipe(response);
      expect(await through(mine, `${api()}/`, 'sent')).toEqual({ status: 200, text: 'sent' });
      const refused = await through(others, `${api()}/`);
      expect([refused.status, refused.text.includes('E-TERRARIUM-1254')]).toEqual([403, true]);
      expect((await through(mine, '/no-host')).text).toContain('E-TERRARIUM-1256');
    } finally {
      await egress.close();
    }
  });

  test('[EG4] a redirect is an answer: the next hop comes back to be judged', async () => {
    const one = begin();
    const egress = createBackendEgress({ reach: one.reach, logger });
    try {
      one.settings.setHost('env', 'api.example.com');
      handler = (_request, response) => void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
      const mine = await egress.open('env');
      expect((await through(mine, `${api()}/`)).status).toBe(302);
      expect((await through(mine, 'http://169.254.169.254/latest/meta-data/')).text).toContain('E-TERRARIUM-1256');
    } finally {
      await egress.close();
    }
  });

  test.each(['CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n', 'GET https://api.example.com/ HTTP/1.1\r\nHost: api.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'])('[EG6] no tunnel: %s', async (head) => {
    const one = begin();
    one.settings.setHost('env', 'api.example.com');
    const egress = createBackendEgress({ reach: one.reach, logger });
    try {
      const socket = connect(await egress.open('env'));
      socket.write(head);
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 [^]*E-TERRARIUM-1261/);
      expect(one.events[0]?.code).toBe('E-TERRARIUM-1261');
    } finally {
      await egress.close();
    }
  });
});

describe("a front end's end", () => {
  const headOf = (response: Response) => JSON.parse(Buffer.from(response.headers.get('x-terrarium-answer') ?? '', 'base64url').toString()) as AnswerHead;
  const ask = (one: TestReach, url: string, more: { method?: string; headers?: Record<string, string>; body?: string } = {}) => createNetworkProxy(one.reach).ask('env', { url, method: 'GET', headers: {}, body: undefined, ...more }, { credentials: true, signal: new AbortController().signal });

  test('[EG11] what another host answers is bytes, and not this origin’s page', async () => {
    const one = begin();
    one.settings.setHost('env', 'api.example.com');
    handler = (_request, response) => void response.writeHead(418, { 'content-type': 'text/html', 'set-cookie': 'terrarium_session=x', 'x-own': 'é' }).end('<script>alert(1)</script>');
    const response = await ask(one, `${api()}/page`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({ 'content-type': 'application/octet-stream', 'x-content-type-options': 'nosniff', 'content-disposition': 'attachment', 'content-security-policy': "default-src 'none'; sandbox" });
    expect(response.headers.has('set-cookie')).toBe(false);
    const { status, url, headers } = headOf(response);
    expect([status, url, new Map(headers).get('content-type'), JSON.stringify(headers).includes('set-cookie')]).toEqual([418, `${api()}/page`, 'text/html', false]);
    expect(await response.text()).toBe('<script>alert(1)</script>');
  });

  test('[EG4] [EG10] redirects are followed, each hop judged, without what was meant for the first origin', async () => {
    const one = begin();
    for (const name of ['a.api.example.com', 'b.api.example.com']) one.settings.setHost('env', name);
    handler = (request, response) => {
      if (request.url === '/to-b') response.writeHead(302, { location: `${other.origin('b.api.example.com')}/end` }).end();
      else if (request.url === '/to-metadata') response.writeHead(307, { location: 'http://169.254.169.254/' }).end();
      else if (request.url === '/to-undeclared') response.writeHead(308, { location: 'https://undeclared.example/' }).end();
      else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end();
      else response.end(JSON.stringify([request.method, request.headers.authorization, request.headers['x-own']]));
    };
    const from = (path: string) => `${other.origin('a.api.example.com')}${path}`;
    expect(await (await ask(one, from('/to-b'), { method: 'POST', body: 'x', headers: { Authorization: 'mine', 'x-own': '1' } })).json()).toEqual(['GET', null, '1']);
    expect(await codeOf(ask(one, from('/to-metadata')))).toBe('1256');
    expect(await codeOf(ask(one, from('/to-undeclared')))).toBe('1254');
    expect(await codeOf(ask(one, from('/round')))).toBe('1256');
  });
});
