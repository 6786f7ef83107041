import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import corpus from './corpus.json' with { type: 'json' };

/** Scripts, and what bash in its POSIX mode with the GNU tools made of them. */
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'terrarium-sh-'));
  await build({ entryPoints: [path.join(import.meta.dirname, 'main.ts')], bundle: true, platform: 'node', format: 'cjs', outfile: path.join(folder, 'sh.js'), logLevel: 'silent' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.concurrent.each(corpus.map((entry, index) => ({ ...entry, index })))('$script', ({ script, status, stdout, index }) => {
  const cwd = path.join(folder, String(index));
  mkdirSync(cwd);
  const ours = spawnSync(process.execPath, [path.join(folder, 'sh.js'), '-c', script, 'sh'], { cwd, encoding: 'utf8', timeout: 20_000 });
  expect({ status: ours.status, stdout: ours.stdout, stderr: ours.stderr }).toMatchObject({ status, stdout });
});

test('a flag that a tool does not know is refused by name', () => {
  const ours = spawnSync(process.execPath, [path.join(folder, 'sh.js'), '-c', 'ls -Z; echo $?; nosuch; echo $?'], { cwd: folder, encoding: 'utf8' });
  expect(ours).toMatchObject({ stdout: '2\n127\n', stderr: 'ls: unsupported option -Z\nsh: nosuch: not found\n' });
});
