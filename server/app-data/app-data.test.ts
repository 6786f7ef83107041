import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createCapabilities } from '../auth/capability.ts';
import type { BackendDatabase } from '../backends/driver.ts';
import type { BackendEntry } from '../backends/backends.ts';
import { createLogger } from '../logger.ts';
import { createAppData } from './app-data.ts';

/** SQLite itself, without the process around it. */
function databaseOf(sqlite: DatabaseSync): BackendDatabase {
  return {
    query(sql, parameters) {
      const statement = sqlite.prepare(sql);
      const rows = statement.all(...(parameters as string[])).map((row) => Object.values(row));
      return Promise.resolve({ columns: [], rows, rowsRead: 0, rowsWritten: 0 });
    },
    batch(statements) {
      for (const { sql } of statements) sqlite.exec(sql);
      return Promise.resolve();
    },
    bytes: () => Promise.resolve(0),
  };
}

function setUp() {
  const databases = new Map<string, DatabaseSync>();
  const listeners = new Set<(entry: BackendEntry) => void>();
  const of = (id: string): DatabaseSync => {
    const found = databases.get(id) ?? new DatabaseSync(':memory:');
    databases.set(id, found);
    return found;
  };
  const appData = createAppData({
    backends: {
      database: (id) => Promise.resolve(databaseOf(of(id))),
      subscribe: (_, listener) => (listeners.add(listener), () => void listeners.delete(listener)),
    },
    capabilities: createCapabilities(new Uint8Array(32)), backendOrigin: (label) => `http://${label}.backend.test`, logger: createLogger(),
  });
  const ask = (path: string, init: RequestInit = {}, label = 'alpha') => appData.fetch(new Request(`http://${label}--5173.preview.test/~terrarium/app${path}`, init), label);
  const tokenOf = async (label: string): Promise<string> => ((await (await ask('', { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } }, label)).json()) as { token: string }).token;
  const client = async (label = 'alpha') => {
    const authorization = `Bearer ${await tokenOf(label)}`;
    return async (method: string, path: string, body?: unknown) => {
      const response = await ask(path, { method, headers: { authorization }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, label);
      return { status: response.status, body: response.status === 204 ? undefined : ((await response.json()) as Record<string, unknown>) };
    };
  };
  const restarted = () => listeners.forEach((listener) => listener({ cursor: 1, event: { kind: 'state', at: 1, state: 'running' } }));
  return { ask, client, tokenOf, of, restarted };
}

const codeOf = (body: unknown): unknown => (body as { error: { code: string } }).error.code;

test('[AD3] [AD6] a record is created, read, patched, listed and removed', async () => {
  const call = await setUp().client();
  const made = await call('POST', '/data/notes', { text: 'hello', done: false, createdAt: 5 });
  expect(made).toMatchObject({ status: 201, body: { text: 'hello', done: false, id: expect.any(String) as string } });
  expect(made.body?.['createdAt']).toBeGreaterThan(1_600_000_000_000);
  const path = `/data/notes/${String(made.body?.['id'])}`;
  expect(await call('PATCH', path, { done: true, text: null, id: 'other' })).toMatchObject({ status: 200, body: { id: made.body?.['id'], done: true } });
  expect((await call('GET', path)).body).not.toHaveProperty('text');
  expect((await call('GET', '/data/notes')).body).toMatchObject({ records: [{ done: true }] });
  expect((await call('GET', '/data/others')).body).toEqual({ records: [] });
  expect((await call('DELETE', path)).status).toBe(204);
  expect(codeOf((await call('DELETE', path)).body)).toBe('E-TERRARIUM-1273');
});

test('[AD3] what is no record is refused, with its reason', async () => {
  const call = await setUp().client();
  const codes: unknown[] = [];
  for (const body of [[1], 'text', null, { id: 7 }, { id: '' }]) codes.push(codeOf((await call('POST', '/data/notes', body)).body));
  expect(codes).toEqual(Array(5).fill('E-TERRARIUM-1275'));
  expect(codeOf((await call('POST', '/data/notes', { text: 'x'.repeat(70_000) })).body)).toBe('E-TERRARIUM-1272');
  expect(codeOf((await call('GET', '/data/a%2F..%2Fb')).body)).toBe('E-TERRARIUM-1271');
  expect(codeOf((await call('GET', "/data/a'--")).body)).toBe('E-TERRARIUM-1271');
  await call('POST', '/data/notes', { id: 'mine' });
  expect(codeOf((await call('POST', '/data/notes', { id: 'mine' })).body)).toBe('E-TERRARIUM-1274');
  expect(codeOf((await call('PUT', '/data/notes')).body)).toBe('E-TERRARIUM-1102');
});

