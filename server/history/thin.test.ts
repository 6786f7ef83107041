import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { openDatabase } from '../storage/database.ts';
import { compress, createRevisionStore } from './store.ts';
import type { Revision } from './store.ts';
import { MAX_REVISIONS, thinOut, toMerge } from './thin.ts';

const HOUR = 3_600_000;
const NOW = 1000 * 24 * HOUR;
const revision = (number: number, ageHours: number, more: Partial<Revision> = {}): Revision => ({ revision: number, startedAt: 0, at: NOW - ageHours * HOUR, authors: [], kind: 'edited', restored: undefined, name: undefined, ...more });

test('[H7] the last day keeps each step, the last week one of an hour, before that one of a day', () => {
  const old = [revision(1, 20 * 24 + 5), revision(2, 20 * 24 + 4), revision(3, 3 * 24 + 0.9), revision(4, 3 * 24 + 0.5), revision(5, 3 * 24 - 1), revision(6, 2), revision(7, 1.99)];
  expect(toMerge(old, NOW)).toEqual([1, 3]);
});
test('[H7] checkpoints, the first and the latest stay', () => {
  const all = [revision(1, 900, { kind: 'created' }), revision(2, 900, { name: 'v1' }), revision(3, 900), revision(4, 900)];
  expect(toMerge(all, NOW)).toEqual([3]);
  expect(toMerge(all, NOW, 1)).toEqual([3]);
});
test('[H7] of too many the oldest go', () => {
  const all = Array.from({ length: MAX_REVISIONS + 3 }, (_, index) => revision(index + 1, 0.1));
  expect(toMerge(all, NOW)).toEqual([1, 2, 3]);
});

function filled(count: number, bytes: number) {
  const database = openDatabase(':memory:');
  database.prepare("INSERT INTO environments (id, task_id, agent_id, template, status, port, created_at, used_at) VALUES ('a', 't', NULL, 'tiny', 'running', 1, 0, 0)").run();
  const store = createRevisionStore(database);
  for (let i = 1; i <= count; i++) {
    store.put(`sha${i}`, compress(randomBytes(bytes)));
    const author = { kind: 'person' as const, id: `m${i}`, name: `M${i}` };
    const content = { file: 'f', kind: 'text' as const, sha256: `sha${i}`, size: bytes, mode: undefined };
    const change = { path: i % 2 === 0 ? 'even' : 'odd', after: content, authors: [`person:m${i}`] };
    store.add('a', { logSeq: i, startedAt: i, at: NOW, authors: [author], kind: i === 1 ? 'created' : 'edited', restored: undefined, name: undefined, changes: [change] });
  }
  return store;
}

test('[H7] a merged step is part of the next one, with its authors; texts that nobody holds are deleted', () => {
  const store = filled(6, 10);
  const before = store.manifest('a', 6);
  thinOut(store, 'a', NOW, 40);
  const left = store.all('a');
  expect(left.map((one) => one.revision)).toEqual([1, 6]);
  expect(left[1]?.authors.map(({ name }) => name)).toEqual(['M2', 'M3', 'M4', 'M5', 'M6']);
  expect(store.manifest('a', 6)).toEqual(before);
  expect(store.changes('a', 6).map(({ path, authors }) => [path, authors])).toEqual([['even', ['person:m2', 'person:m4', 'person:m6']], ['odd', ['person:m3', 'person:m5']]]);
  expect(['sha1', 'sha2', 'sha3', 'sha4', 'sha5', 'sha6'].filter((sha) => store.has(sha))).toEqual(['sha1', 'sha5', 'sha6']);
});
test('[H7] a timeline stays within its bytes', () => {
  const store = filled(400, 1000);
  thinOut(store, 'a', NOW, 100_000);
  expect(store.bytes('a')).toBeLessThanOrEqual(100_000);
  expect(store.all('a').length).toBeGreaterThan(40);
});
