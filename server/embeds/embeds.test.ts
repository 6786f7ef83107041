/** Embeds over a listening server (SPEC.md). */
import { WebSocket } from 'ws';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startListening } from '../host-link/testing.ts';
import { startTestServer, type TestServer } from '../testing.ts';
import { parentOrigin } from './embeds.ts';

let server: TestServer;
let id: string;
beforeAll(async () => {
  server = await startListening();
});
afterAll(() => server.dispose());
beforeEach(async () => {
  id = await server.create();
});

interface Made {
  embedId: string;
  token: string;
  origins: string[];
  state: string;
}

const PAGE = 'https://docs.example.com';
const post = (body: unknown, token?: string) => server.api(`/api/environments/${id}/embeds`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' }, ...(token === undefined ? {} : { token }) });
const make = async (body: object = {}) => (await (await post({ origins: [PAGE], ...body })).json()) as Made;
const list = async () => ((await (await server.api(`/api/environments/${id}/embeds`)).json()) as { embeds: (Made & Record<string, unknown>)[] }).embeds;
const revoke = (made: Made) => server.api(`/api/environments/${id}/embeds/${made.embedId}`, { method: 'DELETE' });
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;
const status = async (path: string, init: Parameters<TestServer['api']>[1]) => (await server.api(path, init)).status;

interface Socket {
  socket: WebSocket;
  opened: Promise<void>;
  closed: Promise<{ code: number; reason: string }>;
}

function connect(path: string, protocols: string[], origin = server.base): Socket {
  const socket = new WebSocket(`${server.base.replace('http', 'ws')}${path}`, protocols, { origin });
  socket.on('error', () => undefined);
  return {
    socket,
    opened: new Promise((resolve) => socket.once('message', () => resolve())),
    closed: new Promise((resolve) => socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }))),
  };
}

const ancestors = async (url: string) => {
  const response = await server.fetch(new Request(url));
  return /frame-ancestors ([^;]*)/.exec(response.headers.get('content-security-policy') ?? '')?.[1];
};

