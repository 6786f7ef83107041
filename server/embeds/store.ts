/** Embeds as the database has them. */
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

/** Leave to show an environment in pages of other origins. */
export interface Embed {
  id: string;
  environmentId: string;
  /** What its owner calls it. */
  label: string;
  role: 'viewer' | 'editor';
  /** Of the pages that may frame it, as browsers write them. */
  origins: string[];
  /** Milliseconds since the epoch, as the next two. */
  createdAt: number;
  expiresAt: number | undefined;
  revokedAt: number | undefined;
}

interface Row {
  id: string;
  environment_id: string;
  label: string;
  role: 'viewer' | 'editor';
  origins: string;
  token_hash: string;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
}

export interface EmbedStore {
  /** Each with the SHA-256 of its token, in hexadecimal. */
  all(): { embed: Embed; tokenHash: string }[];
  insert(embed: Embed, tokenHash: string): void;
  revoke(id: string, at: number): void;
}

export function createEmbedStore(database: DatabaseSync): EmbedStore {
  const all = database.prepare('SELECT * FROM embeds ORDER BY created_at, id');
  const insert = database.prepare('INSERT INTO embeds (id, environment_id, label, role, origins, token_hash, created_at, expires_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)');
  const revoke = database.prepare('UPDATE embeds SET revoked_at = ? WHERE id = ?');
  return {
    all: () => (all.all() as unknown as Row[]).map((row) => ({ embed: embedOf(row), tokenHash: row.token_hash })),
    insert: ({ id, environmentId, label, role, origins, createdAt, expiresAt }, tokenHash) => void insert.run(id, environmentId, label, role, JSON.stringify(origins), tokenHash, createdAt, expiresAt ?? null),
    revoke: (id, at) => void revoke.run(at, id),
  };
}

const originsSchema = z.array(z.string());

function embedOf(row: Row): Embed {
  const { id, label, role } = row;
  return { id, label, role, environmentId: row.environment_id, origins: originsSchema.parse(JSON.parse(row.origins)), createdAt: row.created_at, expiresAt: row.expires_at ?? undefined, revokedAt: row.revoked_at ?? undefined };
}
