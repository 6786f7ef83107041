import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockData, lockPath } from './lock.ts';
import { processIdentity } from './proc.ts';
import { createTestDriver, handler } from './testing.ts';
import type { TestDriver } from './testing.ts';

let driver: TestDriver;
beforeAll(async () => { driver = await createTestDriver(); });
afterAll(() => driver[Symbol.asyncDispose]());

const counting = handler(`
  if (url.pathname === '/count') return Response.json((await env.DB.prepare('SELECT count(*) AS n, max(id) AS top FROM t').first()));
  await env.DB.exec('CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, text TEXT)');
  await env.DB.batch([1, 2].map((n) => env.DB.prepare('INSERT INTO t (text) VALUES (?1)').bind('half ' + n)));
  return new Response('acknowledged');`);

const engineOf = async (dataDir: string) => (JSON.parse(await readFile(lockPath(dataDir), 'utf8')) as { engine: { pid: number; runDir: string } }).engine;

describe('a sudden end', () => {
  test('[BD10] kill -9 under writes loses no acknowledged one, and leaves no half of a batch', async () => {
    const dataDir = driver.dataDir('killed');
    let acknowledged = 0;
    for (let round = 0; round < 3; round += 1) {
      const { get, instance } = await driver.run(counting, { dataDir });
      const writer = async (): Promise<void> => {
        while ((await get('/').catch(() => undefined))?.status === 200) acknowledged += 1;
      };
      const writers = Promise.all([writer(), writer(), writer()]);
      const before = acknowledged;
      while (acknowledged < before + 30) await get('/count');
      process.kill((await engineOf(dataDir)).pid, 'SIGKILL');
      await writers;
      expect(await instance.ended).toMatchObject({ reason: 'crashed' });
    }
    const { get } = await driver.run(counting, { dataDir });
    const { n } = JSON.parse((await get('/count')).body) as { n: number };
    expect(n % 2).toBe(0);
    expect(n / 2).toBeGreaterThanOrEqual(acknowledged);
    expect(n / 2).toBeLessThanOrEqual(acknowledged + 3 * 3);
  });

  test('[BD11] kill -9 of the server leaves no process of a backend, and its data opens again', async () => {
    const dataDir = driver.dataDir('orphan');
    const script = `
      const { createTestDriver, handler } = await import(${JSON.stringify(new URL('./testing.ts', import.meta.url).href)});
      const driver = await createTestDriver();
      const { get } = await driver.run(${JSON.stringify(counting)}, { dataDir: ${JSON.stringify(dataDir)} });
      await get('/');
      process.send('ready');
      setInterval(() => {}, 1000);`;
    const file = `${dataDir}.server.mjs`;
    await writeFile(file, script);
    const server = fork(file, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    await once(server, 'message');
    const { pid: orphan, runDir } = await engineOf(dataDir);
    server.kill('SIGKILL');
    await once(server, 'exit');
    // Where the kernel does not end it with its parent, the next start does.
    while (process.platform === 'linux' && await processIdentity(orphan) !== undefined) await new Promise((resolve) => { setTimeout(resolve, 5); });
    const { get } = await driver.run(counting, { dataDir });
    expect(JSON.parse((await get('/count')).body)).toEqual({ n: 2, top: 2 });
    expect(await processIdentity(orphan)).toBeUndefined();
    expect(existsSync(runDir)).toBe(false);
  });
});

describe('the data folder', () => {
  test('[BD12] is open in one process at a time, and free after the stop', async () => {
    const dataDir = driver.dataDir('once');
    const first = await driver.run(counting, { dataDir });
    await expect(driver.run(counting, { dataDir })).rejects.toMatchObject({ code: 'E-TERRARIUM-1204' });
    expect((await first.get('/')).body).toBe('acknowledged');
    await first.instance.stop();
    const second = await driver.run(counting, { dataDir });
    expect(JSON.parse((await second.get('/count')).body).n).toBe(2);
  });

  test('[BD12] what a server that is gone has left running is ended first', async () => {
    const dataDir = driver.dataDir('left');
    const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true });
    const ended = once(left, 'exit');
    const started = await processIdentity(left.pid ?? 0);
    await writeFile(lockPath(dataDir), JSON.stringify({ server: { pid: process.pid, started: 'long ago' }, engine: { pid: left.pid, started } }));
    const lock = await lockData(dataDir);
    expect(await ended).toEqual([null, 'SIGKILL']);
    await lock.release();
  });

  test('[BD12] a process that only has the number of one that is gone is left alone', async () => {
    const dataDir = driver.dataDir('reused');
    await writeFile(lockPath(dataDir), JSON.stringify({ server: { pid: process.pid, started: 'long ago' }, engine: { pid: process.pid, started: 'long ago' } }));
    await (await lockData(dataDir)).release();
    await writeFile(lockPath(dataDir), '{"server":');
    await (await lockData(dataDir)).release();
  });

  test('[BD12] two who want it at once: one has it', async () => {
    const dataDir = driver.dataDir('race');
    await writeFile(lockPath(dataDir), JSON.stringify({ server: { pid: process.pid, started: 'long ago' } }));
    const results = await Promise.allSettled([lockData(dataDir), lockData(dataDir), lockData(dataDir)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });
});
