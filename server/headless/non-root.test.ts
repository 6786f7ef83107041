/** [HB1] The server's browser where the server is not root: the ordinary case of a machine that people set up. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, chmodSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startListening } from '../host-link/testing.ts';
import type { TestServer } from '../testing.ts';
import { NOBODY } from './executable.ts';

let server: TestServer;
let folder: string;
beforeAll(async () => {
  server = await startListening();
  folder = mkdtempSync(path.join(os.tmpdir(), 'terrarium-nobody-'));
  chmodSync(folder, 0o777);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.dispose();
});

const isRoot = process.getuid?.() === 0;
const program = [process.execPath, path.join(import.meta.dirname, 'testing-launch.ts')];
/** As nobody where the tests run as root, else as whoever runs them. */
const prefix = isRoot ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--no-new-privs', '--'] : [];

function run(words: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const [command = '', ...args] = words;
    const child = spawn(command, args, { env: { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder }, cwd: folder });
    let [out, err] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
    child.stderr.on('data', (piece: Buffer) => (err += piece.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

test.skipIf(isRoot && !existsSync('/usr/bin/setpriv'))('[HB1][HB2][HB4] it starts with its sandbox, reaches this server and nothing else, and leaves nothing behind', async () => {
  const { code, out, err } = await run([...prefix, ...program, server.base]);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  const found = JSON.parse(out) as { uid: number; body: string; outside: string; processes: { uid: number; hasNoSandbox: boolean }[] };
  expect(found).toMatchObject({ uid: isRoot ? NOBODY : process.getuid?.(), body: '{"status":"ok"}', outside: 'ERR_PROXY_CONNECTION_FAILED' });
  expect(found.processes.length).toBeGreaterThan(0);
  expect(readdirSync(folder).filter((name) => name.startsWith('terrarium-headless-'))).toEqual([]);
  for (const one of found.processes) expect(one).toEqual({ uid: found.uid, hasNoSandbox: false });
}, 60_000);
