import * as decoding from 'lib0/decoding';
import { Awareness, applyAwarenessUpdate } from 'y-protocols/awareness';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { addTextFile, findByPath } from '../../shared/document/schema.ts';
import type { Connection } from '../rooms/room.ts';
import { createRooms } from '../rooms/rooms.ts';
import type { Rooms } from '../rooms/rooms.ts';
import { openDatabase } from '../storage/database.ts';
import { createPresence } from './presence.ts';
import type { Agent } from './tokens.ts';

const agent: Agent = { id: 'a', name: 'Robin', color: 3, environmentId: 'e', created: new Set(), verbs: new Set(), mode: 'edit', expiresAt: Infinity };
let rooms: Rooms;
let watcher: Awareness;
beforeEach(() => {
  vi.useFakeTimers();
  const database = openDatabase(':memory:');
  database.exec("INSERT INTO environments (id, task_id, template, status, port, created_at, used_at) VALUES ('e', 't', 'tiny', 'running', 1, 1, 1)");
  rooms = createRooms({ database, logger: { info() {}, warn() {}, error() {} } });
  watcher = new Awareness(new Y.Doc());
  watcher.setLocalState(null);
});
afterEach(async () => {
  watcher.destroy();
  await rooms.close();
  vi.useRealTimers();
});

/** A member's side of the room: what it sees of others. */
function watch(): Connection {
  const connection: Connection = {
    canWrite: true,
    author: { kind: 'person', id: 'owner', name: 'Ann' },
    send(message) {
      const decoder = decoding.createDecoder(message);
      if (decoding.readVarUint(decoder) === 1) applyAwarenessUpdate(watcher, decoding.readVarUint8Array(decoder), 'room');
    },
    close() {},
  };
  rooms.enter('e').join(connection);
  return connection;
}
const seen = () => [...watcher.getStates().values()];

test('[V1] an agent is among the members while it works, with its cursor, and then no longer', () => {
  watch();
  const presence = createPresence(rooms, 60_000);
  presence.active('e', agent);
  expect(seen()).toEqual([{ user: { name: 'Robin', colour: 3, kind: 'agent', id: expect.any(String) } }]);
  const room = rooms.enter('e');
  addTextFile(room.doc, { id: 'f', path: 'a.txt', content: 'hello' });
  const file = findByPath(room.doc, 'a.txt');
  if (file?.kind !== 'text') throw new Error('no file');
  presence.look('e', agent, 'f', { text: file.text, anchor: 2, head: 99 });
  expect(seen()).toMatchObject([{ fileId: 'f', user: { name: 'Robin' }, selection: { anchor: expect.anything(), head: expect.anything() } }]);
  // Longer than others believe a state that is not said again.
  vi.advanceTimersByTime(50_000);
  expect(seen()).toHaveLength(1);
  presence.active('e', agent);
  vi.advanceTimersByTime(59_000);
  expect(seen()).toHaveLength(1);
  vi.advanceTimersByTime(2000);
  expect(seen()).toEqual([]);
  presence.close();
});

test('[V2] who joins later sees it, and it leaves with the server', () => {
  const presence = createPresence(rooms);
  presence.active('e', agent);
  watch();
  expect(seen()).toHaveLength(1);
  presence.close();
  expect(seen()).toEqual([]);
});
