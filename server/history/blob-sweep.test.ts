import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import os from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toolsOf, makeAgent } from '../agents/testing.ts';
import { createBlobs } from '../environments/blobs.ts';
import type { Blobs } from '../environments/blobs.ts';
import { openDatabase } from '../storage/database.ts';
import { startTestServer } from '../testing.ts';
import { createBlobSweep } from './blob-sweep.ts';

const WAIT = 1000;
const bytesOf = (n: number) => new TextEncoder().encode(`blob ${n}`);
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let database: DatabaseSync;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'terrarium-sweep-'));
  database = openDatabase(path.join(folder, 'db'));
  now = 1_000_000;
  for (const id of ['a', 'b']) database.prepare("INSERT INTO environments (id, task_id, agent_id, template, status, port, created_at, used_at) VALUES (?, 't', NULL, 'tiny', 'running', 1, 0, 0)").run(id);
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** Until a whole round over all environments was made. */
async function round(sweep: ReturnType<typeof createBlobSweep>): Promise<number> {
  let [deleted, idle] = [0, 0];
  for (let runs = 0; idle < 2 && runs < 200; runs++) {
    const done = await sweep.run();
    deleted += done.deleted;
    idle = done.looked === 0 ? idle + 1 : 0;
    if (runs > 60) break;
  }
  return deleted;
}
const isThere = (blobs: Blobs, id: string, sha256: string) => blobs.get(id, sha256).then(() => true, () => false);

