/** What is left of environments that were terminated: what they were called, when, and who ended them (server/resources/SPEC.md, M6). */
import type { DatabaseSync } from 'node:sqlite';
import { authorSchema } from '../../shared/document/author.ts';
import type { Author } from '../../shared/document/author.ts';

export interface TerminatedEnvironment {
  id: string;
  taskId: string;
  agentId: string | undefined;
  template: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  terminatedAt: number;
  author: Author;
}

export interface Terminated {
  note(environment: Omit<TerminatedEnvironment, 'terminatedAt' | 'author'>, author: Author): void;
  /** Newest first. */
  list(): TerminatedEnvironment[];
}

const KEPT = 200;

interface Row {
  id: string;
  task_id: string;
  agent_id: string | null;
  template: string;
  created_at: number;
  terminated_at: number;
  author: string;
}

export function createTerminated(database: DatabaseSync): Terminated {
  const insert = database.prepare('INSERT INTO terminated_environments (id, task_id, agent_id, template, created_at, terminated_at, author) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const select = database.prepare('SELECT * FROM terminated_environments ORDER BY terminated_at DESC, rowid DESC LIMIT ?');
  const trim = database.prepare('DELETE FROM terminated_environments WHERE id NOT IN (SELECT id FROM terminated_environments ORDER BY terminated_at DESC, rowid DESC LIMIT ?)');
  return {
    note({ id, taskId, agentId, template, createdAt }, author) {
      insert.run(id, taskId, agentId ?? null, template, createdAt, Date.now(), JSON.stringify(author));
      trim.run(KEPT);
    },
    list: () =>
      (select.all(KEPT) as unknown as Row[]).map(({ id, template, author, ...row }) => ({
        id, template, taskId: row.task_id, agentId: row.agent_id ?? undefined, createdAt: row.created_at, terminatedAt: row.terminated_at, author: authorSchema.parse(JSON.parse(author)),
      })),
  };
}
