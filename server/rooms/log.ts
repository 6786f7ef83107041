/** The durable log of each room's updates, written by group commits: one transaction for all that came within a few milliseconds (SPEC R2, R4, R5). */
import type { DatabaseSync } from 'node:sqlite';
import * as Y from 'yjs';
import type { Logger } from '../logger.ts';
import { transaction } from '../storage/database.ts';

/** How long an update waits for others to share its commit. */
const GROUP_MS = 4;
const RETRY_MS = 1000;
/** Rows of a log after which it is merged into one. */
const COMPACT_ROWS = 400;

export interface UpdateLog {
  load(environmentId: string): Uint8Array[];
  /** Queues an update; `durable` is called in the same turn as the commit that wrote it. */
  append(environmentId: string, update: Uint8Array, durable: () => void): void;
  hasPending(environmentId: string): boolean;
  /** Why the last commit failed, while what it had to write waits for another try. */
  readonly failure: Error | undefined;
  /** `failed` is called with each failed commit, until the returned function is. */
  onFailure(failed: (error: Error) => void): () => void;
  /** Commits at once. Throws what the database throws; then everything stays queued. */
  flush(): void;
  /** Forgets what is queued and written for an environment. */
  remove(environmentId: string): void;
  compact(environmentId: string): void;
}

interface Queued {
  environmentId: string;
  update: Uint8Array;
  durable: () => void;
}

export function createUpdateLog(database: DatabaseSync, logger: Logger): UpdateLog {
  const select = database.prepare('SELECT data FROM updates WHERE environment_id = ? ORDER BY seq');
  const last = database.prepare('SELECT COALESCE(MAX(seq), 0) AS seq, COUNT(*) AS rows FROM updates WHERE environment_id = ?');
  const insert = database.prepare('INSERT INTO updates (environment_id, seq, data) VALUES (?, ?, ?)');
  const clear = database.prepare('DELETE FROM updates WHERE environment_id = ?');
  let queue: Queued[] = [];
  let timer: NodeJS.Timeout | undefined;
  let failure: Error | undefined;
  const watchers = new Set<(error: Error) => void>();

  const tail = (environmentId: string) => last.get(environmentId) as { seq: number; rows: number };
  const load = (environmentId: string) => select.all(environmentId).map((row) => row['data'] as Uint8Array);

  function schedule(delay: number): void {
    timer ??= setTimeout(tick, delay);
  }

  function tick(): void {
    timer = undefined;
    try {
      flush();
    } catch (error) {
      logger.error('Commit failed; it is tried again', { error: String(error), pending: queue.length });
      schedule(RETRY_MS);
      failure = error instanceof Error ? error : new Error(String(error));
      for (const failed of watchers) failed(failure);
    }
  }

  function flush(): void {
    if (queue.length === 0) return;
    const batch = queue;
    const byRoom = Map.groupBy(batch, ({ environmentId }) => environmentId);
    transaction(database, () => {
      for (const [environmentId, entries] of byRoom) writeRoom(environmentId, entries);
    });
    queue = [];
    failure = undefined;
    for (const { durable } of batch) durable();
    for (const environmentId of byRoom.keys()) if (tail(environmentId).rows > COMPACT_ROWS) compact(environmentId);
  }

  function writeRoom(environmentId: string, entries: Queued[]): void {
    const merged = Y.mergeUpdates(entries.map(({ update }) => update));
    insert.run(environmentId, tail(environmentId).seq + 1, merged);
  }

  function compact(environmentId: string): void {
    const rows = load(environmentId);
    if (rows.length < 2) return;
    const doc = new Y.Doc();
    doc.transact(() => rows.forEach((row) => Y.applyUpdate(doc, row)));
    const state = Y.encodeStateAsUpdate(doc);
    doc.destroy();
    const { seq } = tail(environmentId);
    transaction(database, () => {
      clear.run(environmentId);
      insert.run(environmentId, seq + 1, state);
    });
  }

  return {
    load,
    flush,
    compact,
    get failure() {
      return failure;
    },
    onFailure(failed) {
      watchers.add(failed);
      return () => void watchers.delete(failed);
    },
    append(environmentId, update, durable) {
      queue.push({ environmentId, update, durable });
      schedule(GROUP_MS);
    },
    hasPending: (environmentId) => queue.some((entry) => entry.environmentId === environmentId),
    remove(environmentId) {
      queue = queue.filter((entry) => entry.environmentId !== environmentId);
      if (queue.length === 0) failure = undefined;
      clear.run(environmentId);
    },
  };
}
