import type { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import type { Logger } from '../logger.ts';
import { openDatabase } from '../storage/database.ts';
import type { Author } from '../../shared/document/author.ts';
import { createUpdateLog } from './log.ts';
import type { LoggedUpdate } from './log.ts';
import { createRooms } from './rooms.ts';

const quiet: Logger = { info() {}, warn() {}, error() {} };
const ANN: Author = { kind: 'person', id: 'owner', name: 'Ann' };
const BEN: Author = { kind: 'agent', id: 'b', name: 'Ben' };
let database: DatabaseSync;
beforeEach(() => {
  database = openDatabase(':memory:');
  for (const id of ['a', 'b']) database.prepare("INSERT INTO environments VALUES (?, 't', NULL, 'tiny', 'running', 1, 0, 0, 0)").run(id);
});

function updatesOf(texts: string[]): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (const text of texts) doc.getText('t').insert(doc.getText('t').length, text);
  return updates;
}

function contentOf(rows: LoggedUpdate[]): string {
  const doc = new Y.Doc();
  for (const { update } of rows) Y.applyUpdate(doc, update);
  return doc.getText('t').toString();
}

describe('update log', () => {
  test('[R2] updates of several rooms share one commit, in order', () => {
    const log = createUpdateLog(database, quiet);
    const durable: string[] = [];
    for (const [index, update] of updatesOf(['1', '2', '3']).entries()) {
      log.append('a', update, ANN, () => durable.push(`a${index}`));
      log.append('b', update, BEN, () => durable.push(`b${index}`));
    }
    expect(durable).toEqual([]);
    log.flush();
    expect(durable).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
    expect(contentOf(log.load('a'))).toBe('123');
    expect(log.load('b')).toHaveLength(1);
  });

  test('[R9] each row has the one author of what it holds, and what is written alongside knows what came before it', () => {
    const log = createUpdateLog(database, quiet);
    const [one, two, three] = updatesOf(['1', '2', '3']) as [Uint8Array, Uint8Array, Uint8Array];
    const seen: number[] = [];
    log.append('a', one, ANN, () => {});
    log.append('a', two, { ...ANN, name: 'Anna' }, () => {});
    log.alongside('a', (seq) => seen.push(seq), () => {});
    log.append('a', three, BEN, () => {});
    log.alongside('a', (seq) => seen.push(seq), () => {});
    log.flush();
    expect(log.load('a').map(({ seq, author }) => [seq, author?.name])).toEqual([[1, 'Ann'], [2, 'Ben']]);
    expect(seen).toEqual([1, 2]);
    expect(contentOf(log.load('a'))).toBe('123');
  });
  test('[R4] a failed commit announces nothing and is tried again whole', () => {
    const log = createUpdateLog(database, quiet);
    const durable: string[] = [];
    database.exec("CREATE TRIGGER full BEFORE INSERT ON updates BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    const [first, second] = updatesOf(['x', 'y']) as [Uint8Array, Uint8Array];
    log.append('a', first, ANN, () => durable.push('x'));
    expect(() => log.flush()).toThrow('disk full');
    expect(durable).toEqual([]);
    expect(log.hasPending('a')).toBe(true);
    log.append('a', second, ANN, () => durable.push('y'));
    database.exec('DROP TRIGGER full');
    log.flush();
    expect(durable).toEqual(['x', 'y']);
    expect(contentOf(log.load('a'))).toBe('xy');
  });

  test('[R5] compaction keeps the content, deletions included', () => {
    const log = createUpdateLog(database, quiet);
    const doc = new Y.Doc();
    doc.on('update', (update: Uint8Array) => {
      log.append('a', update, ANN, () => {});
      log.flush();
    });
    for (let i = 0; i < 900; i++) doc.getText('t').insert(0, 'ab');
    doc.getText('t').delete(0, 1700);
    expect(log.load('a').length).toBeLessThanOrEqual(401);
    log.compact('a');
    expect(log.load('a')).toHaveLength(1);
    expect(contentOf(log.load('a'))).toBe(doc.getText('t').toString());
  });

  test('[R1] two callers get one room; [R3] what is pending survives the last one leaving', async () => {
    const rooms = createRooms({ database, logger: quiet, idleMs: 0 });
    const one = rooms.enter('a');
    expect(rooms.enter('a')).toBe(one);
    one.doc.getText('t').insert(0, 'kept');
    rooms.leave(one);
    rooms.leave(one);
    await one.durable();
    expect(rooms.read('a', (doc) => doc.getText('t').toString())).toBe('kept');
    await rooms.close();
    expect(createRooms({ database, logger: quiet }).read('a', (doc) => doc.getText('t').toString())).toBe('kept');
  });

  test('[R7] shutdown writes what is pending', async () => {
    const rooms = createRooms({ database, logger: quiet });
    rooms.enter('a').doc.getText('t').insert(0, 'late');
    await rooms.close();
    expect(contentOf(createUpdateLog(database, quiet).load('a'))).toBe('late');
  });
});

describe('a change of the server', () => {
  const fill = (): void => database.exec("CREATE TRIGGER full BEFORE INSERT ON updates BEGIN SELECT RAISE(ABORT, 'disk full'); END");
  const inserting = (text: string) => (doc: Y.Doc) => doc.getText('t').insert(0, text);

  test('[R8] is told that its commit failed, the next one changes nothing, and both go on when there is room', async () => {
    const rooms = createRooms({ database, logger: quiet });
    fill();
    await expect(rooms.change('a', inserting('first'), ANN)).rejects.toThrow('disk full');
    await expect(rooms.change('a', inserting('second'), ANN)).rejects.toThrow('disk full');
    expect(rooms.read('a', (doc) => doc.getText('t').toString())).toBe('first');
    database.exec('DROP TRIGGER full');
    await vi.waitFor(() => rooms.change('a', inserting('third '), ANN), { timeout: 5000 });
    expect(createRooms({ database, logger: quiet }).read('a', (doc) => doc.getText('t').toString())).toBe('third first');
    await rooms.close();
  });

  test('[R9] has the author that it is made for; one that names none is the server’s', async () => {
    const rooms = createRooms({ database, logger: quiet });
    await rooms.change('a', inserting('x'), BEN);
    const room = rooms.enter('a');
    room.doc.getText('t').insert(0, 'y');
    await room.durable();
    expect(createUpdateLog(database, quiet).load('a').map(({ author }) => author?.id)).toEqual(['b', 'server']);
    rooms.leave(room);
    await rooms.close();
  });
  test('[R8] without space it changes nothing', async () => {
    const rooms = createRooms({ database, logger: quiet, checkSpace: () => { throw new Error('no space'); } });
    await expect(rooms.change('a', inserting('first'), ANN)).rejects.toThrow('no space');
    expect(rooms.read('a', (doc) => doc.getText('t').toString())).toBe('');
  });
});
