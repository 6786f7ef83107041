/** Agents' tokens: each is scoped to one environment and to verbs, expires, and can be revoked (SPEC.md, T1-T6). */
import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { nanoid } from 'nanoid';
import { verbSchema } from '../../shared/agents/verbs.ts';
import type { Verb } from '../../shared/agents/verbs.ts';
import type { AgentMode } from '../../shared/agents/api.ts';
import { TerrariumError } from '../../shared/errors/error.ts';

/** Who a token is, as a request sees it. */
export interface Agent {
  id: string;
  name: string;
  /** Index of a member's colour. */
  color: number;
  /** The environment that it was made for. */
  environmentId: string;
  /** Those that it created itself, in which it is the same agent. */
  created: ReadonlySet<string>;
  verbs: ReadonlySet<Verb>;
  mode: AgentMode;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** The program that it is: what its client said last, or else what was declared with the token. */
  client?: string | undefined;
}

export interface AgentRecord extends Omit<Agent, 'created'> {
  createdAt: number;
  revokedAt: number | undefined;
  lastUsedAt: number | undefined;
}

export interface AgentTokens {
  /** The token is in the answer and nowhere else. */
  create(environmentId: string, agent: { name: string; colour: number; verbs: readonly Verb[]; mode: AgentMode; lifetimeMs: number; client?: string | undefined }): { agent: AgentRecord; token: string };
  /** `undefined` for what is no agent's token. @throws {TerrariumError} 1411 expired, 1412 revoked */
  identify(token: string): Agent | undefined;
  list(environmentId: string): AgentRecord[];
  /** @throws {TerrariumError} 1352 */
  get(environmentId: string, id: string): AgentRecord;
  revoke(environmentId: string, id: string): AgentRecord;
  /** Its client has said what it is. `weak` gives way to what is known. */
  noteClient(id: string, client: string, weak?: boolean): void;
  setMode(environmentId: string, id: string, mode: AgentMode): AgentRecord;
  /** Whether its changes are made or suggested; `undefined` for an id of no agent. */
  modeOf(id: string): AgentMode | undefined;
  /** The agent is a member of an environment that it created. */
  adopt(id: string, environmentId: string): void;
  creationsSince(id: string, since: number): number;
  /** Calls back with the id of an agent whose token was revoked; the result ends it. */
  onRevoked(listener: (id: string) => void): () => void;
}

/** Tells an agent's token from others, and secret scanners what it is. */
export const AGENT_TOKEN_PREFIX = 'tga_';
/** How exact "last used" is: each note is a commit. */
const USED_MS = 60_000;
const MAX_CLIENT = 80;

interface Row {
  id: string;
  environment_id: string;
  name: string;
  colour: number;
  verbs: string;
  mode: AgentMode;
  created_at: number;
  expires_at: number;
  revoked_at: number | null;
  last_used_at: number | null;
  client: string | null;
}

const COLUMNS = 'id, environment_id, name, colour, verbs, mode, created_at, expires_at, revoked_at, last_used_at, client';

export function createAgentTokens(database: DatabaseSync, now: () => number = Date.now): AgentTokens {
  const insert = database.prepare('INSERT INTO agent_tokens (id, environment_id, name, colour, verbs, mode, token_hash, created_at, expires_at, client) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const byHash = database.prepare(`SELECT ${COLUMNS} FROM agent_tokens WHERE token_hash = ?`);
  const byId = database.prepare(`SELECT ${COLUMNS} FROM agent_tokens WHERE environment_id = ? AND id = ?`);
  const all = database.prepare(`SELECT ${COLUMNS} FROM agent_tokens WHERE environment_id = ? ORDER BY created_at DESC, id`);
  const used = database.prepare('UPDATE agent_tokens SET last_used_at = ? WHERE id = ?');
  const revoked = database.prepare('UPDATE agent_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL');
  const mode = database.prepare('UPDATE agent_tokens SET mode = ? WHERE id = ?');
  const selectMode = database.prepare('SELECT mode FROM agent_tokens WHERE id = ?');
  const said = database.prepare('UPDATE agent_tokens SET client = ? WHERE id = ? AND client IS NOT ?');
  const saidIfNone = database.prepare('UPDATE agent_tokens SET client = ? WHERE id = ? AND client IS NULL');
  const createdBy = database.prepare('SELECT environment_id FROM agent_environments WHERE agent_id = ?');
  const adopted = database.prepare('INSERT OR IGNORE INTO agent_environments (agent_id, environment_id, created_at) VALUES (?, ?, ?)');
  const creations = database.prepare('SELECT COUNT(*) AS n FROM agent_environments WHERE agent_id = ? AND created_at > ?');
  const listeners = new Set<(id: string) => void>();

  function get(environmentId: string, id: string): AgentRecord {
    const row = byId.get(environmentId, id) as Row | undefined;
    if (row === undefined) throw TerrariumError.of('E-TERRARIUM-1352', { agent: id.slice(0, 64) });
    return recordOf(row);
  }

  return {
    get,
    create(environmentId, { name, colour, verbs, mode: agentMode, lifetimeMs, client }) {
      const token = AGENT_TOKEN_PREFIX + randomBytes(32).toString('base64url');
      const id = nanoid();
      insert.run(id, environmentId, name, colour, JSON.stringify([...new Set(verbs)]), agentMode, hashOf(token), now(), now() + lifetimeMs, client ?? null);
      return { agent: get(environmentId, id), token };
    },
    identify(token) {
      if (!token.startsWith(AGENT_TOKEN_PREFIX)) return undefined;
      const row = byHash.get(hashOf(token)) as Row | undefined;
      if (row === undefined) return undefined;
      if (row.revoked_at !== null) throw TerrariumError.of('E-TERRARIUM-1412');
      if (row.expires_at <= now()) throw TerrariumError.of('E-TERRARIUM-1411');
      if (now() - (row.last_used_at ?? 0) > USED_MS) used.run(now(), row.id);
      const { id, name, color, environmentId, verbs, mode: agentMode, expiresAt, client } = recordOf(row);
      const created = new Set((createdBy.all(id) as { environment_id: string }[]).map((entry) => entry.environment_id));
      return { id, name, color, environmentId, verbs, mode: agentMode, expiresAt, client, created };
    },
    list: (environmentId) => (all.all(environmentId) as unknown as Row[]).map(recordOf),
    revoke(environmentId, id) {
      get(environmentId, id);
      if (revoked.run(now(), id).changes > 0) for (const listener of listeners) listener(id);
      return get(environmentId, id);
    },
    noteClient(id, client, weak = false) {
      const name = client.slice(0, MAX_CLIENT);
      if (weak) saidIfNone.run(name, id);
      else said.run(name, id, name);
    },
    setMode(environmentId, id, agentMode) {
      get(environmentId, id);
      mode.run(agentMode, id);
      return get(environmentId, id);
    },
    modeOf: (id) => (selectMode.get(id) as { mode: AgentMode } | undefined)?.mode,
    adopt: (id, environmentId) => void adopted.run(id, environmentId, now()),
    creationsSince: (id, since) => (creations.get(id, since) as { n: number }).n,
    onRevoked(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function recordOf(row: Row): AgentRecord {
  const { id, name, mode } = row;
  return {
    id,
    name,
    mode,
    color: row.colour,
    environmentId: row.environment_id,
    verbs: new Set(verbSchema.array().parse(JSON.parse(row.verbs))),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    client: row.client ?? undefined,
  };
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