test('[AD1] no token, none of ours, another kind of token: nothing is read', async () => {
  const { ask } = setUp();
  const capabilities = createCapabilities(new Uint8Array(32));
  const bad = [undefined, 'x', capabilities.issueCapability({ label: 'alpha', kind: 'packages', exp: Date.now() + 1000 }), capabilities.issueCapability({ label: 'alpha', kind: 'app-data', exp: Date.now() - 1 })];
  for (const token of bad) {
    const response = await ask('/data/notes', token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
    expect([response.status, codeOf(await response.json())]).toEqual([401, 'E-TERRARIUM-1270']);
  }
});

test('[AD1] a token goes to a page of the origin alone', async () => {
  const { ask } = setUp();
  const refused = [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { 'sec-fetch-site': 'none' }, {}, { origin: 'http://beta--5173.preview.test' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site', origin: 'http://alpha--5173.preview.test' }];
  for (const headers of refused) expect([headers, (await ask('', { method: 'POST', headers: headers as Record<string, string> })).status]).toEqual([headers, 401]);
  // Over the local network, without TLS, there is no more than this.
  expect((await ask('', { method: 'POST', headers: { origin: 'http://alpha--5173.preview.test' } })).status).toBe(200);
  expect(await (await ask('', { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } })).json()).toMatchObject({ v: 1, backend: 'http://alpha.backend.test' });
});

test('[AD2] the token of one environment opens no other, and neither sees what the other has', async () => {
  const { ask, client, tokenOf } = setUp();
  await (await client('alpha'))('POST', '/data/notes', { text: 'of alpha' });
  expect((await (await client('beta'))('GET', '/data/notes')).body).toEqual({ records: [] });
  const response = await ask('/data/notes', { headers: { authorization: `Bearer ${await tokenOf('beta')}` } }, 'alpha');
  expect(response.status).toBe(401);
});

test('[AD4] two people who change different fields both have their way', async () => {
  const call = await setUp().client();
  await call('POST', '/data/notes', { id: 'one', a: 0, b: { c: 0, d: 0 } });
  await Promise.all([call('PATCH', '/data/notes/one', { a: 1 }), call('PATCH', '/data/notes/one', { b: { c: 1 } })]);
  expect((await call('GET', '/data/notes/one')).body).toMatchObject({ a: 1, b: { c: 1, d: 0 } });
});

test('[AD5] [AD6] a live query tells what there is, each change, and everything anew after a reset', async () => {
  const { ask, client, tokenOf, of, restarted } = setUp();
  const call = await client();
  await call('POST', '/data/notes', { id: 'first' });
  const abort = new AbortController();
  const response = await ask('/data/notes', { headers: { accept: 'text/event-stream', authorization: `Bearer ${await tokenOf('alpha')}` }, signal: abort.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => JSON.parse(((await reader?.read())?.value ?? '').replace(/^data: /, '')) as Record<string, unknown>;
  expect(await next()).toMatchObject({ kind: 'snapshot', records: [{ id: 'first' }] });
  await call('POST', '/data/notes', { id: 'second', n: 1 });
  await call('POST', '/data/others', { id: 'elsewhere' });
  await call('PATCH', '/data/notes/second', { n: 2 });
  await call('DELETE', '/data/notes/first');
  expect([await next(), await next(), await next()]).toMatchObject([{ kind: 'put', record: { id: 'second', n: 1 } }, { kind: 'put', record: { id: 'second', n: 2 } }, { kind: 'remove', id: 'first' }]);
  of('alpha').exec('DROP TABLE terrarium_app_data');
  restarted();
  expect(await next()).toEqual({ kind: 'snapshot', records: [] });
  await reader?.cancel();
});
