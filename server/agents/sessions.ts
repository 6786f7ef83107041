/** Sessions of agents: what each has changed, kept so that it can be taken back (SPEC.md, U1-U6). */
import type { DatabaseSync } from 'node:sqlite';
import { nanoid } from 'nanoid';
import type * as Y from 'yjs';
import type { Author } from '../../shared/document/author.ts';
import { getFile, listFiles } from '../../shared/document/schema.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Room, RoomOrigin } from '../rooms/room.ts';
import type { Rooms } from '../rooms/rooms.ts';
import { transaction as inTransaction } from '../storage/database.ts';
import { changeSchema } from './undo/change.ts';
import type { FileChange } from './undo/change.ts';
import { changesOf } from './undo/record.ts';
import { reverseFile } from './undo/reverse.ts';
import type { Reversal } from './undo/reverse.ts';

export interface SessionInfo {
  id: string;
  agentId: string;
  agentName: string;
  /** Milliseconds since the epoch. */
  startedAt: number;
  lastAt: number;
  /** Files with changes that can be taken back, by the path that each had last. */
  files: { id: string; path: string; changes: number }[];
}

export interface Undone {
  path: string;
  result: Reversal;
}

export interface AgentSessions {
  /** Records what agents change in a room. */
  follow(room: Room): void;
  /** Newest first. */
  list(environmentId: string): SessionInfo[];
  /** Takes a session back, or what it did to one file. @throws {TerrariumError} 1346 */
  undo(environmentId: string, sessionId: string, by: Author, fileId?: string): Promise<Undone[]>;
  /** Blobs that taking a session back may need. */
  blobs(environmentId: string): Set<string>;
  /** The agent's latest session. @throws {TerrariumError} 1346 when it has none */
  undoOwn(environmentId: string, author: Author, file?: { path: string; id: string | undefined }): Promise<Undone[]>;
}

/** A pause after which the next change begins a new session. */
const PAUSE_MS = 30 * 60_000;
const KEPT_MS = 30 * 24 * 3_600_000;

interface SessionRow {
  id: string;
  agent_id: string;
  agent_name: string;
  started_at: number;
  last_at: number;
}

interface ChangeRow {
  id: number;
  file_id: string;
  path: string;
  data: string;
}

