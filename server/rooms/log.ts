/** The durable log of each room's updates, written by group commits: one transaction for all that came within a few milliseconds (SPEC R2, R4, R5). */
import type { DatabaseSync } from 'node:sqlite';
import * as Y from 'yjs';
import { authorKey } from '../../shared/document/author.ts';
import type { Author } from '../../shared/document/author.ts';
import type { Logger } from '../logger.ts';
import { transaction } from '../storage/database.ts';

/** How long an update waits for others to share its commit. */
const GROUP_MS = 4;
const RETRY_MS = 1000;
/** Rows of a log after which it is merged into one. */
const COMPACT_ROWS = 400;

/** One row: what one author did in the time of one commit, or, without an author, what was compacted. */
export interface LoggedUpdate {
  seq: number;
  update: Uint8Array;
  author: Author | undefined;
  /** Milliseconds since the epoch. */
  at: number | undefined;
}

export interface UpdateLog {
  load(environmentId: string): LoggedUpdate[];
  /** Queues an update; `durable` is called in the same turn as the commit that wrote it. */
  append(environmentId: string, update: Uint8Array, author: Author, durable: () => void): void;
  /**
   * Queues statements for the transaction that writes what was appended before, or for the next one: `write` is given the number of the last row there
   * is then. It runs again when the commit fails.
   */
  alongside(environmentId: string, write: (seq: number) => void, durable: () => void): void;
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

interface QueuedUpdate {
  environmentId: string;
  update: Uint8Array;
  author: Author;
  at: number;
  durable: () => void;
}
type Queued = QueuedUpdate | { environmentId: string; write: (seq: number) => void; durable: () => void };

/** `beforeCompaction` may queue what has to be taken from the rows of an environment before they become one. */
export function createUpdateLog(database: DatabaseSync, logger: Logger, beforeCompaction: (environmentId: string) => void = () => undefined): UpdateLog {
  const select = database.prepare('SELECT seq, data, author, at FROM updates WHERE environment_id = ? ORDER BY seq');
  const last = database.prepare('SELECT COALESCE(MAX(seq), 0) AS seq, COUNT(*) AS rows FROM updates WHERE environment_id = ?');
  const insert = database.prepare('INSERT INTO updates (environment_id, seq, data, author, at) VALUES (?, ?, ?, ?, ?)');
  const clear = database.prepare('DELETE FROM updates WHERE environment_id = ?');
  let queue: Queued[] = [];
  let timer: NodeJS.Timeout | undefined;
  let failure: Error | undefined;
  const watchers = new Set<(error: Error) => void>();

  const tail = (environmentId: string) => last.get(environmentId) as { seq: number; rows: number };
  const load = (environmentId: string) => (select.all(environmentId) as unknown as Row[]).map(loggedOf);

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
    for (const environmentId of writeBatch()) if (tail(environmentId).rows > COMPACT_ROWS) compact(environmentId);
  }

  /** @returns the environments that it wrote for */
  function writeBatch(): Iterable<string> {
    if (queue.length === 0) return [];
    const batch = queue;
    const byRoom = Map.groupBy(batch, ({ environmentId }) => environmentId);
    transaction(database, () => {
      for (const [environmentId, entries] of byRoom) writeRoom(environmentId, entries);
    });
    queue = [];
    failure = undefined;
    for (const entry of batch) entry.durable();
    return byRoom.keys();
  }

  function writeRoom(environmentId: string, entries: Queued[]): void {
    let { seq } = tail(environmentId);
    for (const run of runsOf(entries)) {
      const [first] = run;
      if (first === undefined) continue;
      if ('write' in first) first.write(seq);
      else insert.run(environmentId, ++seq, Y.mergeUpdates(run.map((entry) => (entry as QueuedUpdate).update)), JSON.stringify(first.author), first.at);
    }
  }

  function compact(environmentId: string): void {
    beforeCompaction(environmentId);
    writeBatch();
    const rows = load(environmentId);
    if (rows.length < 2) return;
    const doc = new Y.Doc();
    doc.transact(() => rows.forEach(({ update }) => Y.applyUpdate(doc, update)));
    const state = Y.encodeStateAsUpdate(doc);
    doc.destroy();
    const { seq } = tail(environmentId);
    transaction(database, () => {
      clear.run(environmentId);
      insert.run(environmentId, seq, state, null, null);
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
    append(environmentId, update, author, durable) {
      queue.push({ environmentId, update, author, at: Date.now(), durable });
      schedule(GROUP_MS);
    },
    alongside(environmentId, write, durable) {
      queue.push({ environmentId, write, durable });
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

interface Row {
  seq: number;
  data: Uint8Array;
  author: string | null;
  at: number | null;
}

function loggedOf({ seq, data, author, at }: Row): LoggedUpdate {
  // Written by this module.
  return { seq, update: data, author: author === null ? undefined : (JSON.parse(author) as Author), at: at ?? undefined };
}

/** Neighbours that become one row: the updates of one author. Each row has one author, so that the timeline can be told from the log. */
function runsOf(entries: readonly Queued[]): Queued[][] {
  const runs: Queued[][] = [];
  for (const entry of entries) {
    const last = runs.at(-1)?.at(-1);
    if (last !== undefined && 'update' in last && 'update' in entry && authorKey(last.author) === authorKey(entry.author)) runs.at(-1)?.push(entry);
    else runs.push([entry]);
  }
  return runs;
}