test('[H8] whatever is stored, referred to, let go and swept at the same time, nothing that is referred to is missing', async () => {
  const step = fc.oneof(
    // A writer stores, waits for a while, and refers to what it stored; others run meanwhile.
    fc.record({ kind: fc.constant('write' as const), n: fc.nat(1), delay: fc.nat(3) }),
    fc.record({ kind: fc.constant('drop' as const), n: fc.nat(1) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(10, WAIT + 1) }),
    fc.record({ kind: fc.constant('sweep' as const), perRun: fc.constantFrom(3, 100) }),
    fc.record({ kind: fc.constant('restart' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const root = mkdtempSync(path.join(folder, 'run-'));
      database.prepare('DELETE FROM unused_blobs').run();
      const used = new Map<string, number>();
      let blobs = createBlobs(root, () => now);
      const make = (perRun: number) => createBlobSweep({ database, blobs, environments: () => ['a', 'b'], references: (id) => new Set(id === 'a' ? [...used].flatMap(([sha256, count]) => (count > 0 ? [sha256] : [])) : []), waitMs: WAIT, perRun, now: () => now });
      let sweep = make(5);
      const working: Promise<unknown>[] = [];
      const write = async (n: number, delay: number) => {
        const sha256 = await blobs.put('a', bytesOf(n));
        for (let turn = 0; turn < delay; turn++) await new Promise(setImmediate);
        used.set(sha256, (used.get(sha256) ?? 0) + 1);
      };
      const check = async () => {
        for (const [sha256, count] of used) if (count > 0) expect(await isThere(blobs, 'a', sha256)).toBe(true);
      };
      for (const one of steps) {
        if (one.kind === 'write') working.push(write(one.n, one.delay));
        else if (one.kind === 'drop') used.set(hash(bytesOf(one.n)), 0);
        else if (one.kind === 'sweep') working.push((sweep = make(one.perRun)).run());
        else if (one.kind === 'wait') {
          // A writer takes less than the wait to refer to what it stored.
          await Promise.all(working.splice(0));
          await check();
          now += one.ms;
        } else {
          await Promise.all(working.splice(0));
          blobs = createBlobs(root, () => now);
          sweep = make(5);
        }
      }
      await Promise.all(working);
      await check();
      // And what nobody refers to any more goes.
      await round(sweep);
      now += WAIT + 1;
      await round(sweep);
      for (let n = 0; n < 8; n++) expect([n, await isThere(blobs, 'a', hash(bytesOf(n)))]).toEqual([n, (used.get(hash(bytesOf(n))) ?? 0) > 0]);
    }),
    { numRuns: 120 },
  );
}, 60_000);

test('[H8] a run is bounded, and the next one goes on where it ended', async () => {
  const blobs = createBlobs(path.join(folder, 'blobs'), () => now);
  for (let n = 0; n < 60; n++) await blobs.put(n % 2 === 0 ? 'a' : 'b', bytesOf(n));
  const seen: number[] = [];
  const sweep = createBlobSweep({ database, blobs, environments: () => ['a', 'b'], references: () => new Set(), waitMs: WAIT, perRun: 10, now: () => now });
  for (let run = 0; run < 20; run++) seen.push((await sweep.run()).looked);
  expect(Math.max(...seen)).toBeLessThanOrEqual(13);
  now += WAIT;
  expect(await round(sweep)).toBe(0);
  now += 1;
  let deleted = 0;
  for (let run = 0; run < 30; run++) deleted += (await sweep.run()).deleted;
  expect(deleted).toBe(60);
});

test('[H8] what is stored again, or is being stored, stays for whoever is about to refer to it', async () => {
  const blobs = createBlobs(path.join(folder, 'blobs'), () => now);
  const sweep = createBlobSweep({ database, blobs, environments: () => ['a'], references: () => new Set(), waitMs: WAIT, now: () => now });
  const sha256 = await blobs.put('a', bytesOf(1));
  await round(sweep);
  now += WAIT + 1;
  const storing = blobs.put('a', bytesOf(1));
  expect(blobs.removeUnused('a', [sha256], now)).toEqual([]);
  await storing;
  expect([await round(sweep), await isThere(blobs, 'a', sha256)]).toEqual([0, true]);
  now += WAIT + 1;
  expect([await round(sweep), await isThere(blobs, 'a', sha256)]).toEqual([1, false]);
});

test('[H8] while parts of a document are missing nothing of it is noted', async () => {
  const blobs = createBlobs(path.join(folder, 'blobs'), () => now);
  const sha256 = await blobs.put('a', bytesOf(1));
  const sweep = createBlobSweep({ database, blobs, environments: () => ['a'], references: () => undefined, waitMs: WAIT, now: () => now });
  for (let round = 0; round < 4; round++) {
    await sweep.run();
    now += WAIT + 1;
  }
  expect(await isThere(blobs, 'a', sha256)).toBe(true);
});

describe('[H8] on a whole server', () => {
  test('what the document, a checkpoint or an agent’s session refers to stays, and what nobody does goes', async () => {
    const server = await startTestServer();
    const id = await server.create();
    const file = (name: string) => `/api/environments/${id}/files/${name}`;
    const blob = async (sha256: string) => (await server.api(`/api/environments/${id}/blobs/${sha256}`)).status;
    const put = async (name: string, n: number) => {
      const bytes = new Uint8Array([0, n, 255]);
      await server.api(file(name), { method: 'PUT', body: bytes });
      return hash(bytes);
    };
    const inDocument = await put('now.bin', 1);
    const inCheckpoint = await put('then.bin', 2);
    await server.api(`/api/environments/${id}/history`, { method: 'POST', body: '{"name":"kept"}', headers: { 'content-type': 'application/json' } });
    await server.api(file('then.bin'), { method: 'DELETE' });
    // Made and deleted in one step: no revision ever had them.
    const ofAgent = await put('agents.bin', 3);
    await toolsOf(server, id, (await makeAgent(server, id)).token)('file_delete', { path: 'agents.bin' });
    const ofNobody = await put('typo.bin', 4);
    await server.api(file('typo.bin'), { method: 'DELETE' });
    const uploaded = hash(new Uint8Array([0, 5]));
    await server.api(`/api/environments/${id}/blobs/${uploaded}`, { method: 'PUT', body: new Uint8Array([0, 5]) });

    const later = Date.now() + 2 * 24 * 3_600_000;
    for (const now of [Date.now(), later]) await server.sweepBlobs(now);
    expect(await Promise.all([inDocument, inCheckpoint, ofAgent, ofNobody, uploaded].map(blob))).toEqual([200, 200, 200, 404, 404]);
    await server.dispose();
  });
});
