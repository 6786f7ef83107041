/** The audit log: who did what in which environment, and how it was answered (SPEC.md, A1-A4). It outlives the environment. */
import type { DatabaseSync } from 'node:sqlite';
import type { AuditEntry } from '../../shared/agents/api.ts';

export type Actor = AuditEntry['actor'];

export interface Audit {
  note(entry: { environmentId: string; actor: Actor; action: string; detail?: string; outcome: string; durationMs?: number }): void;
  /** Newest first. */
  list(environmentId: string, query: { before?: number | undefined; limit: number; actorId?: string | undefined }): AuditEntry[];
}

/** Entries kept for each environment; the oldest go first. */
const KEPT = 100_000;
/** How many entries may come before the oldest are dropped. */
const PRUNE_EVERY = 1000;
const DETAIL_LENGTH = 1000;

interface Row {
  id: number;
  at: number;
  actor_kind: Actor['kind'];
  actor_id: string;
  actor_name: string;
  action: string;
  detail: string;
  outcome: string;
  duration_ms: number;
}

export function createAudit(database: DatabaseSync, now: () => number = Date.now, kept = KEPT): Audit {
  const insert = database.prepare('INSERT INTO audit (environment_id, at, actor_kind, actor_id, actor_name, action, detail, outcome, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const select = database.prepare('SELECT * FROM audit WHERE environment_id = ? AND id < ? AND (? IS NULL OR actor_id = ?) ORDER BY id DESC LIMIT ?');
  const prune = database.prepare('DELETE FROM audit WHERE environment_id = ? AND id <= (SELECT id FROM audit WHERE environment_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)');
  const noted = new Map<string, number>();

  return {
    note({ environmentId, actor, action, detail = '', outcome, durationMs = 0 }) {
      insert.run(environmentId, now(), actor.kind, actor.id, actor.name, action.slice(0, 200), detail.slice(0, DETAIL_LENGTH), outcome, durationMs);
      const count = (noted.get(environmentId) ?? 0) + 1;
      noted.set(environmentId, count % Math.min(PRUNE_EVERY, kept));
      if (count >= Math.min(PRUNE_EVERY, kept)) prune.run(environmentId, environmentId, kept);
    },
    list(environmentId, { before, limit, actorId }) {
      const rows = select.all(environmentId, before ?? Number.MAX_SAFE_INTEGER, actorId ?? null, actorId ?? null, limit) as unknown as Row[];
      return rows.map(entryOf);
    },
  };
}

function entryOf(row: Row): AuditEntry {
  const { id, action, detail, outcome } = row;
  return { id, at: new Date(row.at).toISOString(), actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name }, action, detail, outcome, durationMs: row.duration_ms };
}

const QUOTED = 120;

/** A call's input as one line: long texts by their length, nothing that looks like a secret. */
export function detailOf(input: unknown): string {
  const shorten = (key: string, value: unknown): unknown => {
    if (/token|secret|password|authorization/i.test(key)) return '(hidden)';
    return typeof value === 'string' && value.length > QUOTED ? `${value.slice(0, QUOTED)}… (${value.length} characters)` : value;
  };
  return input === undefined ? '' : JSON.stringify(input, shorten).slice(0, DETAIL_LENGTH);
}
