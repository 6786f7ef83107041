import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDriver, handler } from './testing.ts';
import type { TestDriver, TestInstance } from './testing.ts';

let driver: TestDriver;
beforeAll(async () => { driver = await createTestDriver(); });
afterAll(() => driver[Symbol.asyncDispose]());

const healthy = handler("return new Response('well');");
const attempt = (body: string): string => handler(`try { ${body} } catch (error) { return new Response('refused: ' + error, { status: 403 }); }`);
const limits = { memoryMb: 64, diskMb: 4, stuckMs: 300 };

/** Runs the attack beside a healthy neighbour, which answers during and after it. */
async function beside(code: string, attack: (attacker: TestInstance) => Promise<void>): Promise<void> {
  const [attacker, neighbour] = [await driver.run(code, { limits }), await driver.run(healthy)];
  const attacked = attack(attacker);
  expect((await neighbour.get('/')).body).toBe('well');
  await attacked;
  expect((await neighbour.get('/')).body).toBe('well');
  await Promise.all([attacker.instance.stop(), neighbour.instance.stop()]);
}

describe('an endless loop', () => {
  test.each([
    ['plain', 'for (;;);'],
    ['in promises', 'const turn = () => Promise.resolve().then(turn); await turn();'],
    ['in SQL', "await env.DB.prepare('WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c').all();"],
    ['in a regular expression', "/^(a+)+$/.test('a'.repeat(60) + 'b');"],
  ])('[BD6] %s ends its own instance, with the reason', async (_name, body) => {
    await beside(handler(body), async ({ get, instance, event }) => {
      await expect(get('/')).rejects.toThrow();
      expect(await instance.ended).toMatchObject({ reason: 'stuck' });
      expect(await event((found) => found.kind === 'error')).toMatchObject({ origin: 'exit', name: 'stuck' });
    });
  });

  test('[BD6] in its modules: it does not start', async () => {
    await using impatient = await createTestDriver({ startMs: 300 });
    await expect(impatient.run(`for (;;);\n${healthy}`)).rejects.toMatchObject({ code: 'E-TERRARIUM-1201', message: expect.stringContaining('0.3 s') as string });
  });

  test('[BD6] a long computation that ends is none', async () => {
    const { get, instance } = await driver.run(handler("const end = Date.now; let n = 0; for (let i = 0; i < 2e7; i++) n += i % 7; return new Response(String(n > end));"), { limits: { ...limits, stuckMs: 5_000 } });
    expect((await get('/')).status).toBe(200);
    await instance.stop();
  });
});

describe('a memory bomb', () => {
  test('[BD5] in the heap ends its own instance, with the reason', async () => {
    await beside(handler('const all = []; for (;;) all.push(new Array(10_000).fill(all.length));'), async ({ get, instance }) => {
      await expect(get('/')).rejects.toThrow();
      expect(await instance.ended).toMatchObject({ reason: 'memory' });
    });
  });

  test('[BD5] in buffers ends its own instance or its own request', async () => {
    await beside(handler('const all = []; for (;;) { all.push(new Uint8Array(4_000_000).fill(1)); if (all.length > 1_000) return new Response("had it"); }'), async ({ get, instance }) => {
      const answer = await get('/').catch(() => undefined);
      if (answer === undefined) expect(await instance.ended).toMatchObject({ reason: 'memory' });
      else expect(answer.status).toBe(500);
    });
  });
});

describe('a disk bomb', () => {
  const insert = handler(`
    await env.DB.exec('CREATE TABLE IF NOT EXISTS t (data BLOB)');
    if (url.pathname === '/keep') { await env.DB.exec('INSERT INTO t VALUES (1)'); return new Response('kept'); }
    if (url.pathname === '/count') return Response.json(await env.DB.prepare('SELECT count(*) AS n FROM t').first());
    try {
      if (url.pathname === '/many') for (;;) await env.DB.exec('INSERT INTO t VALUES (randomblob(500000))');
      await env.DB.prepare('INSERT INTO t WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 5000) SELECT randomblob(50000) FROM c').run();
    } catch (error) { return new Response(String(error), { status: 507 }); }`);

  test.each([['of many statements', '/many'], ['of one statement', '/one']])('[BD7] %s is refused, and what was acknowledged before is kept', async (_name, path) => {
    await beside(insert, async ({ get, instance }) => {
      expect((await get('/keep')).body).toBe('kept');
      const answer = await get(path);
      expect(answer.status).toBe(507);
      expect(answer.body).toMatch(/SQLITE_(FULL|IOERR)/);
      expect(JSON.parse((await get('/count')).body).n).toBeGreaterThanOrEqual(1);
      expect((await instance.stats()).disk).toBeLessThan(40 * 1024 * 1024);
    });
  });
});

