/** The pool on the real driver, with documents that are maps of files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { addTextFile, deleteFile, findByPath } from '../../shared/document/schema.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { createBuilder } from './build.ts';
import { createPool } from './pool.ts';
import type { Pool, PoolOptions } from './pool.ts';
import { createBackendStore } from './store.ts';
import { createWorkerdDriver } from './workerd/driver.ts';
import { ask } from './workerd/testing.ts';

const signal = (): AbortSignal => AbortSignal.timeout(20_000);
const NOTES = `export default { async fetch(request, env) {
  const url = new URL(request.url);
  if (url.pathname === '/add') await env.DB.prepare('INSERT INTO notes (text) VALUES (?)').bind(url.searchParams.get('text')).run();
  if (url.pathname === '/notes' || url.pathname === '/add') return Response.json((await env.DB.prepare('SELECT text FROM notes ORDER BY id').all()).results.map(({ text }) => text));
  return new Response('one ' + (env.WORD ?? ''));
} };`;
const MIGRATION = 'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);\n';

const started: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of started.splice(0)) await stop();
});

interface Bench {
  pool: Pool;
  variables: Record<string, string>;
  write(id: string, path: string, text: string | undefined): void;
  get(id: string, path: string): Promise<string>;
  root: string;
}

async function bench(options: Partial<PoolOptions> = {}, kept?: { root: string; docs: Map<string, Y.Doc> }): Promise<Bench & { docs: Map<string, Y.Doc> }> {
  const root = kept?.root ?? (await mkdtemp(join(tmpdir(), 'trr-pool-')));
  const docs = kept?.docs ?? new Map<string, Y.Doc>();
  const docOf = (id: string): Y.Doc => {
    const doc = docs.get(id) ?? new Y.Doc();
    docs.set(id, doc);
    return doc;
  };
  const variables: Record<string, string> = {};
  const builder = createBuilder({
    modules: { folderOf: () => Promise.reject(new Error('no packages in this test')) },
    policy: { judge: { judge: () => ({ allowed: true }) }, mode: 'open' },
    readBlob: () => Promise.reject(new Error('no blobs in this test')),
  });
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const pool = createPool({
    driver: createWorkerdDriver(), builder, store: createBackendStore(join(root, 'backends')), rooms: { read: (id, read) => read(docOf(id)) },
    environments: { find: (id) => (docs.has(id) ? { id, taskId: id, agentId: undefined, template: 't', status: 'running', port: 1, createdAt: 0, usedAt: 0, draft: false } : undefined), use: () => undefined },
    limits: { memoryMb: 128, diskMb: 16, stuckMs: 1000 }, maxInstances: 3, idleMs: 3_600_000, variables: () => variables, egressSocket: () => undefined, logger: silent, ...options,
  });
  started.push(async () => {
    await pool.close();
    if (kept === undefined) await rm(root, { recursive: true, force: true });
  });
  return {
    pool, variables, root, docs,
    write(id, path, text) {
      const doc = docOf(id);
      const file = findByPath(doc, path);
      if (file !== undefined) deleteFile(doc, file.id);
      if (text !== undefined) addTextFile(doc, { id: `${path}-${Math.random()}`, path, content: text });
      pool.edited(id, path);
    },
    async get(id, path) {
      const use = await pool.use(id, signal());
      try {
        return (await ask(use.address, path, { 'x-isolated-auth': use.address.auth })).body;
      } finally {
        use.release();
      }
    },
  };
}

/** With a backend that keeps notes. */
async function withNotes(...ids: string[]) {
  const made = await bench();
  for (const id of ids) {
    made.write(id, 'backend/index.ts', NOTES);
    made.write(id, 'backend/migrations/0001_notes.sql', MIGRATION);
  }
  return made;
}

const codeOf = async (work: Promise<unknown>): Promise<string> => work.then(() => 'none', (error: unknown) => (error instanceof TerrariumError ? error.code : String(error)));

