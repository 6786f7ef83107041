import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Author } from '../../shared/document/author.ts';
import { addBinaryFile, addTextFile, deleteFile, filesMap, findByPath, listFiles, renameFile } from '../../shared/document/schema.ts';
import * as Y from 'yjs';
import { createBlobs } from '../environments/blobs.ts';
import type { Blobs } from '../environments/blobs.ts';
import { createRooms } from '../rooms/rooms.ts';
import type { Rooms } from '../rooms/rooms.ts';
import { openDatabase } from '../storage/database.ts';
import { createHistory } from './history.ts';
import type { History } from './history.ts';
import { MAX_STEP_MS, PAUSE_MS } from './recorder.ts';

const ANN: Author = { kind: 'person', id: 'owner', name: 'Ann' };
const BOT: Author = { kind: 'agent', id: 'bot', name: 'Bot' };
const quiet = { info() {}, warn() {}, error() {} };
const sha = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

let database: DatabaseSync;
let folder: string;
let blobs: Blobs;
let rooms: Rooms;
let history: History;
let ids = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  folder = mkdtempSync(path.join(os.tmpdir(), 'terrarium-history-'));
  database = openDatabase(path.join(folder, 'db'));
  database.prepare("INSERT INTO environments (id, task_id, agent_id, template, status, port, created_at, used_at) VALUES ('a', 't', NULL, 'tiny', 'running', 1, 0, 0)").run();
  blobs = createBlobs(path.join(folder, 'blobs'));
  open();
});
afterEach(async () => {
  await rooms.close();
  database.close();
  rmSync(folder, { recursive: true });
  vi.useRealTimers();
});
function open(): void {
  rooms = createRooms({ database, logger: quiet, idleMs: 3_600_000 });
  history = createHistory(rooms, blobs);
}

/** Waits for the commit with the clock that the test holds. */
async function commit<T>(work: Promise<T>): Promise<T> {
  let done = false;
  const finished = work.finally(() => (done = true));
  finished.catch(() => undefined);
  while (!done) await vi.advanceTimersByTimeAsync(4);
  return finished;
}
const change = (author: Author, work: (doc: Y.Doc) => void) => commit(rooms.change('a', work, author));
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const list = async (of?: string) => (await commit(history.list('a', { limit: 200, path: of }))).revisions;
const textIn = (doc: Y.Doc, name: string) => {
  const file = findByPath(doc, name);
  if (file?.kind !== 'text') throw new Error(`no text ${name}`);
  return file.text;
};
const write = (author: Author, name: string, content: string) =>
  change(author, (doc) => {
    const file = findByPath(doc, name);
    if (file?.kind !== 'text') return addTextFile(doc, { id: `f${ids++}`, path: name, content });
    file.text.delete(0, file.text.length);
    file.text.insert(0, content);
  });
const contentOf = async (revision: number, name: string) => Buffer.from((await history.read('a', revision, name)).bytes).toString();
const now = () => rooms.read('a', (doc) => Object.fromEntries(listFiles(doc).map((file) => [file.path, file.kind === 'text' ? file.text.toString() : file.blob])));

