/** Private scopes from end to end: a registry of their own, the capability of an environment, what its owner grants. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing.ts';
import type { ResolveResponse } from './protocol.ts';

const SETTING = 'npm_config_@acme:registry';
let registry: Server;
let server: TestServer;
let granted: string;
let other: string;

beforeAll(async () => {
  const tarball = await packageOf({ name: '@acme/secret', version: '1.0.0' });
  registry = createServer((request, response) => {
    if (request.url?.endsWith('.tgz') === true) return void response.end(tarball);
    if (request.url?.includes('missing') === true) return void response.writeHead(404).end();
    const dist = { tarball: `http://${request.headers.host}/secret.tgz`, integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}` };
    return void response.setHeader('content-type', 'application/json').end(JSON.stringify({ name: '@acme/secret', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': { name: '@acme/secret', version: '1.0.0', dist } } }));
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  process.env[SETTING] = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
  server = await startTestServer({ packagesMode: 'open' });
  [granted, other] = [await server.create(), await server.create()];
});
afterAll(async () => {
  Reflect.deleteProperty(process.env, SETTING);
  await server.dispose();
  registry.close();
});

async function packageOf(manifest: object): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: 'package/package.json' }, JSON.stringify(manifest));
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive) pieces.push(piece as Buffer);
  return gzipSync(Buffer.concat(pieces));
}

/** As the container host of an environment gets it. */
async function capabilityOf(id: string): Promise<string> {
  const page = await (await server.fetch(new Request(`http://${id}.preview.localhost:4000/headless`))).text();
  const [, boot = ''] = /id="terrarium-boot">([^<]*)</.exec(page) ?? [];
  return (JSON.parse(boot) as { capability: string }).capability;
}

const ask = async (id: string, path: string, init: RequestInit = {}) =>
  server.fetch(new Request(`http://packages.preview.localhost:4000${path}`, { ...init, headers: { authorization: `Bearer ${await capabilityOf(id)}` } }));
const install = (id: string) => ask(id, '/resolve', { method: 'POST', body: JSON.stringify({ v: 1, packageJson: '{}', add: ['@acme/secret'] }) });
const grant = (id: string, scopes: string[]) => server.api(`/api/environments/${id}/scopes`, { method: 'PUT', body: JSON.stringify({ scopes }), headers: { 'content-type': 'application/json' } });

test('a private scope is refused until its environment is granted it, and again when it is taken back', async () => {
  expect(await (await install(granted)).json()).toMatchObject({ error: { code: 'E-TERRARIUM-1124' } });
  expect(await (await grant(granted, ['@acme'])).json()).toEqual({ scopes: ['@acme'] });
  const answer = (await (await install(granted)).json()) as ResolveResponse;
  expect(answer.mounts.map(({ name }) => name)).toEqual(['@acme/secret']);
  const pack = `/packs/${answer.mounts[0]?.pack}`;
  expect((await ask(granted, pack)).status).toBe(200);
  expect((await ask(other, pack)).status).toBe(403);
  expect((await server.fetch(new Request(`http://packages.preview.localhost:4000${pack}`))).status).toBe(401);
  expect((await install(other)).status).toBe(403);
  await grant(granted, []);
  expect((await install(granted)).status).toBe(403);
});

test('a name that its registry does not have', async () => {
  await grant(granted, ['@acme']);
  const response = await ask(granted, '/resolve', { method: 'POST', body: JSON.stringify({ v: 1, packageJson: '{}', add: ['@acme/missing'] }) });
  expect(await response.json()).toMatchObject({ error: { code: 'E-TERRARIUM-2150', message: expect.stringContaining('Check the spelling') as string } });
});

test('what is no scope is not granted', async () => {
  const response = await grant(granted, ['acme']);
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ error: { code: 'E-TERRARIUM-1101' } });
});
