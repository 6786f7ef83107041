import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDriver, handler } from './testing.ts';
import type { TestDriver } from './testing.ts';

let driver: TestDriver;
beforeAll(async () => { driver = await createTestDriver(); });
afterAll(() => driver[Symbol.asyncDispose]());

describe('workerd driver', () => {
  test('[BD1] serves the program with its variables; without the key of the instance nobody reaches it, and the program never sees the key', async () => {
    const { get } = await driver.run(handler('return Response.json({ greeting: env.GREETING, headers: Object.fromEntries(request.headers) });'), { variables: { GREETING: 'grüß "dich"\n\\ \u0001' } });
    const answer = await get('/', { 'x-other': 'kept' });
    expect(JSON.parse(answer.body)).toMatchObject({ greeting: 'grüß "dich"\n\\ \u0001', headers: { 'x-other': 'kept' } });
    expect(answer.body.toLowerCase()).not.toContain('isolated');
    expect((await get('/', { 'x-isolated-auth': '' })).status).toBe(403);
    expect((await get('/', { 'x-isolated-auth': 'another' })).status).toBe(403);
  });

  test('[BD2] env.DB keeps rows as D1 does, over a stop and a start', async () => {
    const dataDir = driver.dataDir('kept');
    const code = handler(`
      await env.DB.exec('CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT, data BLOB)');
      const made = await env.DB.prepare('INSERT INTO notes (text, data) VALUES (?1, ?2)').bind('one', new Uint8Array([1, 2])).run();
      const [count] = await env.DB.batch([env.DB.prepare('SELECT count(*) AS n FROM notes')]);
      return Response.json({ id: made.meta.last_row_id, changes: made.meta.changes, n: count.results[0].n, first: await env.DB.prepare('SELECT text, data FROM notes').first() });`);
    const first = await driver.run(code, { dataDir });
    expect(JSON.parse((await first.get('/')).body)).toEqual({ id: 1, changes: 1, n: 1, first: { text: 'one', data: [1, 2] } });
    await first.instance.stop();
    expect(await first.instance.ended).toMatchObject({ reason: 'stopped' });
    const second = await driver.run(code, { dataDir });
    expect(JSON.parse((await second.get('/')).body)).toMatchObject({ id: 2, n: 2 });
    const signal = AbortSignal.timeout(5_000);
    expect(await second.instance.database.query('SELECT id, text FROM notes WHERE id > ?', [1], signal)).toMatchObject({ columns: ['id', 'text'], rows: [[2, 'one']] });
    await expect(second.instance.database.batch([{ sql: "INSERT INTO notes (text) VALUES ('never')" }, { sql: 'INSERT INTO nowhere VALUES (1)' }], signal)).rejects.toMatchObject({ code: 'E-TERRARIUM-1205', context: { statement: 2 } });
    expect((await second.instance.database.query('SELECT count(*) FROM notes', [], signal)).rows).toEqual([[2]]);
  });

  test('[BD2] a result beyond 16 MB is refused before it takes the memory', async () => {
    const { instance, get } = await driver.run(handler("return new Response(await env.DB.prepare(\"SELECT zeroblob(5000000) UNION ALL SELECT 1\").all().catch(String));"));
    await expect(instance.database.query("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT hex(randomblob(1000)) FROM c", [], AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: 'E-TERRARIUM-1209' });
    expect((await get('/')).body).toMatch(/SQLITE_TOOBIG/);
  });

  test('[BD7] the server is told of a full database by its code', async () => {
    const { instance } = await driver.run(handler('return new Response();'), { limits: { memoryMb: 128, diskMb: 1, stuckMs: 1_000 } });
    const signal = AbortSignal.timeout(5_000);
    await instance.database.batch([{ sql: 'CREATE TABLE t (data BLOB)' }], signal);
    await expect(instance.database.batch([{ sql: 'INSERT INTO t VALUES (zeroblob(2000000))' }], signal)).rejects.toMatchObject({ code: 'E-TERRARIUM-1208' });
    expect(await instance.database.bytes(signal)).toBeLessThan(1024 * 1024);
  });

  test('[BD10] who asks the database of an instance that ends is told so', async () => {
    const { instance } = await driver.run(handler('return new Response();'));
    await instance.stop();
    await expect(instance.database.query('SELECT 1', [], AbortSignal.timeout(5_000))).rejects.toMatchObject({ code: 'E-TERRARIUM-1207' });
  });
});
