import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, OWNER_TOKEN, startTestServer } from './testing.ts';
import type { TestServer } from './testing.ts';

let server: TestServer;
let port: number;
beforeAll(async () => {
  port = await freePort();
  server = await startTestServer({ port });
  await server.listen();
});
afterAll(() => server.dispose());

/** Over the wire, with any host name: Node does not resolve `*.localhost`. */
function get(host: string, pathname: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path: pathname, headers: { ...headers, host } }, (response) => {
      response.setEncoding('utf8');
      let body = '';
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', reject);
  });
}

test('[H1] the host name decides, over a real connection', async () => {
  expect((await get(`localhost:${port}`, '/')).body).toContain('app');
  expect((await get(`abc--5173.preview.localhost:${port}`, '/')).body).toContain('bootstrap');
  expect((await get('evil.example', '/')).status).toBe(421);
  expect((await get('LOCALHOST:' + port, '/healthz')).status).toBe(200);
  expect((await get('bad host', '/')).status).toBe(400);
});

test('[H2] 60 KB of cookies are tolerated on every host', async () => {
  const cookie = `a=${'x'.repeat(60_000)}`;
  for (const host of [`localhost:${port}`, `abc.preview.localhost:${port}`, `abc--1.preview.localhost:${port}`]) expect((await get(host, '/healthz', { cookie })).status).not.toBe(431);
});

test('[H10] no encoding of a path leaves its folder', async () => {
  for (const pathname of ['/../package.json', '/..%2f..%2fpackage.json', '/%2e%2e/%2e%2e/package.json', '/assets/..%5c..%5cpackage.json', '/%00', '/%E0%A4%A', '//etc/passwd']) {
    const { status, body } = await get(`localhost:${port}`, pathname);
    expect([pathname, status]).toEqual([pathname, 404]);
    expect(body).toContain('E-TERRARIUM-1102');
  }
});

test('a WebSocket address says so to a plain request', async () => {
  const { status, body } = await get(`localhost:${port}`, '/ws/abc');
  expect(status).toBe(426);
  expect(body).toContain('E-TERRARIUM-1303');
});

test('nothing internal leaks from a failure', async () => {
  const { status, body } = await get(`localhost:${port}`, `/api/environments`, { authorization: `Bearer ${OWNER_TOKEN}`, 'content-type': 'application/json' });
  expect(status).toBe(200);
  expect(body).not.toContain(os.tmpdir());
});

test('SIGTERM ends the process in order, with 0', async () => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'terrarium-stop-'));
  const own = await freePort();
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts')], { env: { ...process.env, PORT: String(own), TERRARIUM_DATA: root, TERRARIUM_OWNER_TOKEN: OWNER_TOKEN }, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    let output = '';
    child.stdout.setEncoding('utf8');
    while (!output.includes('ready')) output += String((await once(child.stdout, 'data'))[0]);
    expect(output).toContain(`http://localhost:${own}/login?token=`);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    rmSync(root, { recursive: true, force: true });
  }
}, 20_000);

test('a wrong setting is named at the start', async () => {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts')], { env: { ...process.env, PORT: 'eighty' }, stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.setEncoding('utf8');
  const [text] = (await once(child.stderr, 'data')) as [string];
  expect(text).toContain('environment variable PORT');
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(1);
});