export function createAgentSessions(database: DatabaseSync, rooms: Pick<Rooms, 'change'>, now: () => number = Date.now): AgentSessions {
  const latest = database.prepare('SELECT * FROM agent_sessions WHERE environment_id = ? AND agent_id = ? ORDER BY last_at DESC, rowid DESC LIMIT 1');
  const all = database.prepare('SELECT * FROM agent_sessions WHERE environment_id = ? ORDER BY last_at DESC');
  const byId = database.prepare('SELECT * FROM agent_sessions WHERE environment_id = ? AND id = ?');
  const begin = database.prepare('INSERT INTO agent_sessions (id, environment_id, agent_id, agent_name, started_at, last_at) VALUES (?, ?, ?, ?, ?, ?)');
  const goOn = database.prepare('UPDATE agent_sessions SET last_at = ?, agent_name = ? WHERE id = ?');
  const insert = database.prepare('INSERT INTO agent_changes (session_id, file_id, path, at, data) VALUES (?, ?, ?, ?, ?)');
  const changes = database.prepare('SELECT id, file_id, path, data FROM agent_changes WHERE session_id = ? ORDER BY id');
  const files = database.prepare('SELECT file_id, path, COUNT(*) AS n, MAX(id) FROM agent_changes WHERE session_id = ? GROUP BY file_id ORDER BY path');
  const withBlobs = database.prepare(`SELECT data FROM agent_changes JOIN agent_sessions s ON s.id = session_id WHERE environment_id = ? AND data LIKE '%"blob"%'`);
  const forget = database.prepare('DELETE FROM agent_changes WHERE session_id = ? AND file_id = ? AND id <= ?');
  database.prepare('DELETE FROM agent_sessions WHERE last_at < ?').run(now() - KEPT_MS);
  /** Documents whose transaction under way takes something back, which is no work of the session, with what forgets what was taken back. */
  const reversing = new WeakMap<Y.Doc, () => void>();

  function sessionOf(environmentId: string, author: Author): string {
    const row = latest.get(environmentId, author.id) as SessionRow | undefined;
    if (row !== undefined && now() - row.last_at < PAUSE_MS) {
      goOn.run(now(), author.name, row.id);
      return row.id;
    }
    const id = nanoid();
    begin.run(id, environmentId, author.id, author.name, now(), now());
    return id;
  }

  function record(room: Room, author: Author, found: Map<string, FileChange>): void {
    if (found.size === 0) return;
    inTransaction(database, () => {
      const session = sessionOf(room.environmentId, author);
      for (const [id, change] of found) insert.run(session, id, getFile(room.doc, id)?.path ?? change.removed?.path ?? '', now(), JSON.stringify(change));
    });
  }

  async function undo(environmentId: string, sessionId: string, by: Author, fileId?: string): Promise<Undone[]> {
    if (byId.get(environmentId, sessionId) === undefined) throw TerrariumError.of('E-TERRARIUM-1346', { session: sessionId.slice(0, 64) });
    return rooms.change(environmentId, (doc) => {
      const rows = (changes.all(sessionId) as unknown as ChangeRow[]).filter((row) => fileId === undefined || row.file_id === fileId);
      const undone: Undone[] = [];
      for (const [id, ofFile] of Map.groupBy(rows, (row) => row.file_id)) {
        const result = reverseFile(doc, id, ofFile.map(({ data }) => changeSchema.parse(JSON.parse(data))), (path, self) => isFree(doc, path, self));
        undone.push({ path: getFile(doc, id)?.path ?? ofFile.at(-1)?.path ?? '', result });
      }
      reversing.set(doc, () => rows.forEach((row) => forget.run(sessionId, row.file_id, row.id)));
      return undone;
    }, by);
  }

  return {
    undo,
    follow(room) {
      room.doc.on('afterTransaction', (change: Y.Transaction) => {
        const forgetUndone = reversing.get(room.doc);
        reversing.delete(room.doc);
        // In the same turn as the change: an edit of the agent that comes later is not forgotten.
        if (forgetUndone !== undefined) return forgetUndone();
        const author = authorOf(change.origin);
        if (author?.kind === 'agent') record(room, author, changesOf(change));
      });
    },
    blobs: (environmentId) => new Set((withBlobs.all(environmentId) as { data: string }[]).flatMap(({ data }) => [...data.matchAll(/"blob":"([0-9a-f]{64})"/g)].map(([, sha256 = '']) => sha256))),
    list: (environmentId) =>
      (all.all(environmentId) as unknown as SessionRow[]).map((row) => ({
        id: row.id,
        agentId: row.agent_id,
        agentName: row.agent_name,
        startedAt: row.started_at,
        lastAt: row.last_at,
        files: (files.all(row.id) as { file_id: string; path: string; n: number }[]).map(({ file_id, path, n }) => ({ id: file_id, path, changes: n })),
      })),
    async undoOwn(environmentId, author, file) {
      const row = latest.get(environmentId, author.id) as SessionRow | undefined;
      if (row === undefined) throw TerrariumError.of('E-TERRARIUM-1346', { session: 'of yours' });
      if (file === undefined) return undo(environmentId, row.id, author);
      // A file that it deleted has no id in the document any more.
      const id = file.id ?? (changes.all(row.id) as unknown as ChangeRow[]).findLast(({ path }) => path === file.path)?.file_id;
      return id === undefined ? [] : undo(environmentId, row.id, author, id);
    },
  };
}

function authorOf(origin: unknown): Author | undefined {
  return typeof origin === 'object' && origin !== null && 'author' in origin ? (origin as RoomOrigin).author : undefined;
}

function isFree(doc: Y.Doc, path: string, self: string): boolean {
  const wanted = path.toLowerCase();
  return listFiles(doc).every(({ id, path: other }) => {
    const taken = other.toLowerCase();
    return id === self || (taken !== wanted && !taken.startsWith(`${wanted}/`) && !wanted.startsWith(`${taken}/`));
  });
}
