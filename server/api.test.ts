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

describe('matrix: every route x every role', () => {
  const sha = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  const one = () => `/api/environments/${id}`;
  type Answers = [owner: number, editor: number, viewer: number, stranger: number, nobody: number];
  const routes: [name: string, path: () => string, init: () => RequestInit, answers: Answers][] = [
    ['POST /api/environments', () => '/api/environments', () => json({ taskId: 't', template: 'tiny' }), [201, 403, 403, 403, 401]],
    ['POST /api/environments/reservations', () => '/api/environments/reservations', () => json({ template: 'tiny' }), [201, 403, 403, 403, 401]],
    ['GET /api/environments', () => '/api/environments', () => ({}), [200, 200, 200, 200, 401]],
    ['GET /api/environments/:id', one, () => ({}), [200, 200, 200, 404, 401]],
    ['GET /api/templates', () => '/api/templates', () => ({}), [200, 200, 200, 200, 401]],
    ['GET /api/session', () => '/api/session', () => ({}), [200, 200, 200, 200, 401]],
    ['POST …/invites', () => `${one()}/invites`, () => json({ role: 'viewer' }), [201, 403, 403, 404, 401]],
    ['GET …/scopes', () => `${one()}/scopes`, () => ({}), [200, 403, 403, 404, 401]],
    ['PUT …/scopes', () => `${one()}/scopes`, () => json({ scopes: [] }, 'PUT'), [200, 403, 403, 404, 401]],
    ['GET …/files', () => `${one()}/files`, () => ({}), [200, 200, 200, 404, 401]],
    ['GET …/files/*', () => `${one()}/files/package.json`, () => ({}), [200, 200, 200, 404, 401]],
    ['PUT …/files/*', () => `${one()}/files/matrix.txt`, () => ({ method: 'PUT', body: 'same' }), [201, 200, 403, 404, 401]],
    ['DELETE …/files/*', () => `${one()}/files/package.json`, () => ({ method: 'DELETE', headers: { 'if-match': '"old"' } }), [412, 412, 403, 404, 401]],
    ['PUT …/blobs/:sha256', () => `${one()}/blobs/${sha}`, () => ({ method: 'PUT', body: 'abc' }), [204, 204, 403, 404, 401]],
    ['GET …/blobs/:sha256', () => `${one()}/blobs/${sha}`, () => ({}), [200, 200, 200, 404, 401]],
    ['GET …/console', () => `${one()}/console`, () => ({}), [200, 200, 200, 404, 401]],
    ['GET …/network', () => `${one()}/network`, () => ({}), [200, 200, 200, 404, 401]],
    ['POST …/agents', () => `${one()}/agents`, () => json({ name: 'A', verbs: ['files.read'] }), [201, 403, 403, 404, 401]],
    ['GET …/agents', () => `${one()}/agents`, () => ({}), [200, 200, 403, 404, 401]],
    ['DELETE …/agents/:agentId', () => `${one()}/agents/none`, () => ({ method: 'DELETE' }), [404, 403, 403, 404, 401]],
    ['PATCH …/agents/:agentId', () => `${one()}/agents/none`, () => json({ mode: 'edit' }, 'PATCH'), [404, 404, 403, 404, 401]],
    ['GET …/audit', () => `${one()}/audit`, () => ({}), [200, 403, 403, 404, 401]],
    ['GET …/history', () => `${one()}/history`, () => ({}), [200, 200, 200, 404, 401]],
    ['POST …/history', () => `${one()}/history`, () => json({ name: 'mark' }), [201, 201, 403, 404, 401]],
    ['GET …/history/:revision', () => `${one()}/history/1`, () => ({}), [200, 200, 200, 404, 401]],
    ['PATCH …/history/:revision', () => `${one()}/history/1`, () => json({ name: 'mark' }, 'PATCH'), [200, 200, 403, 404, 401]],
    ['GET …/history/:revision/files', () => `${one()}/history/1/files`, () => ({}), [200, 200, 200, 404, 401]],
    ['GET …/history/:revision/files/*', () => `${one()}/history/1/files/package.json`, () => ({}), [200, 200, 200, 404, 401]],
    ['POST …/history/:revision/restore', () => `${one()}/history/1/restore`, () => json({ paths: ['package.json'] }), [200, 200, 403, 404, 401]],
    ['GET …/sessions', () => `${one()}/sessions`, () => ({}), [200, 200, 403, 404, 401]],
    ['POST …/sessions/:session/undo', () => `${one()}/sessions/none/undo`, () => json({}), [404, 404, 403, 404, 401]],
    ['GET …/locks', () => `${one()}/locks`, () => ({}), [200, 200, 200, 404, 401]],
    ['POST …/locks', () => `${one()}/locks`, () => json({ path: 'package.json', reason: 'mine' }), [201, 423, 403, 404, 401]],
    ['DELETE …/locks/:fileId', () => `${one()}/locks/none`, () => ({ method: 'DELETE' }), [204, 204, 403, 404, 401]],
    ['GET …/proposals', () => `${one()}/proposals`, () => ({}), [200, 200, 403, 404, 401]],
    ['POST …/proposals/:proposal/decision', () => `${one()}/proposals/none/decision`, () => json({ accept: true }), [404, 404, 403, 404, 401]],
    ['GET …/export', () => `${one()}/export`, () => ({}), [200, 200, 200, 404, 401]],
    ['POST …/import', () => `${one()}/import`, () => ({ method: 'POST', body: 'no zip' }), [422, 422, 403, 404, 401]],
    ['POST …/import/git', () => `${one()}/import/git`, () => json({ url: 'https://127.0.0.1/x.git' }), [422, 422, 403, 404, 401]],
    ['POST /api/environments/imports', () => '/api/environments/imports?taskId=t', () => ({ method: 'POST', body: 'no zip' }), [422, 403, 403, 403, 401]],
    ['POST /api/environments/imports/git', () => '/api/environments/imports/git', () => json({ taskId: 't', url: 'https://127.0.0.1/x.git' }), [422, 403, 403, 403, 401]],
    ['POST …/suspend', () => `${one()}/suspend`, () => ({ method: 'POST' }), [200, 200, 403, 404, 401]],
    ['POST …/resume', () => `${one()}/resume`, () => ({ method: 'POST' }), [200, 200, 403, 404, 401]],
    ['POST …/shares', () => `${one()}/shares`, () => json({ role: 'viewer' }), [201, 403, 403, 404, 401]],
    ['GET …/shares', () => `${one()}/shares`, () => ({}), [200, 403, 403, 404, 401]],
    ['DELETE …/shares/:share', () => `${one()}/shares/none`, () => ({ method: 'DELETE' }), [404, 403, 403, 404, 401]],
    ['POST …/embeds', () => `${one()}/embeds`, () => json({ origins: ['https://a.example'] }), [201, 403, 403, 404, 401]],
    ['GET …/embeds', () => `${one()}/embeds`, () => ({}), [200, 403, 403, 404, 401]],
    ['DELETE …/embeds/:embed', () => `${one()}/embeds/none`, () => ({ method: 'DELETE' }), [404, 403, 403, 404, 401]],
    ['GET /api/embed', () => '/api/embed', () => ({}), [403, 403, 403, 403, 401]],
    ['DELETE /api/environments/:id', () => `/api/environments/none`, () => ({ method: 'DELETE' }), [404, 404, 404, 404, 401]],
    ['GET /api/openapi.json', () => '/api/openapi.json', () => ({}), [200, 200, 200, 200, 200]],
  ];
  test.each(routes)('%s', async (_name, path, init, answers) => {
    const given: number[] = [];
    for (const token of [tokens.owner, tokens.editor, tokens.viewer, tokens.stranger, undefined]) given.push((await server.api(path(), { ...init(), token })).status);
    expect(given).toEqual(answers);
  });
  test('only the owner terminates', async () => {
    for (const token of [tokens.editor, tokens.viewer]) expect((await server.api(one(), { method: 'DELETE', token })).status).toBe(403);
    const gone = await server.create();
    expect((await server.api(`/api/environments/${gone}`, { method: 'DELETE' })).status).toBe(204);
    expect((await server.api(`/api/environments/${gone}`)).status).toBe(404);
  });
  test('the matrix has every route that the document of the API has', async () => {
    const { paths } = (await (await server.api('/api/openapi.json')).json()) as { paths: Record<string, Record<string, unknown>> };
    // Tools have a matrix of their own, made from their description (server/agents/matrix.test.ts).
    const documented = Object.entries(paths).filter(([path]) => !path.includes('/tools/')).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    expect(documented.sort()).toEqual(
      [
        'delete /api/environments/{id}', 'delete /api/environments/{id}/files/{path}', 'delete /api/session', 'get /api/environments', 'get /api/environments/{id}', 'get /api/environments/{id}/blobs/{sha256}',
        'get /api/environments/{id}/files', 'get /api/environments/{id}/files/{path}', 'get /api/environments/{id}/scopes', 'put /api/environments/{id}/scopes', 'get /api/session', 'get /api/templates', 'post /api/environments', 'post /api/environments/reservations', 'post /api/environments/{id}/invites',
        'post /api/environments/{id}/agents', 'get /api/environments/{id}/agents', 'delete /api/environments/{id}/agents/{agentId}', 'patch /api/environments/{id}/agents/{agentId}', 'get /api/environments/{id}/audit',
        'get /api/environments/{id}/console', 'get /api/environments/{id}/network',
        'get /api/environments/{id}/history', 'post /api/environments/{id}/history', 'get /api/environments/{id}/history/{revision}', 'patch /api/environments/{id}/history/{revision}', 'get /api/environments/{id}/history/{revision}/files', 'get /api/environments/{id}/history/{revision}/files/{path}', 'post /api/environments/{id}/history/{revision}/restore',
        'get /api/environments/{id}/sessions', 'post /api/environments/{id}/sessions/{session}/undo', 'get /api/environments/{id}/locks', 'post /api/environments/{id}/locks', 'delete /api/environments/{id}/locks/{fileId}', 'get /api/environments/{id}/proposals', 'post /api/environments/{id}/proposals/{proposal}/decision',
        'get /api/environments/{id}/export', 'post /api/environments/{id}/import', 'post /api/environments/{id}/import/git', 'post /api/environments/imports', 'post /api/environments/imports/git',
        'post /api/environments/{id}/suspend', 'post /api/environments/{id}/resume',
        'get /api/environments/{id}/shares', 'post /api/environments/{id}/shares', 'delete /api/environments/{id}/shares/{share}',
        'get /api/environments/{id}/embeds', 'post /api/environments/{id}/embeds', 'delete /api/environments/{id}/embeds/{embed}', 'get /api/embed',
        'post /api/session', 'put /api/environments/{id}/blobs/{sha256}', 'put /api/environments/{id}/files/{path}',
      ].sort(),
    );
  });
});

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
  test('a reserved id is the environment’s, once, and nobody chooses their own', async () => {
    const reserve = async () => ((await (await server.api('/api/environments/reservations', json({ template: 'tiny' }))).json()) as { environmentId: string }).environmentId;
    const create = (reservation: string, template = 'tiny') => server.api('/api/environments', json({ taskId: 'R', template, reservation }));
    const reservation = await reserve();
    expect((await server.api(`/api/environments/${reservation}`)).status).toBe(404);
    expect(await codeOf(await create(reservation, 'nope'))).toBe('E-TERRARIUM-1002');
    expect(await (await create(reservation)).json()).toMatchObject({ environmentId: reservation, label: reservation });
    for (const refused of [reservation, 'abcdefghijklmnop', '']) expect([refused, await codeOf(await create(refused))]).toEqual([refused, 'E-TERRARIUM-1010']);
    expect(await reserve()).not.toBe(reservation);
    expect(await codeOf(await server.api('/api/environments/reservations', json({ template: 'nope' })))).toBe('E-TERRARIUM-1002');
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
  test('of too many reservations the oldest is given up', async () => {
    const reserve = async () => ((await (await server.api('/api/environments/reservations', json({ template: 'tiny' }))).json()) as { environmentId: string }).environmentId;
    const made: string[] = [];
    for (let i = 0; i <= 200; i++) made.push(await reserve());
    const create = (reservation = '') => server.api('/api/environments', json({ taskId: 'R', template: 'tiny', reservation }));
    expect(await codeOf(await create(made[0]))).toBe('E-TERRARIUM-1010');
    expect((await create(made[1])).status).toBe(201);
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
