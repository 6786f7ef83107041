/** All rooms of this process: their life cycle is that of SPEC.md. */
import type { DatabaseSync } from 'node:sqlite';
import type * as Y from 'yjs';
import type { Author } from '../../shared/document/author.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { createRevisionStore } from '../history/store.ts';
import type { RevisionStore } from '../history/store.ts';
import type { Logger } from '../logger.ts';
import { createUpdateLog } from './log.ts';
import { rehearse } from './rehearsal.ts';
import type { TouchedFile } from './rehearsal.ts';
import { Room } from './room.ts';
import type { RoomOrigin } from './room.ts';

const IDLE_MS = 15_000;

export interface Rooms {
  /** The room of an environment that exists; loads it when absent. Balance with `leave`. */
  enter(environmentId: string): Room;
  leave(room: Room): void;
  /**
   * Changes the document and resolves when the change is durable. What `change` throws is thrown, and nothing is changed if it throws first; nor is
   * while commits fail. A commit that fails afterwards is thrown as well, though its change stays in the document and is written when it can be (SPEC R8).
   * `change` does nothing but change the document that it is given: it may be asked what it would do on a copy. `actor` is who asks, where that is
   * another than whose change it is: a person who accepts what an agent proposed.
   */
  change<T>(environmentId: string, change: (doc: Y.Doc) => T, author: Author, actor?: Author): Promise<T>;
  /** Throws what `change` would throw, and changes nothing. */
  rehearse(environmentId: string, change: (doc: Y.Doc) => unknown, author: Author): void;
  read<T>(environmentId: string, read: (doc: Y.Doc) => T): T;
  /** Writes the first content of an environment, inside the caller's transaction. */
  seed(environmentId: string, update: Uint8Array, author: Author): void;
  remove(environmentId: string): void;
  connections(environmentId: string): number;
  /** Milliseconds for which the document has not changed, at least: those of a room that nobody needs are not counted. */
  quietMs(environmentId: string): number;
  /** Ends the connections of one author. */
  expel(environmentId: string, author: Pick<Author, 'kind' | 'id'>, code: number, reason: string): void;
  /** Ends all connections; the document stays. */
  end(environmentId: string, code: number, reason: string): void;
  /** Bytes of its document's log and, compressed, of its timeline. */
  bytes(environmentId: string): number;
  /** The rows of all timelines. */
  readonly revisions: RevisionStore;
  close(): Promise<void>;
}

/** Throws where the actor may change nothing; answers with what judges the files that a change touches, where some are barred (SPEC R10). */
export type WriteGate = (environmentId: string, actor: Author) => ((touched: readonly TouchedFile[]) => void) | undefined;

export interface RoomsOptions {
  database: DatabaseSync;
  logger: Logger;
  idleMs?: number;
  /** Called with each room when its document is loaded. */
  onLoad?: (room: Room) => void;
  /** An environment's room was removed for good. */
  onRemove?: (environmentId: string) => void;
  /** Throws when there is no space for a change. */
  checkSpace?: () => void;
  gate?: WriteGate;
}

export function createRooms({ database, logger, idleMs = IDLE_MS, checkSpace = () => undefined, gate = () => undefined, onLoad, onRemove }: RoomsOptions): Rooms {
  const rooms = new Map<string, Room>();
  const log = createUpdateLog(database, logger, (environmentId) => endStep(rooms.get(environmentId)));
  const store = createRevisionStore(database);
  const seedRow = database.prepare('INSERT INTO updates (environment_id, seq, data, author, at) VALUES (?, 1, ?, ?, ?)');
  const logBytes = database.prepare('SELECT COALESCE(SUM(LENGTH(data)), 0) AS bytes FROM updates WHERE environment_id = ?');
  const idle = new Map<string, NodeJS.Timeout>();
  let closed = false;

  function enter(environmentId: string): Room {
    if (closed) throw TerrariumError.of('E-TERRARIUM-3001');
    clearTimeout(idle.get(environmentId));
    let room = rooms.get(environmentId);
    if (room === undefined) {
      room = new Room(environmentId, log, store);
      rooms.set(environmentId, room);
      onLoad?.(room);
    }
    room.users++;
    return room;
  }

  function leave(room: Room): void {
    room.users--;
    if (room.users > 0 || rooms.get(room.environmentId) !== room || closed) return;
    idle.set(room.environmentId, setTimeout(() => unload(room), idleMs).unref());
  }

  function unload(room: Room): void {
    if (room.users > 0 || rooms.get(room.environmentId) !== room) return;
    endStep(room);
    if (log.hasPending(room.environmentId)) {
      idle.set(room.environmentId, setTimeout(() => unload(room), idleMs).unref());
      return;
    }
    log.compact(room.environmentId);
    rooms.delete(room.environmentId);
    idle.delete(room.environmentId);
    room.destroy();
  }

  async function durableOrFailed(room: Room): Promise<void> {
    const failed = Promise.withResolvers<never>();
    const stop = log.onFailure(failed.reject);
    try {
      await Promise.race([room.durable(), failed.promise]);
    } finally {
      stop();
    }
  }

  function read<T>(environmentId: string, reader: (doc: Y.Doc) => T): T {
    const room = enter(environmentId);
    try {
      return reader(room.doc);
    } finally {
      leave(room);
    }
  }

  function checkWritable(): void {
    checkSpace();
    if (log.failure !== undefined) throw log.failure;
  }

  return {
    revisions: store,
    enter,
    leave,
    read,
    async change(environmentId, change, author, actor = author) {
      const room = enter(environmentId);
      try {
        checkWritable();
        const judge = gate(environmentId, actor);
        if (judge !== undefined) judge(rehearse(room.doc, change));
        const result = room.doc.transact(() => change(room.doc), { author } satisfies RoomOrigin);
        await durableOrFailed(room);
        return result;
      } finally {
        leave(room);
      }
    },
    rehearse(environmentId, change, author) {
      const room = enter(environmentId);
      try {
        checkWritable();
        const judge = gate(environmentId, author);
        const touched = rehearse(room.doc, change);
        judge?.(touched);
      } finally {
        leave(room);
      }
    },
    seed: (environmentId, update, author) => void seedRow.run(environmentId, update, JSON.stringify(author), Date.now()),
    remove(environmentId) {
      const room = rooms.get(environmentId);
      clearTimeout(idle.get(environmentId));
      idle.delete(environmentId);
      rooms.delete(environmentId);
      log.remove(environmentId);
      store.removeAll(environmentId);
      room?.end(4404, TerrariumError.of('E-TERRARIUM-1304').message);
      room?.destroy();
      onRemove?.(environmentId);
    },
    expel: (environmentId, author, code, reason) => rooms.get(environmentId)?.expel(author, code, reason),
    end(environmentId, code, reason) {
      const room = rooms.get(environmentId);
      endStep(room);
      room?.end(code, reason);
    },
    bytes: (environmentId) => (logBytes.get(environmentId) as { bytes: number }).bytes + store.bytes(environmentId),
    connections: (environmentId) => rooms.get(environmentId)?.connectionCount ?? 0,
    quietMs: (environmentId) => Date.now() - (rooms.get(environmentId)?.changedAt ?? 0),
    async close() {
      closed = true;
      for (const timer of idle.values()) clearTimeout(timer);
      for (const room of rooms.values()) endStep(room);
      log.flush();
      for (const room of rooms.values()) {
        room.end(1012, 'The server restarts.');
        room.destroy();
      }
      rooms.clear();
    },
  };
}

/** What is under way is written with the next commit. */
function endStep(room: Room | undefined): void {
  if (room?.recorder.isOpen === true) void room.recorder.cut();
}