describe('tokens', () => {
  test('[EB1] only the owner makes, lists and revokes; the token is in no list', async () => {
    const made = await make({ label: 'Handbook' });
    expect(made.token).toMatch(/^tge_[\w-]{43}$/);
    expect(await list()).toEqual([expect.objectContaining({ embedId: made.embedId, label: 'Handbook', role: 'viewer', origins: [PAGE], state: 'open', expiresAt: null })]);
    expect(JSON.stringify(await list())).not.toContain(made.token);
    for (const token of [await server.invite(id, 'editor'), await server.invite(id, 'viewer'), (await make({ role: 'editor' })).token]) {
      expect((await post({ origins: [PAGE] }, token)).status).toBe(403);
      expect(await status(`/api/environments/${id}/embeds`, { token })).toBe(403);
      expect(await status(`/api/environments/${id}/embeds/${made.embedId}`, { method: 'DELETE', token })).toBe(403);
    }
    expect(await codeOf(await server.api(`/api/environments/${id}/embeds/none`, { method: 'DELETE' }))).toBe('E-TERRARIUM-1380');
    const other = await server.create();
    expect(await status(`/api/environments/${other}/embeds/${made.embedId}`, { method: 'DELETE' })).toBe(404);
    expect((await list()).find(({ embedId }) => embedId === made.embedId)?.state).toBe('open');
  });

  test.each([
    ['no origin', { origins: [] }], ['a pattern', { origins: ['https://*.example.com'] }], ['a star', { origins: ['*'] }], ['null', { origins: ['null'] }], ['another scheme', { origins: ['file:///a'] }],
    ['a path', { origins: ['https://a.example/x'] }], ['a directive', { origins: ['https://a.example; script-src *'] }], ['a name and a password', { origins: ['https://a:b@c.example'] }], ['an IPv6 address', { origins: ['http://[::1]:80'] }],
    ['a bad port', { origins: ['https://a.example:99999'] }], ['no list', { origins: PAGE }], ['an unknown role', { origins: [PAGE], role: 'owner' }], ['an end in the past', { origins: [PAGE], expiresAt: '2020-01-01T00:00:00Z' }], ['more', { origins: [PAGE], admin: true }],
    ['too many', { origins: Array.from({ length: 21 }, (_, n) => `https://a${n}.example`) }],
  ])('[EB2] %s is refused and makes nothing', async (_name, body) => {
    const response = await post(body);
    expect([response.status, await codeOf(response)]).toEqual([422, 'E-TERRARIUM-1101']);
    expect(await list()).toEqual([]);
  });
  test('[EB2] an origin is kept as browsers write it, once', async () => {
    expect((await make({ origins: ['HTTPS://Docs.Example.com:443/', PAGE, 'http://127.0.0.1:4111'] })).origins).toEqual([PAGE, 'http://127.0.0.1:4111']);
    expect(parentOrigin('https://bücher.example')).toBe('https://xn--bcher-kva.example');
  });
  test('[EB2] there are at most 50', async () => {
    for (let n = 0; n < 50; n++) await make();
    const response = await post({ origins: [PAGE] });
    expect([response.status, await codeOf(response)]).toEqual([429, 'E-TERRARIUM-1383']);
  });

  test('[EB3] the token is a bearer and no way to a cookie', async () => {
    const { token } = await make();
    expect(await status(`/api/environments/${id}`, { token })).toBe(200);
    expect(await codeOf(await server.api('/api/session', { method: 'POST', token: undefined, body: JSON.stringify({ token }), headers: { 'content-type': 'application/json' } }))).toBe('E-TERRARIUM-1401');
    const login = await server.fetch(new Request(`${server.base}/login?token=${token}`));
    expect([login.headers.get('location'), login.headers.get('set-cookie')]).toEqual(['/login?refused=1', null]);
  });
  test('[EB3] a WebSocket of the app itself takes it as a protocol, of another origin not', async () => {
    const { token } = await make();
    const { socket, opened } = connect(`/ws/${id}`, ['terrarium.v1', `bearer.${token}`]);
    await opened;
    expect(socket.protocol).toBe('terrarium.v1');
    socket.close();
    expect(await connect(`/ws/${id}`, ['terrarium.v1', `bearer.${token}`], PAGE).closed).toMatchObject({ code: 4403, reason: expect.stringContaining('E-TERRARIUM-1403') });
    expect((await connect(`/ws/${id}`, ['terrarium.v1', `bearer.${token}x`]).closed).reason).toContain('E-TERRARIUM-1401');
    expect((await connect(`/ws/${await server.create()}`, ['terrarium.v1', `bearer.${token}`]).closed).reason).toContain('E-TERRARIUM-1001');
  });
  test('[EB3] nor does a page of another origin call the API with it', async () => {
    const { token } = await make();
    expect(await codeOf(await server.api(`/api/environments/${id}`, { token, headers: { origin: PAGE } }))).toBe('E-TERRARIUM-1403');
  });

  test('[EB4] revoked, it is over at once, open sockets too; others go on', async () => {
    const [made, other] = [await make(), await make({ role: 'editor' })];
    const [mine, theirs] = [connect(`/ws/${id}`, ['terrarium.v1', `bearer.${made.token}`]), connect(`/ws/${id}`, ['terrarium.v1', `bearer.${other.token}`])];
    await Promise.all([mine.opened, theirs.opened]);
    expect((await revoke(made)).status).toBe(204);
    expect(await mine.closed).toMatchObject({ code: 4410, reason: expect.stringContaining('E-TERRARIUM-1381') });
    expect(await codeOf(await server.api(`/api/environments/${id}`, { token: made.token }))).toBe('E-TERRARIUM-1381');
    expect((await connect(`/ws/${id}`, ['terrarium.v1', `bearer.${made.token}`]).closed).reason).toContain('E-TERRARIUM-1381');
    expect(theirs.socket.readyState).toBe(WebSocket.OPEN);
    theirs.socket.close();
    expect((await revoke(made)).status).toBe(204);
  });
  test('[EB4] expired, the same by itself', async () => {
    const made = await make({ expiresAt: new Date(Date.now() + 300).toISOString() });
    const { closed } = connect(`/ws/${id}`, ['terrarium.v1', `bearer.${made.token}`]);
    expect((await closed).code).toBe(4410);
    expect(await codeOf(await server.api(`/api/environments/${id}`, { token: made.token }))).toBe('E-TERRARIUM-1381');
    expect(await ancestors(`${server.base}/embed/${id}`)).toBe("'none'");
    expect((await list())[0]?.state).toBe('expired');
  });
  test('[EB4] it ends with its environment', async () => {
    const { token } = await make();
    await server.api(`/api/environments/${id}`, { method: 'DELETE' });
    expect(await status(`/api/environments/${id}`, { token })).toBe(401);
  });
  test('[EB4] a server that starts anew knows them', async () => {
    const own = await startTestServer();
    const environmentId = await own.create();
    const body = { method: 'POST', body: JSON.stringify({ origins: [PAGE] }), headers: { 'content-type': 'application/json' } };
    const { token } = (await (await own.api(`/api/environments/${environmentId}/embeds`, body)).json()) as Made;
    await own.close();
    const again = await startTestServer({ root: own.settings.root });
    expect((await again.api('/api/embed', { token })).status).toBe(200);
    expect((await again.fetch(new Request(`${again.base}/embed/${environmentId}`))).headers.get('content-security-policy')).toContain(`frame-ancestors ${PAGE};`);
    await again.close();
  });

  test.each([['viewer', 403], ['editor', 201]] as const)('[EB5] a %s has the rights of one, there alone', async (role, writes) => {
    const { token } = await make({ role });
    const put = { method: 'PUT', body: 'x', token };
    expect(await status(`/api/environments/${id}/files/package.json`, { token })).toBe(200);
    expect(await status(`/api/environments/${id}/files/new.txt`, put)).toBe(writes);
    expect(await status(`/api/environments/${id}/shares`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' }, token })).toBe(403);
    expect(await status(`/api/environments/${id}/invites`, { method: 'POST', body: '{"role":"editor"}', headers: { 'content-type': 'application/json' }, token })).toBe(403);
    expect(await status(`/api/environments/${id}`, { method: 'DELETE', token })).toBe(403);
    expect(await status(`/api/environments/${await server.create()}/files`, { token })).toBe(404);
  });

  test('[EB6] nobody is host by it', async () => {
    const { token } = await make({ role: 'editor' });
    const { HOST_LINK_PROTOCOL } = await import('../../shared/protocol/host-link.ts');
    expect(await connect(`/ws/${id}/host`, [HOST_LINK_PROTOCOL, `bearer.${token}`]).closed).toMatchObject({ code: 4403, reason: expect.stringContaining('E-TERRARIUM-1402') });
  });

  test('[EB7] it says what it gives', async () => {
    const { token } = await make({ role: 'editor' });
    expect(await (await server.api('/api/embed', { token })).json()).toEqual({ environmentId: id, taskId: 'task', agentId: null, role: 'editor', origins: [PAGE] });
    expect(await codeOf(await server.api('/api/embed'))).toBe('E-TERRARIUM-1402');
    expect(await codeOf(await server.api('/api/embed', { token: 'tge_rubbish' }))).toBe('E-TERRARIUM-1401');
  });
});

describe('framing', () => {
  const places = () => {
    const { host } = new URL(server.base);
    return [`${server.base}/embed/${id}`, `http://${id}.broker.${host}/`, `http://${id}.preview.${host}/headless`, `http://${id}.preview.${host}/relay`, `http://${id}--5173.preview.${host}/`];
  };
  test('[EB10] [EB11] by the origins of open embeds, through all frames, and by none after the end', async () => {
    const before = await Promise.all(places().map(ancestors));
    expect(before[0]).toBe("'none'");
    const [one, two] = [await make(), await make({ origins: ['http://127.0.0.1:4111', PAGE] })];
    for (const place of places()) expect((await ancestors(place))?.split(' ')).toEqual(expect.arrayContaining([PAGE, 'http://127.0.0.1:4111']));
    await revoke(two);
    for (const place of places()) expect(await ancestors(place)).not.toContain('4111');
    await revoke(one);
    expect(await Promise.all(places().map(ancestors))).toEqual(before);
  });
  test('[EB10] nothing else of the app, and no other environment', async () => {
    await make();
    const other = await server.create();
    for (const path of ['/', '/login', `/e/${id}`, `/embed/${other}`, '/embed/none', '/embed/%E0%A4%A']) {
      const response = await server.fetch(new Request(server.base + path));
      expect([path, response.headers.get('x-frame-options'), await ancestors(server.base + path)]).toEqual([path, 'DENY', "'none'"]);
    }
    const { host } = new URL(server.base);
    for (const place of [`http://${other}.preview.${host}/headless`, `http://${other}.broker.${host}/`]) expect(await ancestors(place)).not.toContain(PAGE);
  });
  test('[EB10] by the id of its task as well', async () => {
    const made = (await (await server.api('/api/environments', { method: 'POST', body: JSON.stringify({ taskId: 'Lesson 1/a', template: 'tiny' }), headers: { 'content-type': 'application/json' } })).json()) as { environmentId: string };
    id = made.environmentId;
    await make();
    expect(await ancestors(`${server.base}/embed/${encodeURIComponent('Lesson 1/a')}`)).toBe(PAGE);
    const framed = await server.fetch(new Request(`${server.base}/embed/${id}`));
    expect([framed.status, framed.headers.get('x-frame-options'), framed.headers.get('cache-control')]).toEqual([200, null, 'no-store']);
  });
  test('[EB12] the component is for every origin', async () => {
    const response = await server.fetch(new Request(`${server.base}/embed.js`, { headers: { origin: PAGE } }));
    expect([response.status, response.headers.get('content-type'), response.headers.get('access-control-allow-origin')]).toEqual([200, 'text/javascript; charset=utf-8', '*']);
  });
  test('[EB13] an isolated page gets an isolated frame', async () => {
    const policyOf = async (query: string) => (await server.fetch(new Request(`${server.base}/embed/${id}${query}`))).headers.get('cross-origin-embedder-policy');
    expect(await policyOf('?coep=credentialless')).toBe('credentialless');
    expect(await policyOf('')).toBeNull();
    expect(await policyOf('?coep=unsafe-none')).toBeNull();
  });
});