describe('reaching out', () => {
  test.each([
    ['/etc/passwd', "const fs = await import('node:fs'); return new Response(fs.readFileSync('/etc/passwd'));"],
    ['/proc', "const fs = await import('node:fs'); return new Response(fs.readFileSync('/proc/self/environ'));"],
    ['a folder of the host', "const fs = await import('node:fs'); return new Response(JSON.stringify(fs.readdirSync('/home')));"],
    ['a program', "const { spawnSync } = await import('node:child_process'); return new Response(spawnSync('id').stdout);"],
    ['another process', "process.kill(1, 0); return new Response('there');"],
    ['another thread', "const { Worker } = await import('node:worker_threads'); new Worker('1', { eval: true }); return new Response('there');"],
    ['code from text', "return new Response(String(new Function('return 1')()));"],
    ['another database file', "return Response.json(await env.DB.prepare(\"ATTACH '/etc/passwd' AS other\").all());"],
    ['an extension of SQLite', "return Response.json(await env.DB.prepare(\"SELECT load_extension('/lib/x')\").all());"],
    ['a file through SQLite', "return Response.json(await env.DB.prepare(\"SELECT readfile('/etc/passwd')\").all());"],
    ['its limits in SQLite', "return Response.json(await env.DB.prepare('PRAGMA journal_mode = OFF').all());"],
    ['the tables of the engine', "return Response.json(await env.DB.prepare('SELECT * FROM _cf_KV').all());"],
    ['a transaction that stays open', "return Response.json(await env.DB.prepare('BEGIN').all());"],
  ])('[BD3] %s is refused', async (_name, body) => {
    const { get, instance } = await driver.run(attempt(body));
    const answer = await get('/');
    expect(answer.body).toMatch(/^refused: /);
    await instance.stop();
  });

  test('[BD3] a port that it listens on is none of this machine', async () => {
    const { get, instance } = await driver.run(handler("const net = await import('node:net'); await new Promise((resolve, reject) => net.createServer().on('error', reject).listen(4319, resolve)); return new Response('listens');"));
    expect((await get('/')).body).toBe('listens');
    const reached = await new Promise((resolve) => { const socket = connect(4319, '127.0.0.1', () => { socket.destroy(); resolve(true); }).on('error', () => resolve(false)); });
    expect(reached).toBe(false);
    await instance.stop();
  });

  test('[BD3] it sees variables of its own only', async () => {
    const { get, instance } = await driver.run(handler('return Response.json({ env: Object.keys(env), process: Object.keys(process.env), argv: process.argv });'), { variables: { MINE: '1' } });
    expect(JSON.parse((await get('/')).body)).toMatchObject({ env: ['MINE', 'DB'], process: ['MINE'] });
    await instance.stop();
  });

  test('[BD4] without an egress end nothing is reached, in any way', async () => {
    let connections = 0;
    const listener = createServer((socket) => { connections += 1; socket.end(); });
    await new Promise<void>((resolve) => { listener.listen(0, '127.0.0.1', resolve); });
    const { port } = listener.address() as AddressInfo;
    const tries = ['await fetch(`http://127.0.0.1:PORT/`)', 'await fetch(`http://2130706433:PORT/`)', 'await fetch(`http://[::ffff:127.0.0.1]:PORT/`)', 'await fetch(`http://localhost:PORT/`)', "await fetch('http://169.254.169.254/')",
      "await (await import('cloudflare:sockets')).connect('127.0.0.1:PORT').opened", "await new Promise((resolve, reject) => import('node:net').then((net) => net.connect(PORT, '127.0.0.1').on('connect', resolve).on('error', reject)))",
      'await fetch(`http://127.0.0.1:PORT/`, { headers: { upgrade: "websocket" } })', "await caches.default.match('http://127.0.0.1:PORT/')"];
    const body = tries.map((one) => `try { ${one.replaceAll('PORT', String(port))}; reached.push(${JSON.stringify(one)}); } catch {}`).join('\n');
    const { get, instance } = await driver.run(handler(`const reached = []; ${body}\n return Response.json(reached);`));
    expect(JSON.parse((await get('/')).body)).toEqual([]);
    expect(connections).toBe(0);
    await instance.stop();
    await new Promise((resolve) => { listener.close(resolve); });
  });

  test('[BD2] through the binding of the database it has no operation but queries', async () => {
    const { get, instance } = await driver.run(attempt("const answer = await env.DB.fetcher.fetch('http://d1/run', { method: 'POST', body: '[]' }); return new Response('refused: ' + answer.status);"));
    expect((await get('/')).body).toBe('refused: 404');
    await instance.stop();
  });

  test('[BD1] another instance is not reached with this one\'s key, and its rows are not seen', async () => {
    const code = handler("await env.DB.exec('CREATE TABLE IF NOT EXISTS t (a)'); await env.DB.exec('INSERT INTO t VALUES (1)'); return Response.json(await env.DB.prepare('SELECT count(*) AS n FROM t').first());");
    const [one, other] = [await driver.run(code), await driver.run(code)];
    await one.get('/');
    expect(JSON.parse((await one.get('/')).body)).toEqual({ n: 2 });
    expect(JSON.parse((await other.get('/')).body)).toEqual({ n: 1 });
    expect((await other.get('/', { 'x-isolated-auth': one.instance.address.auth })).status).toBe(403);
    await Promise.all([one.instance.stop(), other.instance.stop()]);
    expect(existsSync(String(one.instance.address.socketPath))).toBe(false);
  });
});
