import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OWNER_TOKEN, startTestServer } from './testing.ts';
import type { TestServer } from './testing.ts';

let server: TestServer;
let id: string;
let tokens: Record<'owner' | 'editor' | 'viewer' | 'stranger', string>;
beforeAll(async () => {
  server = await startTestServer();
  id = await server.create();
  const other = await server.create();
  tokens = { owner: OWNER_TOKEN, editor: await server.invite(id, 'editor'), viewer: await server.invite(id, 'viewer'), stranger: await server.invite(other, 'editor') };
});
afterAll(() => server.dispose());

const json = (body: unknown, method = 'POST') => ({ method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

describe('sign-in', () => {
  test('the link sets a strict cookie, named with the port, that counts for the app itself only', async () => {
    const response = await server.fetch(new Request(server.signInLink, { redirect: 'manual' }));
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/');
    const cookie = response.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^terrarium_session_4000=\S+; Path=\/; HttpOnly; SameSite=Strict/);
    const pair = cookie.split(';')[0] ?? '';
    const ask = (headers: Record<string, string>) => server.api('/api/environments', { token: undefined, headers: { cookie: pair, ...headers } });
    expect((await ask({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await ask({ 'sec-fetch-site': 'same-site' })).status).toBe(401);
    expect((await ask({ 'sec-fetch-site': 'cross-site' })).status).toBe(401);
    expect((await ask({})).status).toBe(401);
    expect((await ask({ 'sec-fetch-site': 'same-origin', cookie: `${pair}x` })).status).toBe(401);
  });
  test('a member lands in the environment, and an owner who follows the link stays the owner', async () => {
    const owner = (await server.fetch(new Request(server.signInLink))).headers.get('set-cookie')?.split(';')[0] ?? '';
    const link = await server.fetch(new Request(`${server.base}/login?token=${tokens.viewer}`, { headers: { cookie: owner } }));
    expect(link.headers.get('location')).toBe(`/e/${id}`);
    const both = link.headers.get('set-cookie')?.split(';')[0] ?? '';
    const session = await server.api('/api/session', { token: undefined, headers: { cookie: both, 'sec-fetch-site': 'same-origin' } });
    expect(await session.json()).toMatchObject({ owner: true, environments: [{ environmentId: id, role: 'viewer' }] });
  });
  test('a wrong token is 1401, as bearer, as session, as link', async () => {
    expect(await codeOf(await server.api('/api/environments', { token: 'wrong' }))).toBe('E-TERRARIUM-1401');
    expect(await codeOf(await server.api('/api/session', { ...json({ token: 'wrong' }), token: undefined }))).toBe('E-TERRARIUM-1401');
    expect((await server.fetch(new Request(`${server.base}/login?token=wrong`))).headers.get('location')).toBe('/login?refused=1');
  });
  test.each(['https://evil.example', 'null', 'http://abc.preview.localhost:4000', 'http://localhost:4001'])('origin %s is refused, bearer or not', async (origin) => {
    const response = await server.api('/api/environments', { headers: { origin } });
    expect(response.status).toBe(403);
    expect(await codeOf(response)).toBe('E-TERRARIUM-1403');
  });
});

describe('environments', () => {
  test('creation answers with all its addresses', async () => {
    const response = await server.api('/api/environments', json({ taskId: 'T-1', agentId: 'a', template: 'tiny' }));
    const made = (await response.json()) as Record<string, string>;
    expect(made).toMatchObject({ taskId: 'T-1', status: 'initializing', backendUrl: null, ports: { frontend: 5173, backend: null } });
    expect(made['previewUrl']).toBe(`http://${made['environmentId']}--5173.preview.localhost:4000/`);
    expect(made['websocketUrl']).toBe(`ws://localhost:4000/ws/${made['environmentId']}`);
  });
  const draft = async (template = 'tiny') => ((await (await server.api('/api/environments/reservations', json({ template }))).json()) as { environmentId: string }).environmentId;
  const claim = (reservation: string, template = 'tiny') => server.api('/api/environments', json({ taskId: 'R', template, reservation }));
  test('a draft becomes the environment with its files, once, and nobody chooses their own id', async () => {
    const id = await draft();
    await server.api(`/api/environments/${id}/files/early.txt`, { method: 'PUT', body: 'before it had a name' });
    expect(await codeOf(await claim(id, 'nope'))).toBe('E-TERRARIUM-1002');
    expect(await (await claim(id)).json()).toMatchObject({ environmentId: id, label: id, taskId: 'R' });
    expect(await (await server.api(`/api/environments/${id}/files/early.txt`)).text()).toBe('before it had a name');
    for (const refused of [id, 'abcdefghijklmnop', '']) expect([refused, await codeOf(await claim(refused))]).toEqual([refused, 'E-TERRARIUM-1010']);
    expect(await draft()).not.toBe(id);
    expect(await codeOf(await server.api('/api/environments/reservations', json({ template: 'nope' })))).toBe('E-TERRARIUM-1002');
  });
  test('an environment is not claimed as a draft, and a draft of another template is none', async () => {
    const made = await server.create();
    expect(await codeOf(await claim(made))).toBe('E-TERRARIUM-1010');
    expect((await server.api(`/api/environments/${made}`)).status).toBe(200);
  });
  test('a draft is in no list, suspends nobody, and is gone when deleted and when the server starts again', async () => {
    const listed = async () => ((await (await server.api('/api/environments')).json()) as { environments: { environmentId: string; status: string }[] }).environments.map(({ environmentId, status }) => [environmentId, status]);
    const before = await listed();
    const [deleted, left] = [await draft(), await draft()];
    expect(await listed()).toEqual(before);
    expect((await server.api(`/api/environments/${deleted}`)).status).toBe(200);
    expect((await server.api(`/api/environments/${deleted}`, { method: 'DELETE' })).status).toBe(204);
    expect((await server.api(`/api/environments/${deleted}`)).status).toBe(404);
    await server.close();
    server = await startTestServer({ root: server.settings.root });
    expect((await server.api(`/api/environments/${left}`)).status).toBe(404);
    expect(await listed()).toEqual(before);
  });
  test.each([
    ['malformed JSON', '{"template":', 'E-TERRARIUM-1100'],
    ['no template', '{}', 'E-TERRARIUM-1101'],
    ['an id of their own', '{"template":"tiny","environmentId":"abcdefghijklmnop"}', 'E-TERRARIUM-1101'],
    ['a template outside its folder', '{"template":"../data"}', 'E-TERRARIUM-1002'],
    ['a number', '{"template":7}', 'E-TERRARIUM-1101'],
  ])('a reservation with %s is refused', async (_name, body, code) => {
    expect(await codeOf(await server.api('/api/environments/reservations', { method: 'POST', body, headers: { 'content-type': 'application/json' } }))).toBe(code);
  });
  test('of too many drafts the oldest is given up', async () => {
    const made: string[] = [];
    for (let i = 0; i <= 20; i++) made.push(await draft());
    expect(await codeOf(await claim(made[0] ?? ''))).toBe('E-TERRARIUM-1010');
    expect((await server.api(`/api/environments/${made[0]}`)).status).toBe(404);
    expect((await claim(made[1] ?? '')).status).toBe(201);
  });
  test.each([
    ['malformed JSON', '{"taskId":', 400, 'E-TERRARIUM-1100'],
    ['a missing field', '{"template":"tiny"}', 422, 'E-TERRARIUM-1101'],
    ['an unknown field', '{"taskId":"a","template":"tiny","admin":true}', 422, 'E-TERRARIUM-1101'],
    ['another JSON value', '[]', 422, 'E-TERRARIUM-1101'],
    ['an unknown template', '{"taskId":"a","template":"nope"}', 422, 'E-TERRARIUM-1002'],
    ['a template outside its folder', '{"taskId":"a","template":"../data"}', 422, 'E-TERRARIUM-1002'],
  ])('%s changes nothing', async (_name, body, status, code) => {
    const before = await (await server.api('/api/environments')).text();
    const response = await server.api('/api/environments', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    expect(response.status).toBe(status);
    expect(await codeOf(response)).toBe(code);
    expect(await (await server.api('/api/environments')).text()).toBe(before);
  });
  test('an unknown route says so', async () => {
    const response = await server.api('/api/nothing');
    expect([response.status, await codeOf(response)]).toEqual([404, 'E-TERRARIUM-1102']);
  });
});

describe('files', () => {
  const file = (path: string) => `/api/environments/${id}/files/${path}`;
  const put = (path: string, body: BodyInit, headers: Record<string, string> = {}) => server.api(file(path), { method: 'PUT', body, headers });

  test('text goes in and out, as an attachment that nothing runs', async () => {
    expect((await put('src/new.ts', 'export {};\n')).status).toBe(201);
    const response = await server.api(file('src/new.ts'));
    expect(await response.text()).toBe('export {};\n');
    expect(response.headers.get('content-disposition')).toBe('attachment');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
  });
  test('binary goes in and out byte for byte', async () => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, i) => (i * 7) & 255);
    expect((await put('assets/data.bin', bytes)).status).toBe(201);
    expect(new Uint8Array(await (await server.api(file('assets/data.bin'))).arrayBuffer())).toEqual(bytes);
    const template = new Uint8Array(await (await server.api(file('public/dot.png'))).arrayBuffer());
    expect(template).toEqual(new Uint8Array([137, 80, 78, 71, 0, 1, 2, 3]));
  });
  test('a text that turns binary and back', async () => {
    await put('turn.txt', 'text');
    await put('turn.txt', new Uint8Array([0, 255]));
    expect(new Uint8Array(await (await server.api(file('turn.txt'))).arrayBuffer())).toEqual(new Uint8Array([0, 255]));
    await put('turn.txt', 'again 👋');
    expect(await (await server.api(file('turn.txt'))).text()).toBe('again 👋');
  });
  test('a stale revision is refused with the current one, and changes nothing', async () => {
    const first = (await put('cond.txt', 'one')).headers.get('etag') ?? '';
    expect((await put('cond.txt', 'two', { 'if-match': first })).status).toBe(200);
    const stale = await put('cond.txt', 'three', { 'if-match': first });
    expect([stale.status, await codeOf(stale)]).toEqual([412, 'E-TERRARIUM-1005']);
    expect((await put('cond.txt', 'new', { 'if-none-match': '*' })).status).toBe(412);
    expect((await server.api(file('cond.txt'), { method: 'DELETE', headers: { 'if-match': first } })).status).toBe(412);
    expect(await (await server.api(file('cond.txt'))).text()).toBe('two');
    expect((await server.api(file('cond.txt'), { method: 'DELETE' })).status).toBe(204);
    expect(await codeOf(await server.api(file('cond.txt')))).toBe('E-TERRARIUM-1003');
  });
  test.each(['..%2Fetc%2Fpasswd', 'a%2F..%2Fb', 'a%00b', 'a%2F%2Fb', '%2Fa', 'a%5Cb', '', 'x'.repeat(2000), '%E0%A4%A'])('path %j is refused', async (path) => {
    const response = await put(path, 'x');
    expect([response.status, await codeOf(response)]).toEqual([422, 'E-TERRARIUM-1004']);
  });
  test.each(['Package.json', 'PACKAGE.JSON', 'src', 'package.json/inner'])('%s clashes with what is there', async (path) => {
    const response = await put(path, 'x');
    expect([response.status, await codeOf(response)]).toEqual([409, 'E-TERRARIUM-1008']);
  });
  test('a file over the limit is refused, told or untold', async () => {
    expect(await codeOf(await put('big.bin', 'x', { 'content-length': String(30 * 1024 * 1024) }))).toBe('E-TERRARIUM-1140');
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)) });
    const response = await server.api(file('big.bin'), { method: 'PUT', body: endless, duplex: 'half' } as RequestInit);
    expect(await codeOf(response)).toBe('E-TERRARIUM-1140');
    expect((await server.api(file('big.bin'))).status).toBe(404);
  });
  test('a blob is stored under its true hash only', async () => {
    const wrong = await server.api(`/api/environments/${id}/blobs/${'0'.repeat(64)}`, { method: 'PUT', body: 'abc' });
    expect([wrong.status, await codeOf(wrong)]).toEqual([422, 'E-TERRARIUM-1007']);
    expect(await codeOf(await server.api(`/api/environments/${id}/blobs/${'0'.repeat(64)}`))).toBe('E-TERRARIUM-1006');
    expect(await codeOf(await server.api(`/api/environments/${id}/blobs/..%2f..%2fowner-token`))).toBe('E-TERRARIUM-1006');
  });
});