describe('deploying', () => {
  test('[BP7] the first request builds, migrates and starts; an edit that is deployed is served, and the rows stay', async () => {
    const { pool, write, get } = await withNotes('a');
    expect(await get('a', '/add?text=first')).toBe('["first"]');
    expect(pool.status('a')).toMatchObject({ state: 'running', code: undefined });
    write('a', 'backend/index.ts', NOTES.replace("'one '", "'two '"));
    await pool.deploy('a', signal());
    expect(await get('a', '/')).toBe('two ');
    expect(await get('a', '/notes')).toBe('["first"]');
  });

  test('[BP7] a deploy that changes nothing leaves the process, another variable does not', async () => {
    const { pool, variables, get } = await withNotes('a');
    await pool.deploy('a', signal());
    const first = await pool.use('a', signal());
    first.release();
    await pool.deploy('a', signal());
    const second = await pool.use('a', signal());
    second.release();
    expect(second.instanceId).toBe(first.instanceId);
    variables['WORD'] = 'more';
    await pool.deploy('a', signal());
    expect(await get('a', '/')).toBe('one more');
  });

  test('[BP4] a syntax error is told with its place, and the version before serves on, after a restart of the server too', async () => {
    const first = await withNotes('a');
    await first.pool.deploy('a', signal());
    first.write('a', 'backend/index.ts', 'export default {\n  fetch( }');
    expect(await codeOf(first.pool.deploy('a', signal()))).toBe('E-TERRARIUM-1215');
    expect(first.pool.status('a')).toMatchObject({ state: 'running', code: 'E-TERRARIUM-1215', message: expect.stringContaining('backend/index.ts:2:') as string });
    expect(await first.get('a', '/')).toBe('one ');
    await first.pool.close();
    const again = await bench({}, first);
    expect(await again.get('a', '/')).toBe('one ');
  });

  test('[BP6] a migration that fails names its line, applies nothing, and stops the deploy', async () => {
    const { pool, write, get } = await withNotes('a');
    await get('a', '/add?text=kept');
    write('a', 'backend/index.ts', NOTES.replace("'one '", "'two '"));
    write('a', 'backend/migrations/0002_more.sql', 'CREATE TABLE more (id INTEGER);\n\n-- and now\nINSERT INTO nowhere VALUES (1);\n');
    expect(await codeOf(pool.deploy('a', signal()))).toBe('E-TERRARIUM-1219');
    expect(pool.status('a').message).toContain('backend/migrations/0002_more.sql:4:');
    expect(await get('a', '/')).toBe('one ');
    const database = await pool.database('a', signal());
    expect((await database.query("SELECT name FROM sqlite_master WHERE name = 'more'", [], signal())).rows).toEqual([]);
    write('a', 'backend/migrations/0002_more.sql', 'CREATE TABLE more (id INTEGER);');
    await pool.deploy('a', signal());
    expect(await get('a', '/')).toBe('two ');
    expect((await database.query('SELECT COUNT(*) FROM more', [], signal())).rows).toEqual([[0]]);
  });

  test('[BP7] requests that come while a version is replaced wait for the new one', async () => {
    const { pool, write, get } = await withNotes('a');
    await pool.deploy('a', signal());
    write('a', 'backend/index.ts', NOTES.replace("'one '", "'two '"));
    const deployed = pool.deploy('a', signal());
    const answers = new Set<string>();
    while (!answers.has('two ')) answers.add(await get('a', '/'));
    await deployed;
    expect([...answers].every((answer) => answer === 'one ' || answer === 'two ')).toBe(true);
  });

  test('[BP13] the database is there without a backend, and stays when one is added', async () => {
    const { pool, write, get } = await bench();
    write('a', 'index.html', '<h1>No backend</h1>');
    const database = await pool.database('a', signal());
    await database.batch([{ sql: 'CREATE TABLE kept (n INTEGER)' }, { sql: 'INSERT INTO kept VALUES (7)' }], signal());
    write('a', 'backend/index.js', "export default { async fetch(_, env) { return Response.json((await env.DB.prepare('SELECT n FROM kept').all()).results); } };");
    await pool.deploy('a', signal());
    expect(await get('a', '/')).toBe('[{"n":7}]');
  });

  test('[BP4] without an entry, and without a default export', async () => {
    const { pool, write } = await bench();
    write('a', 'src/main.ts', '');
    expect(await codeOf(pool.use('a', signal()))).toBe('E-TERRARIUM-1200');
    write('a', 'backend/index.ts', 'export const a = 1;');
    expect(await codeOf(pool.use('a', signal()))).toBe('E-TERRARIUM-1216');
    write('a', 'backend/index.ts', 'throw new Error("at its start");\nexport default {};');
    expect(await codeOf(pool.use('a', signal()))).toBe('E-TERRARIUM-1201');
    expect(pool.status('a').state).toBe('failed');
  });
});

