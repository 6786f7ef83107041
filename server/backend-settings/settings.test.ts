import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { createSeal } from './seal.ts';
import { createBackendSettings } from './settings.ts';

let server: TestServer;
let id: string;
beforeAll(async () => {
  server = await startTestServer();
  id = await server.create();
});
afterAll(async () => await server.dispose());

const call = (method: string, what: string, body?: unknown, extra = {}) =>
  server.api(`/api/environments/${id}/backend/${what}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }), ...extra });
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

describe('over REST', () => {
  test('[BS1] [BS2] a variable is shown again, a secret never', async () => {
    await call('PUT', 'variables/GREETING', { value: 'hello', secret: false });
    const answer = await call('PUT', 'variables/API_KEY', { value: 'sk-very-secret' });
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(text).not.toContain('sk-very-secret');
    const { variables } = JSON.parse(text) as { variables: { name: string; value: string | null; secret: boolean }[] };
    expect(variables.map(({ name, value, secret }) => [name, value, secret])).toEqual([['API_KEY', null, true], ['GREETING', 'hello', false]]);
    expect(await (await call('GET', 'settings')).text()).not.toContain('sk-very-secret');
    expect(server.log.join('\n')).not.toContain('sk-very-secret');
  });

  test('[BS1] names that no program can use, and ours, are refused', async () => {
    for (const name of ['DB', 'TERRARIUM_X', '1A', 'A-B', '__proto__', `A${'b'.repeat(120)}`]) expect(await codeOf(await call('PUT', `variables/${name}`, { value: 'x' })), name).toBe('E-TERRARIUM-1250');
    expect(await codeOf(await call('DELETE', 'variables/NONE'))).toBe('E-TERRARIUM-1251');
  });

  test('[BS3] neither the database file nor its log has a value in the clear', async () => {
    await call('PUT', 'variables/LOOK', { value: 'needle-in-the-file' });
    const folder = server.settings.dataDir;
    for (const file of ['terrarium.sqlite', 'terrarium.sqlite-wal']) expect(readFileSync(path.join(folder, file)).includes('needle-in-the-file'), file).toBe(false);
  });

  test('[BS5] no viewer reads or sets them; an editor does', async () => {
    const [viewer, editor] = [await server.invite(id, 'viewer'), await server.invite(id, 'editor')];
    expect((await call('GET', 'settings', undefined, { token: viewer })).status).toBe(403);
    expect((await call('GET', 'settings', undefined, { token: editor })).status).toBe(200);
    expect((await call('GET', 'settings', undefined, { token: undefined })).status).toBe(401);
  });

  test('[BS7] [BS8] hosts are declared with or without a credential, whose value is never shown', async () => {
    const answer = await call('PUT', 'hosts/API.example.com', { credential: { header: 'Authorization', value: 'Bearer hidden-value' } });
    const text = await answer.text();
    expect(text).toContain('"host":"api.example.com","header":"authorization"');
    expect(text).not.toContain('hidden-value');
    expect(await (await call('PUT', 'hosts/api.example.com', {})).text()).toContain('"header":"authorization"');
    expect(await (await call('PUT', 'hosts/api.example.com', { credential: null })).text()).toContain('"header":null');
    for (const host of ['127.0.0.1', 'localhost', 'a.internal', '2130706433', '*', '%5B::1%5D', 'example.com:80']) expect(await codeOf(await call('PUT', `hosts/${host}`, {})), host).toBe('E-TERRARIUM-1252');
    for (const header of ['Host', 'content-length', 'a b', 'x\r\ny']) expect((await call('PUT', 'hosts/api.example.com', { credential: { header, value: 'x' } })).status, header).toBe(422);
    expect((await call('PUT', 'hosts/api.example.com', { credential: { header: 'x-a', value: 'a\r\nb: c' } })).status).toBe(422);
    expect((await call('DELETE', 'hosts/api.example.com')).status).toBe(200);
    expect(await codeOf(await call('DELETE', 'hosts/api.example.com'))).toBe('E-TERRARIUM-1262');
  });
});

function settingsOf(database: DatabaseSync, key = randomBytes(32)) {
  return createBackendSettings({ database, key });
}

function emptyDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec(`CREATE TABLE backend_variables (environment_id TEXT, name TEXT, secret INTEGER, value BLOB, updated_at INTEGER, PRIMARY KEY (environment_id, name));
    CREATE TABLE backend_hosts (environment_id TEXT, host TEXT, header TEXT, value BLOB, updated_at INTEGER, PRIMARY KEY (environment_id, host));`);
  return database;
}

test('[BS4] with another key reading is refused, and setting anew works', () => {
  const database = emptyDatabase();
  settingsOf(database).setVariable('e', { name: 'A', value: 'x', secret: true });
  const other = settingsOf(database);
  expect(() => other.valuesOf('e')).toThrow(/cannot be read with the key/);
  other.setVariable('e', { name: 'A', value: 'y', secret: true });
  expect(other.valuesOf('e')).toEqual({ A: 'y' });
});

test('[BS3] a sealed value opens only where it stands', () => {
  const seal = createSeal(randomBytes(32));
  const sealed = seal.close('text', 'here');
  expect(seal.open(sealed, 'here')).toBe('text');
  expect(() => seal.open(sealed, 'there')).toThrow(/cannot be read/);
  expect(() => seal.open(sealed.subarray(0, 5), 'here')).toThrow(/cannot be read/);
});

test('[BS6] each change of a variable is told, with the environment', () => {
  const settings = settingsOf(emptyDatabase());
  const told: string[] = [];
  const stop = settings.onVariables((environmentId) => told.push(environmentId));
  settings.setVariable('a', { name: 'A', value: '1', secret: false });
  settings.removeVariable('a', 'A');
  settings.setHost('a', 'api.example.com');
  stop();
  settings.setVariable('b', { name: 'A', value: '1', secret: false });
  expect(told).toEqual(['a', 'a']);
});

test('[BS7] the most exact host counts', () => {
  const settings = settingsOf(emptyDatabase());
  settings.setHost('e', '*.example.com', { header: 'X-Key', value: 'wide' });
  settings.setHost('e', 'api.example.com', { header: 'X-Key', value: 'exact' });
  expect(settings.declared('e', 'api.example.com')?.credential?.value).toBe('exact');
  expect(settings.declared('e', 'b.example.com')?.credential).toEqual({ header: 'x-key', value: 'wide' });
  expect(settings.declared('e', 'example.com')).toBeUndefined();
  expect(settings.declared('other', 'api.example.com')).toBeUndefined();
});
