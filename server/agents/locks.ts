/** Locks of files: agents keep off what another holds; people are shown them and are not hindered (SPEC.md, L1-L3). */
import type { DatabaseSync } from 'node:sqlite';
import { authorKey } from '../../shared/document/author.ts';
import type { Author } from '../../shared/document/author.ts';
import { TerrariumError } from '../../shared/errors/error.ts';

export interface Lock {
  fileId: string;
  holder: Author;
  reason: string;
  /** Milliseconds since the epoch; `undefined` until it is released. */
  expiresAt: number | undefined;
}

export interface Locks {
  of(environmentId: string, fileId: string): Lock | undefined;
  list(environmentId: string): Lock[];
  /** Takes or renews it. @throws {TerrariumError} 1342 when another holds it */
  take(environmentId: string, file: { id: string; path: string }, holder: Author, reason: string, lifetimeMs: number | undefined): Lock;
  /** Whether there was one. A person may release anybody's. @throws {TerrariumError} 1342 */
  release(environmentId: string, file: { id: string; path: string }, by: Author): boolean;
  /** Whether others hold files that this agent then may not change. */
  bind(environmentId: string, author: Author): boolean;
  /** @throws {TerrariumError} 1342 when an agent may not change the file */
  check(environmentId: string, file: { id: string; path: string }, author: Author): void;
}

interface Row {
  file_id: string;
  holder_kind: Author['kind'];
  holder_id: string;
  holder_name: string;
  reason: string;
  expires_at: number | null;
}

export function createLocks(database: DatabaseSync, now: () => number = Date.now): Locks {
  const select = database.prepare('SELECT * FROM file_locks WHERE environment_id = ? AND file_id = ? AND (expires_at IS NULL OR expires_at > ?)');
  const all = database.prepare('SELECT * FROM file_locks WHERE environment_id = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY created_at');
  const insert = database.prepare('INSERT OR REPLACE INTO file_locks (environment_id, file_id, holder_kind, holder_id, holder_name, reason, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM file_locks WHERE environment_id = ? AND file_id = ?');

  const of = (environmentId: string, fileId: string): Lock | undefined => {
    const row = select.get(environmentId, fileId, now()) as Row | undefined;
    return row === undefined ? undefined : lockOf(row);
  };
  const refuse = ({ holder, reason }: Lock, path: string) => TerrariumError.of('E-TERRARIUM-1342', { path, holder: holder.name, reason });
  const isOthers = (lock: Lock | undefined, author: Author): lock is Lock => lock !== undefined && authorKey(lock.holder) !== authorKey(author);

  return {
    of,
    list: (environmentId) => (all.all(environmentId, now()) as unknown as Row[]).map(lockOf),
    take(environmentId, { id, path }, holder, reason, lifetimeMs) {
      const lock = of(environmentId, id);
      if (isOthers(lock, holder)) throw refuse(lock, path);
      const expiresAt = lifetimeMs === undefined ? undefined : now() + lifetimeMs;
      insert.run(environmentId, id, holder.kind, holder.id, holder.name, reason, now(), expiresAt ?? null);
      return { fileId: id, holder, reason, expiresAt };
    },
    release(environmentId, { id, path }, by) {
      const lock = of(environmentId, id);
      if (isOthers(lock, by) && by.kind !== 'person') throw refuse(lock, path);
      return remove.run(environmentId, id).changes > 0 && lock !== undefined;
    },
    bind: (environmentId, author) => author.kind === 'agent' && (all.all(environmentId, now()) as unknown as Row[]).some((row) => isOthers(lockOf(row), author)),
    check(environmentId, { id, path }, author) {
      if (author.kind !== 'agent') return;
      const lock = of(environmentId, id);
      if (isOthers(lock, author)) throw refuse(lock, path);
    },
  };
}

const lockOf = (row: Row): Lock => ({ fileId: row.file_id, holder: { kind: row.holder_kind, id: row.holder_id, name: row.holder_name }, reason: row.reason, expiresAt: row.expires_at ?? undefined });
