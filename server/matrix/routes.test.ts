/** Every route as everybody: who is let in, and with which code who is not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../shared/config/load.ts';
import { startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { makeCallers, makeShare } from './callers.ts';
import type { Caller } from './callers.ts';
import { ROUTES } from './routes.ts';
import type { Admission, RouteCase } from './routes.ts';

let server: TestServer;
let id: string;
let callers: Caller[];
let link: string;
beforeAll(async () => {
  server = await startTestServer({ config: parseConfig('resources:\n  max_active: 1000\nheadless:\n  max: 0\nagents:\n  calls_per_minute: 100000\nshare:\n  lan: false\n').config });
  id = await server.create();
  // What the routes of history and of blobs ask for.
  await server.api(`/api/environments/${id}/files/first.txt`, { method: 'PUT', body: 'first' });
  await server.api(`/api/environments/${id}/history`, { method: 'POST', body: '{"name":"first"}', headers: { 'content-type': 'application/json' } });
  await server.api(`/api/environments/${id}/blobs/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad`, { method: 'PUT', body: 'abc' });
  callers = await makeCallers(server, id);
  link = (await makeShare(server, id, { role: 'viewer' })).name;
});
afterAll(() => server.dispose());

/** The code that keeps a caller out; undefined for who is let in. */
function refusal(admission: Admission, path: string, { role, verbs, suggests, refused, token, embed }: Caller): string | undefined {
  // Sign-in by a link judges its own token alone.
  if (refused !== undefined) return path.startsWith('/login') ? undefined : refused;
  if (admission === 'anybody') return undefined;
  if (token === undefined) return 'E-TERRARIUM-1400';
  if (admission === 'identity') return undefined;
  if (admission === 'server') return role === 'owner' ? undefined : 'E-TERRARIUM-1402';
  if (admission === 'embed') return embed === true ? undefined : 'E-TERRARIUM-1402';
  if (role === 'elsewhere' || role === 'none') return 'E-TERRARIUM-1001';
  if (role !== 'agent' || admission.verb === undefined) return admission.roles.some((one) => one === role) ? undefined : 'E-TERRARIUM-1402';
  if (!verbs.includes(admission.verb)) return 'E-TERRARIUM-1413';
  return suggests === true && admission.verb === 'files.write' ? 'E-TERRARIUM-1416' : undefined;
}

const codeIn = async (response: Response): Promise<string | undefined> => ((await response.json().catch(() => undefined)) as { error?: { code?: string } } | undefined)?.error?.code;

async function ask({ path, init, ends }: RouteCase, caller: Caller, isLetIn: boolean): Promise<Response> {
  const environment = ends === true && isLetIn ? await server.create() : id;
  return server.api(path.replace(':id', environment), { ...init, token: caller.token });
}

describe('every route as everybody', () => {
  test.each(Object.keys(ROUTES))('%s', async (name) => {
    const route = ROUTES[name] as RouteCase;
    const [wanted, found]: [unknown[], unknown[]] = [[], []];
    for (const caller of callers) {
      const code = refusal(route.admission, route.path, caller);
      const response = await ask(route, caller, code === undefined);
      wanted.push([caller.name, code ?? 'in']);
      found.push([caller.name, code === undefined && route.inside.includes(response.status) ? 'in' : ((await codeIn(response)) ?? response.status)]);
      if (code === undefined && response.status < 400) await response.body?.cancel();
    }
    expect(found).toEqual(wanted);
  });

  test.each(Object.keys(ROUTES))('%s at a share link reaches the task’s server and never the API', async (name) => {
    const { path, init } = ROUTES[name] as RouteCase;
    const address = new URL(server.base);
    const ask = (host: string) => server.fetch(new Request(`${address.protocol}//${link}.share.${host}${path.replace(':id', id)}`, init));
    const response = await ask(address.host);
    expect([response.status, await codeIn(response)]).toEqual([503, 'E-TERRARIUM-1320']);
    expect(response.headers.get('set-cookie')).toBeNull();
  });
});

test('the table has every route that answers', () => {
  expect(Object.keys(ROUTES).sort()).toEqual([...new Set(server.routes.map(({ method, path }) => `${method} ${path}`))].sort());
});

test('the document of the API has every route of the table, sign-in by a link left out', async () => {
  const { paths } = (await (await server.api('/api/openapi.json')).json()) as { paths: Record<string, Record<string, unknown>> };
  const documented = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\/tools\/.*/, '/tools/{name}')}`));
  const known = Object.keys(ROUTES).filter((name) => name !== 'GET /login' && name !== 'GET /api/openapi.json').map((name) => name.replace('*', '{path}').replace(/:(\w+)/g, '{$1}'));
  expect([...new Set(documented)].sort()).toEqual(known.sort());
});

/** Doors of the app's host beside the REST API. */
describe('what answers beside the API', () => {
  test('the health check says nothing else, to anybody', async () => {
    for (const { token } of callers) expect(await (await server.api('/healthz', { token })).json()).toEqual({ status: 'ok' });
  });
  test('the socket’s addresses say that they are for upgrades', async () => {
    for (const { token } of callers) for (const path of [`/ws/${id}`, `/ws/${id}/host`]) expect((await server.api(path, { token })).status).toBe(426);
  });
  test('MCP lets in who has an identity, and no cookie', async () => {
    const initialize = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } } });
    for (const caller of callers) {
      const response = await server.api('/mcp', { method: 'POST', body: initialize, headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }, token: caller.token });
      const code = caller.refused ?? (caller.token === undefined ? 'E-TERRARIUM-1400' : undefined);
      if (code === undefined) expect([caller.name, response.status]).toEqual([caller.name, 200]);
      if (code === undefined) await response.body?.cancel();
      else expect([caller.name, await codeIn(response)]).toEqual([caller.name, code]);
    }
    const owner = (await server.fetch(new Request(server.signInLink))).headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await server.api('/mcp', { method: 'POST', body: initialize, token: undefined, headers: { cookie: owner, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' } })).status).toBe(401);
  });
});
