/** A whole server on a folder of its own, for tests: requests go straight to its fetch function, or over a port. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseConfig } from '../shared/config/load.ts';
import type { Logger } from './logger.ts';
import { createTerrarium } from './server.ts';
import type { Terrarium } from './server.ts';
import type { Settings } from './settings.ts';

export const OWNER_TOKEN = 'owner-token-of-the-tests';

export interface TestServer extends Terrarium {
  base: string;
  settings: Settings;
  log: string[];
  /** A request to the app's host as the owner (no token with `token: undefined` given). */
  api(pathname: string, init?: RequestInit & { token?: string | undefined }): Promise<Response>;
  /** Creates an environment and returns its id. */
  create(): Promise<string>;
  invite(environmentId: string, role: 'editor' | 'viewer'): Promise<string>;
  /** Stops it and removes its folder. */
  dispose(): Promise<void>;
}

export async function startTestServer(overrides: Partial<Settings> = {}): Promise<TestServer> {
  const root = overrides.root ?? mkdtempSync(path.join(os.tmpdir(), 'terrarium-server-'));
  const settings = { ...defaults(root, overrides.port ?? 4000), ...overrides };
  writeFixture(root);
  const log: string[] = [];
  const keep = (message: string, fields = {}) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep };
  const terrarium = await createTerrarium(settings, logger);
  const api: TestServer['api'] = (pathname, init = {}) => {
    const { token, ...rest } = 'token' in init ? init : { ...init, token: OWNER_TOKEN };
    const headers = new Headers(rest.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    return terrarium.fetch(new Request(settings.baseOrigin + pathname, { ...rest, headers }));
  };
  const post = async <T>(pathname: string, body: unknown) => (await (await api(pathname, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })).json()) as T;
  return {
    ...terrarium,
    base: settings.baseOrigin,
    settings,
    log,
    api,
    create: async () => (await post<{ environmentId: string }>('/api/environments', { taskId: 'task', template: 'tiny' })).environmentId,
    invite: async (id, role) => (await post<{ token: string }>(`/api/environments/${id}/invites`, { role })).token,
    async dispose() {
      await terrarium.close();
      if (overrides.root === undefined) rmSync(root, { recursive: true, force: true });
    },
  };
}

/** One that listens on a port, with an environment in it. */
export async function startListening(overrides: Partial<Settings> = {}): Promise<{ server: TestServer; port: number; id: string }> {
  const port = await freePort();
  const server = await startTestServer({ ...overrides, port });
  await server.listen();
  return { server, port, id: await server.create() };
}

function defaults(root: string, port: number): Settings {
  return {
    root,
    port,
    listen: ['127.0.0.1'],
    baseOrigin: `http://localhost:${port}`,
    dataDir: path.join(root, 'data'),
    distDir: path.join(root, 'dist'),
    templatesDir: path.join(root, 'templates'),
    ownerToken: OWNER_TOKEN,
    embedOrigins: ['https://embedder.example'],
    packagesMode: 'allowlist',
    // A browser of the server's own is started where a test asks for one.
    config: parseConfig('resources:\n  max_active: 1000\nheadless:\n  max: 0\n').config,
    warnings: [],
  };
}

/** A template, and files where the build puts those that the hosts serve. */
export function writeFixture(root: string): void {
  const files: Record<string, string | Uint8Array> = {
    'templates/tiny/terrarium.json': JSON.stringify({ title: 'Tiny', port: 5173 }),
    'templates/tiny/package.json': '{"name":"tiny"}\n',
    'templates/tiny/src/main.ts': 'export const greeting = "hello";\n',
    'templates/tiny/public/dot.png': new Uint8Array([137, 80, 78, 71, 0, 1, 2, 3]),
    'dist/host/headless.html': '<!doctype html><html><head><script type="module" src="/~runtime/host.js"></script></head></html>',
    'dist/host/relay.html': '<!doctype html>',
    'dist/host/forget.js': 'forget();',
    'dist/host/host-sw.js': '// worker',
    'dist/host/kernel-abc.js': '// kernel',
    'dist/host/manifest.json': '{"kernel":"kernel-abc.js"}',
    'dist/preview/bootstrap.html': '<!doctype html><title>bootstrap</title>',
    'dist/preview/client.js': '// client',
    'dist/broker/index.html': '<!doctype html>',
    'dist/app/index.html': '<!doctype html><title>app</title>',
    'dist/app/embed.html': '<!doctype html><title>embed</title>',
    'dist/embed/element.js': '// component',
    'dist/app/assets/index-1.js': '// app',
  };
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** A port that nothing listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