describe('limits', () => {
  test('[BP8] at the cap the least recently used one is suspended, and comes back with its rows', async () => {
    const { pool, get } = await withNotes('a', 'b', 'c', 'd');
    for (const id of ['a', 'b', 'c', 'd']) await get(id, `/add?text=${id}`);
    expect(['a', 'b', 'c', 'd'].map((id) => pool.status(id).state)).toEqual(['suspended', 'running', 'running', 'running']);
    expect(await get('a', '/notes')).toBe('["a"]');
    expect(pool.status('b').state).toBe('suspended');
  });

  test('[BP8] more environments than seats at once all get their answers', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const { get } = await withNotes(...ids);
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all([...ids, ...ids].map((id) => get(id, '/')));
      expect(new Set(answers)).toEqual(new Set(['one ']));
    }
  }, 30_000);

  test('[BP8] what is idle is suspended', async () => {
    const made = await bench({ idleMs: 0 });
    made.write('a', 'backend/index.ts', NOTES);
    await made.get('a', '/');
    await made.pool.look();
    expect(made.pool.status('a').state).toBe('suspended');
  });

  test('[BP10] three crashes in a minute stop it until the next edit', async () => {
    const { pool, write, get } = await bench();
    const loop = "export default { fetch(request) { if (request.url.endsWith('/loop')) for (;;); return new Response('well'); } };";
    write('a', 'backend/index.ts', loop);
    for (let time = 0; time < 3; time++) {
      const left = Promise.withResolvers<void>();
      const stop = pool.subscribe('a', ({ event }) => { if (event.kind === 'state' && (event.state === 'suspended' || event.state === 'stopped')) left.resolve(); });
      await get('a', '/loop').catch(() => undefined);
      await left.promise;
      stop();
    }
    expect(pool.status('a')).toMatchObject({ state: 'stopped', code: 'E-TERRARIUM-1203' });
    expect(await codeOf(pool.use('a', signal()))).toBe('E-TERRARIUM-1203');
    write('a', 'backend/index.ts', `${loop}\n`);
    expect(await get('a', '/')).toBe('well');
  }, 30_000);
});

describe('data', () => {
  test('[BP9] snapshot, restore and reset', async () => {
    const { pool, get } = await withNotes('a');
    await get('a', '/add?text=one');
    const { id } = await pool.snapshot('a', 'before', signal());
    await get('a', '/add?text=two');
    await pool.restore('a', id, signal());
    expect(await get('a', '/notes')).toBe('["one"]');
    await pool.reset('a', signal());
    expect(await get('a', '/notes')).toBe('[]');
    expect(pool.snapshots('a')).toMatchObject([{ id, name: 'before' }]);
    await pool.dropSnapshot('a', id);
    expect(await codeOf(pool.restore('a', id, signal()))).toBe('E-TERRARIUM-1221');
    expect(await codeOf(pool.restore('a', '../../b', signal()))).toBe('E-TERRARIUM-1221');
  });

  test('[BP9] two environments with the same code never see each other’s rows; a removed one leaves none', async () => {
    const { pool, get } = await withNotes('a', 'b');
    await get('a', '/add?text=secret');
    expect(await get('b', '/notes')).toBe('[]');
    await pool.remove('a');
    expect(await get('a', '/notes')).toBe('[]');
  });
});
