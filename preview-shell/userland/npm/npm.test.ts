/** npm and npx as programs of their own, against a real package service on a port; packs are written to the disk as files. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPackagesApp } from '../../../server/packages/index.ts';
import type { PackagesApp } from '../../../server/packages/index.ts';
import { parseCommandLine, splitNpx } from './args.ts';
import { initializerOf } from './init.ts';
import { quote } from './run-script.ts';

const PROGRAM = join(import.meta.dirname, 'native.test-support.ts');
let app: PackagesApp;
let server: Server;
let origin: string;
let requests = 0;
let folder: string;

beforeAll(async () => {
  const log = () => {};
  app = await createPackagesApp({
    dataDir: join(import.meta.dirname, '../../../.terrarium/test-cache'),
    config: { packagesMode: 'allowlist' },
    verifyCapability: () => ({ label: 'test', kind: 'packages' }),
    logger: { info: log, warn: log, error: log },
    npm: { preferOffline: true },
  });
  const counted = (request: Request) => {
    requests++;
    return app.fetch(request);
  };
  await new Promise<void>((resolve) => {
    server = serve({ fetch: counted, port: 0, hostname: '127.0.0.1' }, () => resolve()) as Server;
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await app.close();
});
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'npm-')));
  return () => rm(folder, { recursive: true, force: true });
});

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: folder, PACKAGES_ORIGIN: origin });

function run(...command: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...command], { cwd: folder, env: environment() }, (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }));
  });
}
const project = (manifest: object, indent: string | number = 2) => writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, indent)}\n`);
const read = (path: string) => readFile(join(folder, path), 'utf8');

describe('install', () => {
  test('adds, keeps indentation and order, is quiet when nothing changed, removes', { timeout: 60_000 }, async () => {
    await project({ version: '1.0.0', name: 'p', private: true }, '\t');
    const added = await run('npm', 'install', 'ms@2.1.3');
    expect(added).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\nadded 1 package in \d+m?s\n$/) });
    expect(await read('package.json')).toBe('{\n\t"version": "1.0.0",\n\t"name": "p",\n\t"private": true,\n\t"dependencies": {\n\t\t"ms": "^2.1.3"\n\t}\n}\n');
    expect(JSON.parse(await read('node_modules/ms/package.json'))).toMatchObject({ version: '2.1.3' });
    expect(await read('node_modules/.package-lock.json')).toBe(await read('package-lock.json'));

    const before = requests;
    expect((await run('npm', 'install')).stdout).toMatch(/^\nup to date in \d+ms\n$/);
    expect(requests).toBe(before);
    expect((await run('npm', 'ls')).stdout).toBe(`p@1.0.0 ${folder}\n└── ms@2.1.3\n\n`);

    expect((await run('npm', 'rm', 'ms')).stdout).toMatch(/removed 1 package/);
    expect(existsSync(join(folder, 'node_modules/ms'))).toBe(false);
    expect(JSON.parse(await read('package.json'))).not.toHaveProperty('dependencies.ms');
  });

  test('a refusal prints code, reason and alternative, exits 1 and writes nothing', async () => {
    await project({ name: 'p', version: '1.0.0' });
    const before = await read('package.json');
    const { status, stderr } = await run('npm', 'i', 'moment');
    expect(status).toBe(1);
    expect(stderr).toBe('npm error code E-TERRARIUM-1120\nnpm error The package "moment" is refused by the package policy: deprecated and large. Use date-fns or dayjs.\n');
    expect(await read('package.json')).toBe(before);
    expect(existsSync(join(folder, 'node_modules'))).toBe(false);
  });

  test('ci wants a lockfile; without package.json or with a broken one the file is named', async () => {
    expect(await run('npm', 'install')).toMatchObject({ status: 1, stderr: expect.stringContaining('npm error code ENOENT') });
    await project({ name: 'p' });
    expect(await run('npm', 'ci')).toMatchObject({ status: 1, stderr: expect.stringContaining('npm error code EUSAGE') });
    await writeFile(join(folder, 'package.json'), '{');
    expect(await run('npm', 'install')).toMatchObject({ status: 1, stderr: expect.stringContaining('npm error code EJSONPARSE') });
  });

  test("the project's own life-cycle scripts run around it, and a failing one fails it", async () => {
    await project({ name: 'p', version: '1.0.0', scripts: { preinstall: 'echo pre', postinstall: 'echo post', prepare: 'exit 7' } });
    const { status, stdout } = await run('npm', 'install');
    expect(status).toBe(7);
    expect(stdout.indexOf('\npre\n')).toBeLessThan(stdout.indexOf('\npost\n'));
    expect(await run('npm', 'install', '--ignore-scripts')).toMatchObject({ status: 0 });
  });

  test('a folder of the project is linked', { timeout: 60_000 }, async () => {
    await mkdir(join(folder, 'lib'));
    await writeFile(join(folder, 'lib/package.json'), '{"name":"mine","version":"1.0.0"}');
    await project({ name: 'p', version: '1.0.0' });
    expect(await run('npm', 'install', './lib')).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(await read('package.json'))).toMatchObject({ dependencies: { mine: 'file:lib' } });
    expect(await realpath(join(folder, 'node_modules/mine'))).toBe(join(folder, 'lib'));
  });
});

describe('scripts', () => {
  test('header, arguments, environment and true exit status, pre and post around', async () => {
    await project({ name: 'p', version: '1.2.3', scripts: { preshow: 'echo before', show: 'node -p "process.argv.slice(1).concat(process.env.npm_lifecycle_event, process.env.npm_package_version, process.env.INIT_CWD).join()" --', fail: 'exit 3' } });
    const shown = await run('npm', 'run', 'show', '--', 'a b', '$HOME');
    expect(shown).toMatchObject({ status: 0, stderr: '' });
    expect(shown.stdout).toContain('\n> p@1.2.3 preshow\n> echo before\n\nbefore\n\n> p@1.2.3 show\n> node -p');
    expect(shown.stdout.trim().split('\n').at(-1)).toBe(`a b,$HOME,show,1.2.3,${folder}`);
    expect((await run('npm', 'run', 'fail')).status).toBe(3);
    expect(await run('npm', 'run', 'nope')).toMatchObject({ status: 1, stderr: expect.stringContaining('npm error Missing script: "nope"') });
    expect((await run('npm', 'run', 'nope', '--if-present')).status).toBe(0);
    expect((await run('npm', 'run')).stdout).toContain('available via `npm run`:\n  preshow\n    echo before\n');
  });

  test('a signal sent to npm reaches the script', async () => {
    await project({ name: 'p', scripts: { wait: 'exec node -e "process.on(\'SIGTERM\', () => process.exit(9)); setInterval(() => {}, 1e6); console.log(\'up\')"' } });
    const child = spawn(process.execPath, [PROGRAM, 'npm', 'run', '-s', 'wait'], { cwd: folder, env: environment() });
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    child.kill('SIGTERM');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(9);
  });

  test('init writes a package.json; unknown commands are refused by name', async () => {
    expect((await run('npm', 'init', '-y')).status).toBe(0);
    expect(JSON.parse(await read('package.json'))).toMatchObject({ version: '1.0.0', main: 'index.js' });
    expect(await run('npm', 'publish')).toMatchObject({ status: 1, stderr: expect.stringContaining('"npm publish" is not supported') });
    expect((await run('npm', 'root')).stdout).toBe(`${folder}/node_modules\n`);
  });

  test('npx runs a program of a package that it installs apart', { timeout: 60_000 }, async () => {
    await project({ name: 'p' });
    expect(await run('npx', '-y', 'semver@7.7.3', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('SemVer 7.7.3') });
    expect(existsSync(join(folder, 'node_modules'))).toBe(false);
  });
});

test('command lines', () => {
  expect(parseCommandLine(['i', '-D', 'a', '--no-save', '--', '-x'])).toMatchObject({ positionals: ['i', 'a'], rest: ['-x'], flags: { dev: true, noSave: true } });
  expect(splitNpx(['-y', '-p', 'a', 'b', '--help'])).toMatchObject({ positionals: ['b', '--help'], flags: { yes: true, packages: ['a'] } });
  expect(['vite@latest', '@s', '@s/x', '@s@1'].map(initializerOf)).toEqual(['create-vite@latest', '@s/create', '@s/create-x', '@s/create@1']);
  expect(['a', 'a b', "it's", '$x', ''].map(quote)).toEqual(['a', "'a b'", "'it'\\''s'", "'$x'", "''"]);
});