test('[H1] edits of one author within a pause make one step; [H2] it has its author', async () => {
  await write(ANN, 'f', 'one');
  await write(ANN, 'f', 'two');
  await wait(PAUSE_MS + 100);
  await write(ANN, 'f', 'three');
  await wait(PAUSE_MS + 100);
  const revisions = await list();
  expect(revisions.map(({ revision, authors, files }) => [revision, authors, files.map((file) => file.change)])).toEqual([[2, [ANN], ['changed']], [1, [ANN], ['added']]]);
  expect([await contentOf(1, 'f'), await contentOf(2, 'f')]).toEqual(['two', 'three']);
});
test('[H3] a first change that is refused writes no first revision; one that is made has what was before it', async () => {
  const seeded = new Y.Doc();
  addTextFile(seeded, { id: 'seed', path: 'f', content: 'before' });
  rooms.seed('a', Y.encodeStateAsUpdate(seeded), ANN);
  const written = () => (database.prepare('SELECT COUNT(*) AS n FROM revisions').get() as { n: number }).n;
  const refused = commit(rooms.change('a', () => {
    throw new Error('no');
  }, BOT));
  await expect(refused).rejects.toThrow('no');
  await expect(commit(history.restore('a', 1, undefined, BOT))).rejects.toThrow();
  await expect(commit(history.step('a', BOT, { kind: 'imported' }, () => {
    throw new Error('no import');
  }))).rejects.toThrow('no import');
  await wait(1000);
  expect(written()).toBe(0);
  await write(BOT, 'f', 'after');
  expect(written()).toBe(1);
  expect([await contentOf(1, 'f'), history.get('a', 1).kind]).toEqual(['before', 'created']);
  await wait(PAUSE_MS + 100);
  expect([await contentOf(2, 'f'), history.get('a', 2).authors]).toEqual(['after', [BOT]]);
});
test('[H1] a step that never pauses ends nevertheless', async () => {
  for (let at = 0; at < MAX_STEP_MS + 20_000; at += 5000) {
    await write(ANN, 'f', String(at));
    await wait(5000);
  }
  await wait(PAUSE_MS);
  expect(await list()).toHaveLength(2);
});
test('[H1] who comes after somebody else has a step of their own, and who types at the same time shares one, [H2] with what each changed', async () => {
  await write(ANN, 'f', 'one');
  await wait(1500);
  await write(BOT, 'f', 'two');
  await write(ANN, 'g', 'three');
  await wait(PAUSE_MS + 100);
  const revisions = await list();
  expect(revisions.map(({ authors }) => authors.map(({ name }) => name))).toEqual([['Bot', 'Ann'], ['Ann']]);
  expect(revisions[0]?.files.map((file) => [file.path, file.authors])).toEqual([['f', ['agent:bot']], ['g', ['person:owner']]]);
});
test('[H1] members who edit in turns all the time share steps', async () => {
  for (let i = 0; i < 200; i++) {
    await write(i % 2 === 0 ? ANN : BOT, 'f', String(i));
    await wait(1200);
  }
  await wait(PAUSE_MS);
  // 200 turns in about 240 s: 5 at once, one in 10 s.
  expect((await list()).length).toBeLessThan(35);
});
test('[H3] the step that goes on is told, and is no revision yet', async () => {
  await write(ANN, 'f', 'one');
  const { revisions, pending } = await commit(history.list('a', { limit: 10 }));
  expect([revisions, pending?.authors, pending?.files]).toEqual([[], [ANN], ['f']]);
});
test('[H3] a server that is killed in the middle of a step has it in the timeline when it is back', async () => {
  await write(ANN, 'f', 'one');
  await wait(PAUSE_MS + 100);
  await write(BOT, 'f', 'two');
  await wait(2000);
  await write(ANN, 'f', 'three');
  // Nothing of this process's memory is written: another one opens the same file.
  open();
  await commit(history.list('a', { limit: 1 }));
  await wait(PAUSE_MS + 100);
  const revisions = await list();
  expect(revisions.map(({ authors }) => authors.map(({ name }) => name))).toEqual([['Ann'], ['Bot'], ['Ann']]);
  expect([await contentOf(2, 'f'), await contentOf(3, 'f')]).toEqual(['two', 'three']);
});
test('[H3] compaction of the log loses no step', async () => {
  for (let i = 0; i < 450; i++) await write(i < 420 ? ANN : BOT, 'f', String(i));
  await wait(PAUSE_MS + 100);
  const authors = (await list()).map((revision) => revision.authors.map(({ name }) => name).join());
  expect(authors[0]).toBe('Ann,Bot');
  expect(authors.at(-1)).toBe('Ann');
  expect(authors.length).toBeGreaterThan(1);
  expect(await contentOf((await list())[0]?.revision ?? 0, 'f')).toBe('449');
});
test('[H3] the first revision of an environment is what it was created with, by whom', async () => {
  const doc = rooms.read('a', (of) => of);
  expect(listFiles(doc)).toEqual([]);
  await rooms.close();
  open();
  const { Doc, encodeStateAsUpdate } = await import('yjs');
  const first = new Doc();
  addTextFile(first, { id: 'x', path: 'package.json', content: '{}' });
  rooms.seed('a', encodeStateAsUpdate(first), BOT);
  await write(ANN, 'package.json', '{ }');
  await wait(PAUSE_MS + 100);
  expect((await list()).map(({ kind, authors }) => [kind, authors[0]?.name])).toEqual([['edited', 'Ann'], ['created', 'Bot']]);
  expect([await contentOf(1, 'package.json'), await contentOf(2, 'package.json')]).toEqual(['{}', '{ }']);
});
test('[H5] what comes to nothing is no revision, and a rename is one change', async () => {
  await write(ANN, 'f', 'one');
  await wait(PAUSE_MS + 100);
  await write(ANN, 'f', 'two');
  await write(ANN, 'f', 'one');
  await wait(PAUSE_MS + 100);
  expect(await list()).toHaveLength(1);
  await change(ANN, (doc) => renameFile(doc, findByPath(doc, 'f')?.id ?? '', 'g'));
  await wait(PAUSE_MS + 100);
  expect((await list())[0]?.files).toMatchObject([{ path: 'g', from: 'f', change: 'renamed' }]);
  expect((await list('g')).map(({ revision }) => revision)).toEqual([2]);
});
test('a step is shown as a patch', async () => {
  await write(ANN, 'f', 'one\ntwo\n');
  await wait(PAUSE_MS + 100);
  await write(ANN, 'f', 'one\n2\n');
  await wait(PAUSE_MS + 100);
  expect(history.diff('a', 2)[0]?.patch).toContain('--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n');
});
describe('[H6] restoring', () => {
  test('everything, and undoing that', async () => {
    const blob = await blobs.put('a', new Uint8Array([0, 1, 2]));
    await change(ANN, (doc) => {
      addTextFile(doc, { id: 'f', path: 'f', content: 'one' });
      addBinaryFile(doc, { id: 'b', path: 'b', blob, size: 3, mode: 0o755 });
    });
    await wait(PAUSE_MS + 100);
    await change(BOT, (doc) => {
      renameFile(doc, 'f', 'renamed');
      textIn(doc, 'renamed').insert(0, 'not ');
      deleteFile(doc, 'b');
      addTextFile(doc, { id: 'n', path: 'new', content: 'n' });
    });
    const outcome = await commit(history.restore('a', 1, undefined, ANN));
    expect(now()).toEqual({ f: 'one', b: blob });
    expect(rooms.read('a', (doc) => [findByPath(doc, 'f')?.id, findByPath(doc, 'b')?.mode])).toEqual(['f', 0o755]);
    expect(outcome).toEqual({ revision: 3, undo: 2 });
    expect((await list()).map(({ kind, restored, authors }) => [kind, restored, authors[0]?.name])).toEqual([['restored', 1, 'Ann'], ['edited', undefined, 'Bot'], ['edited', undefined, 'Ann']]);
    await commit(history.restore('a', outcome.undo, undefined, ANN));
    expect(now()).toEqual({ renamed: 'not one', new: 'n' });
  });
  test('one file leaves the others, and merges what is typed', async () => {
    await write(ANN, 'f', 'first line\nsecond line\n');
    await write(ANN, 'g', 'g');
    await wait(PAUSE_MS + 100);
    await write(BOT, 'f', 'first line\nsecond LINE\n');
    await write(BOT, 'g', 'G');
    await wait(PAUSE_MS + 100);
    const room = rooms.enter('a');
    textIn(room.doc, 'f').observe((event) => event.transaction.origin !== null && expect(event.delta.length).toBeGreaterThan(1));
    await commit(history.restore('a', 1, ['f'], ANN));
    expect(now()).toEqual({ f: 'first line\nsecond line\n', g: 'G' });
    rooms.leave(room);
  });
  test('while somebody is typing in it without a connection keeps what they type', async () => {
    await write(ANN, 'f', 'first line\nsecond line\n');
    await wait(PAUSE_MS + 100);
    const { Doc, applyUpdate, encodeStateAsUpdate } = await import('yjs');
    await change(BOT, (doc) => textIn(doc, 'f').insert(24, 'third line\n'));
    const away = new Doc();
    applyUpdate(away, rooms.read('a', encodeStateAsUpdate));
    textIn(away, 'f').insert(5, ' typed');
    await commit(history.restore('a', 1, undefined, ANN));
    await change(BOT, (doc) => applyUpdate(doc, encodeStateAsUpdate(away)));
    expect(now()).toEqual({ f: 'first typed line\nsecond line\n' });
  });
  test('a file that was not there yet goes', async () => {
    await write(ANN, 'f', '1');
    await wait(PAUSE_MS + 100);
    await write(ANN, 'g', '2');
    await wait(PAUSE_MS + 100);
    await commit(history.restore('a', 1, ['g'], ANN));
    expect(now()).toEqual({ f: '1' });
  });
  test('of what is not there is refused and changes nothing', async () => {
    await write(ANN, 'f', '1');
    await wait(PAUSE_MS + 100);
    await expect(commit(history.restore('a', 9, undefined, ANN))).rejects.toMatchObject({ code: 'E-TERRARIUM-1370' });
    await expect(commit(history.restore('a', 1, ['nope'], ANN))).rejects.toMatchObject({ code: 'E-TERRARIUM-1371' });
    expect(await list()).toHaveLength(1);
  });
  test('while the disk is full changes nothing and is no step', async () => {
    await write(ANN, 'f', '1');
    await wait(PAUSE_MS + 100);
    await rooms.close();
    rooms = createRooms({ database, logger: quiet, checkSpace: () => { throw new Error('no space'); } });
    await expect(commit(createHistory(rooms, blobs).restore('a', 1, undefined, ANN))).rejects.toThrow('no space');
    expect(rooms.revisions.all('a')).toHaveLength(1);
  });
});
describe('checkpoints', () => {
  test('a name ends the step and stays; another name for the same content is another revision', async () => {
    await write(ANN, 'f', '1');
    expect(await commit(history.checkpoint('a', 'works', ANN))).toMatchObject({ revision: 1, name: 'works', authors: [ANN] });
    expect(await commit(history.checkpoint('a', 'really', BOT))).toMatchObject({ revision: 2, name: 'really', files: [], authors: [BOT] });
    expect(history.rename('a', 1, undefined).name).toBeUndefined();
    expect(await contentOf(2, 'f')).toBe('1');
  });
  test('[H7] there are at most 100', async () => {
    await write(ANN, 'f', '1');
    for (let i = 0; i < 100; i++) await commit(history.checkpoint('a', `c${i}`, ANN));
    await expect(commit(history.checkpoint('a', 'one more', ANN))).rejects.toMatchObject({ code: 'E-TERRARIUM-1372' });
  });
});
test('[H9] terminating deletes the timeline and the texts', async () => {
  await write(ANN, 'f', 'only here');
  await wait(PAUSE_MS + 100);
  rooms.remove('a');
  expect(rooms.revisions.all('a')).toEqual([]);
  expect(rooms.revisions.has(sha('only here'))).toBe(false);
});
test('[H4] property: whatever was done, every revision is answered byte for byte, and restoring it makes the document that', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('write' as const), path: fc.constantFrom('a', 'b', 'c/d'), text: fc.string({ unit: 'binary', maxLength: 30 }) }),
    fc.record({ do: fc.constant('bytes' as const), path: fc.constantFrom('a', 'b', 'c/d'), bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }) }),
    fc.record({ do: fc.constant('rename' as const), path: fc.constantFrom('a', 'b', 'c/d'), to: fc.constantFrom('a', 'b', 'e') }),
    fc.record({ do: fc.constant('delete' as const), path: fc.constantFrom('a', 'b', 'c/d', 'e') }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }), async (steps) => {
      await change(ANN, (doc) => filesMap(doc).clear());
      await commit(history.checkpoint('a', 'start', ANN));
      const seen: [number, Record<string, string>][] = [];
      for (const actions of steps) {
        for (const action of actions) {
          const blob = action.do === 'bytes' ? await blobs.put('a', action.bytes) : '';
          await change(ANN, (doc) => {
            const file = findByPath(doc, action.path);
            if (action.do === 'write' || action.do === 'bytes') {
              if (file !== undefined) deleteFile(doc, file.id);
              if (action.do === 'write') addTextFile(doc, { id: `p${ids++}`, path: action.path, content: action.text });
              else addBinaryFile(doc, { id: `p${ids++}`, path: action.path, blob, size: action.bytes.length });
            } else if (file !== undefined && action.do === 'delete') deleteFile(doc, file.id);
            else if (file !== undefined && action.do === 'rename' && findByPath(doc, action.to) === undefined) renameFile(doc, file.id, action.to);
          });
        }
        const { revision } = await commit(history.checkpoint('a', 'c', ANN));
        seen.push([revision, now()]);
      }
      for (const [revision, files] of seen) {
        expect([...history.files('a', revision).keys()]).toEqual(Object.keys(files).sort());
        for (const [name, content] of Object.entries(files)) {
          const { content: { kind }, bytes } = await history.read('a', revision, name);
          expect(kind === 'text' ? Buffer.from(bytes).toString() : sha(bytes)).toBe(content);
        }
        await commit(history.restore('a', revision, undefined, BOT));
        expect(now()).toEqual(files);
      }
      for (const { revision } of rooms.revisions.all('a')) history.rename('a', revision, undefined);
    }),
    { numRuns: 25, examples: [[[[{ do: 'bytes', path: 'a', bytes: new Uint8Array([0]) }], [{ do: 'rename', path: 'a', to: 'e' }, { do: 'bytes', path: 'a', bytes: new Uint8Array([0]) }]]]] },
  );
});
