/** The whole service against the configured registry; responses are kept in .terrarium/test-cache for runs without a network. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePack } from '../../shared/pack/format.ts';
import { createPackagesApp } from './index.ts';
import type { PackagesApp } from './index.ts';
import type { ResolveResponse } from './protocol.ts';

const ORIGIN = 'http://packages.preview.localhost:4129';
const root = join(import.meta.dirname, '../..');
let app: PackagesApp;
let packageJson: string;
let lockfile: string;

beforeAll(async () => {
  const log = () => {};
  app = await createPackagesApp({
    dataDir: join(root, '.terrarium/test-cache'),
    config: { packagesMode: 'allowlist' },
    verifyCapability: (token) => (token === 'good' ? { label: 'test', kind: 'packages' } : undefined),
    logger: { info: log, warn: log, error: log },
    npm: { preferOffline: true },
  });
  packageJson = await readFile(join(root, 'templates/react-ts/package.json'), 'utf8');
  lockfile = await readFile(join(root, 'templates/react-ts/package-lock.json'), 'utf8');
});
afterAll(() => app.close());

const resolve = async (body: object, headers: Record<string, string> = { authorization: 'Bearer good' }) => app.fetch(new Request(`${ORIGIN}/resolve`, { method: 'POST', body: JSON.stringify({ v: 1, ...body }), headers }));

describe('package service', () => {
  test('[PK-R2] [PK-R5] [PK-R6] the template installs from its lockfile, with WebAssembly builds in mounts alone', { timeout: 60_000 }, async () => {
    const response = await resolve({ packageJson, lockfile, frozen: true });
    const answer = (await response.json()) as ResolveResponse;
    expect(response.status).toBe(200);
    expect(answer.lockfile).toBe(lockfile);
    expect(answer.packageJson).toBe(packageJson);
    expect(answer.mounts.map(({ path, name }) => [path, name])).toEqual(expect.arrayContaining([['node_modules/lightningcss', 'lightningcss-wasm'], ['node_modules/@rolldown/binding-wasm32-wasi', '@rolldown/binding-wasm32-wasi']]));
    expect(answer.mounts.some(({ name }) => name.includes('linux-x64'))).toBe(false);

    const vite = answer.mounts.find(({ name }) => name === 'vite');
    expect(vite?.bin).toEqual({ vite: 'bin/vite.js' });
    const pack = await app.fetch(new Request(`${ORIGIN}/packs/${vite?.pack}`));
    expect(pack.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const bytes = new Uint8Array(await pack.arrayBuffer());
    expect(bytes.length).toBe(vite?.bytes);
    expect(parsePack(bytes).header.name).toBe('vite');
    const gzip = await app.fetch(new Request(`${ORIGIN}/packs/${vite?.pack}?encoding=gzip`));
    expect(gzip.headers.get('content-encoding')).toBe('gzip');
  });

  test('[PK-R3] a lockfile out of step is refused when frozen', async () => {
    const response = await resolve({ packageJson: packageJson.replace('"react": "^19', '"react": "^18'), lockfile, frozen: true });
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ error: { code: 'E-TERRARIUM-2153' }, npm: { code: 'EUSAGE' } });
  });

  test('[PK-R1] moment is refused with the alternative', async () => {
    const response = await resolve({ packageJson, lockfile, add: ['moment'] });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: 'E-TERRARIUM-1120', next: 'Use date-fns or dayjs.' } });
  });

  test('[PK-O1] a package that comes with the server is resolved, locked and packed like any other', { timeout: 60_000 }, async () => {
    const added = (await (await resolve({ packageJson: '{"name":"x","version":"1.0.0"}', add: ['@terrarium/app'] })).json()) as ResolveResponse;
    expect(JSON.parse(added.packageJson)).toMatchObject({ dependencies: { '@terrarium/app': expect.stringMatching(/^\^1\./) as string } });
    const again = (await (await resolve({ packageJson: added.packageJson, lockfile: added.lockfile, frozen: true })).json()) as ResolveResponse;
    const mount = again.mounts.find(({ name }) => name === '@terrarium/app');
    const pack = parsePack(new Uint8Array(await (await app.fetch(new Request(`${ORIGIN}/packs/${mount?.pack}`))).arrayBuffer()));
    expect(pack.header.name).toBe('@terrarium/app');
    expect(mount?.types).toBeDefined();
  });

  test('[PK-R2] an added package is resolved by npm and written as npm writes it', { timeout: 60_000 }, async () => {
    const answer = (await (await resolve({ packageJson, lockfile, add: ['ms@2.1.3'] })).json()) as ResolveResponse;
    expect(JSON.parse(answer.packageJson)).toMatchObject({ dependencies: { ms: '^2.1.3' } });
    const packages = (JSON.parse(answer.lockfile) as { packages: Record<string, object> }).packages;
    expect(packages).toHaveProperty(['node_modules/@rolldown/binding-linux-x64-gnu']);
    expect(packages).toHaveProperty(['node_modules/ms']);
    expect(answer.lockfile).not.toContain('lightningcss-wasm');
  });

  test('[PK-T1] contents with another integrity are refused', { timeout: 60_000 }, async () => {
    const wrong = JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies: { ms: '2.1.3' } }, 'node_modules/ms': { version: '2.1.3', integrity: `sha512-${'A'.repeat(86)}==` } } });
    const response = await resolve({ packageJson: '{"dependencies":{"ms":"2.1.3"}}', lockfile: wrong, frozen: true });
    expect(await response.json()).toMatchObject({ error: { code: 'E-TERRARIUM-2158' } });
  });

  test('[PK-R4] addresses in a lockfile are never fetched', { timeout: 60_000 }, async () => {
    let reached = 0;
    const trap = createServer((_, response) => {
      reached++;
      response.end();
    });
    await new Promise<void>((done) => trap.listen(0, '127.0.0.1', done));
    const address = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/x.tgz`;
    const lockOf = (packages: object) => JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies: { ms: '2.1.3' } }, ...packages } });
    const project = '{"dependencies":{"ms":"2.1.3"}}';
    const entry = { version: '2.1.3', resolved: address };
    for (const lock of [
      lockOf({ 'node_modules/ms': entry }),
      lockOf({ 'node_modules/ms': { ...entry, version: address } }),
      lockOf({ 'node_modules/ms': { version: '2.1.3', dependencies: { other: address } } }),
      lockOf({ 'node_modules/ms': { version: '2.1.3', optionalDependencies: { 'x-wasm32-wasi': address } } }),
      JSON.stringify({ lockfileVersion: 1, dependencies: { ms: { version: address }, other: entry } }),
    ]) {
      await resolve({ packageJson: project, lockfile: lock });
      await resolve({ packageJson: project, lockfile: lock, frozen: true });
      await resolve({ packageJson: project, lockfile: lock, add: ['zod'] });
    }
    trap.close();
    expect(reached).toBe(0);
  });

  test('tokens, bodies and addresses are checked', async () => {
    expect((await resolve({ packageJson }, {})).status).toBe(401);
    expect((await resolve({ packageJson }, { authorization: 'Bearer bad' })).status).toBe(401);
    expect((await resolve({ packageJson: 5 })).status).toBe(422);
    expect((await resolve({ packageJson: '{' })).status).toBe(422);
    expect((await app.fetch(new Request(`${ORIGIN}/packs/${'0'.repeat(64)}`))).status).toBe(404);
    expect((await app.fetch(new Request(`${ORIGIN}/packs/../x`))).status).toBe(404);
  });

  test.each([
    ['http://some-label.preview.localhost:4129', 'http://some-label.preview.localhost:4129'],
    ['http://evil.example', null],
    ['http://some-label--80.preview.localhost:4129', null],
    ['null', null],
  ])('an answer to %s is readable for %s', async (origin, allowed) => {
    const preflight = await app.fetch(new Request(`${ORIGIN}/resolve`, { method: 'OPTIONS', headers: { origin } }));
    expect(preflight.headers.get('access-control-allow-origin')).toBe(allowed);
  });
});
