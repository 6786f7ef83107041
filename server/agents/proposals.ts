/** What an agent in "suggest" mode would change: kept with the text that it was made for, decided by a person hunk by hunk (SPEC.md, P1-P6). */
import type { DatabaseSync } from 'node:sqlite';
import { nanoid } from 'nanoid';
import { TerrariumError } from '../../shared/errors/error.ts';

export interface Proposal {
  id: string;
  environmentId: string;
  agent: { id: string; name: string; colour: number };
  kind: 'edit' | 'create' | 'move' | 'delete';
  path: string;
  /** Of the file that it changes; none for one that it creates. */
  fileId: string | undefined;
  /** Of a move. */
  toPath: string | undefined;
  /** The text that the agent saw, and what it would make of it. */
  base: string;
  proposed: string;
  status: 'open' | 'accepted' | 'rejected';
  /** Milliseconds since the epoch. */
  createdAt: number;
  updatedAt: number;
}

export type NewProposal = Pick<Proposal, 'environmentId' | 'agent' | 'kind' | 'path' | 'fileId' | 'toPath' | 'base' | 'proposed'>;

export interface Proposals {
  /** An open proposal of the same agent for the text of the same file goes on with the new text. */
  propose(proposal: NewProposal): Proposal;
  /** Oldest first. */
  open(environmentId: string): Proposal[];
  /** The agent's own, of the text of a file. */
  openText(environmentId: string, agentId: string, file: { id: string | undefined; path: string }): Proposal | undefined;
  /** An open one. @throws {TerrariumError} 1344 */
  get(environmentId: string, id: string): Proposal;
  /** What remains of it; equal texts decide it. */
  update(proposal: Proposal, change: Partial<Pick<Proposal, 'base' | 'proposed' | 'status' | 'fileId'>>): Proposal;
}

interface Row {
  id: string;
  environment_id: string;
  agent_id: string;
  agent_name: string;
  colour: number;
  kind: Proposal['kind'];
  path: string;
  file_id: string | null;
  to_path: string | null;
  base: string;
  proposed: string;
  status: Proposal['status'];
  created_at: number;
  updated_at: number;
}

export function createProposals(database: DatabaseSync, now: () => number = Date.now): Proposals {
  const insert = database.prepare(
    'INSERT INTO proposals (id, environment_id, agent_id, agent_name, colour, kind, path, file_id, to_path, base, proposed, status, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const openOnes = database.prepare("SELECT * FROM proposals WHERE environment_id = ? AND status = 'open' ORDER BY created_at, id");
  const one = database.prepare("SELECT * FROM proposals WHERE environment_id = ? AND id = ? AND status = 'open'");
  const change = database.prepare('UPDATE proposals SET base = ?, proposed = ?, status = ?, file_id = ?, updated_at = ? WHERE id = ?');

  const open = (environmentId: string) => (openOnes.all(environmentId) as unknown as Row[]).map(proposalOf);

  function openText(environmentId: string, agentId: string, file: { id: string | undefined; path: string }): Proposal | undefined {
    return open(environmentId).find(({ kind, agent, fileId, path }) => (kind === 'edit' || kind === 'create') && agent.id === agentId && fileId === file.id && (file.id !== undefined || path === file.path));
  }

  function update(proposal: Proposal, fields: Partial<Proposal>): Proposal {
    const next = { ...proposal, ...fields, updatedAt: now() };
    change.run(next.base, next.proposed, next.status, next.fileId ?? null, next.updatedAt, next.id);
    return next;
  }

  return {
    open,
    openText,
    update,
    propose(proposal) {
      const { environmentId, agent, kind, path, fileId, toPath, base, proposed } = proposal;
      const before = kind === 'edit' || kind === 'create' ? openText(environmentId, agent.id, { id: fileId, path }) : undefined;
      if (before !== undefined) return update(before, { proposed });
      const made: Proposal = { ...proposal, id: nanoid(), status: 'open', createdAt: now(), updatedAt: now() };
      insert.run(made.id, environmentId, agent.id, agent.name, agent.colour, kind, path, fileId ?? null, toPath ?? null, base, proposed, 'open', made.createdAt, made.updatedAt);
      return made;
    },
    get(environmentId, id) {
      const row = one.get(environmentId, id) as Row | undefined;
      if (row === undefined) throw TerrariumError.of('E-TERRARIUM-1344', { proposal: id.slice(0, 64) });
      return proposalOf(row);
    },
  };
}

function proposalOf(row: Row): Proposal {
  const { id, kind, path, base, proposed, status } = row;
  return {
    id, kind, path, base, proposed, status,
    environmentId: row.environment_id,
    agent: { id: row.agent_id, name: row.agent_name, colour: row.colour },
    fileId: row.file_id ?? undefined,
    toPath: row.to_path ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
