/** Share links as the database has them. */
import { randomInt } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

export interface Share {
  id: string;
  environmentId: string;
  name: string;
  role: 'viewer' | 'editor';
  /** As a member, a viewer may read the files too. */
  code: boolean;
  /** Ports of the container; the first is that of the plain name. */
  ports: number[];
  /** Port of the container -> port on the local network. */
  lanPorts: Record<string, number>;
  /** As `hashPassword` made it. */
  password: string | undefined;
  /** Its visitors may start a host where there is none. */
  wake: boolean;
  /** Milliseconds since the epoch, as the next two. */
  createdAt: number;
  expiresAt: number | undefined;
  revokedAt: number | undefined;
}

interface Row {
  id: string;
  environment_id: string;
  name: string;
  role: 'viewer' | 'editor';
  code: number;
  ports: string;
  lan_ports: string;
  password: string | null;
  wake: number;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
}

export interface ShareStore {
  all(): Share[];
  insert(share: Share): void;
  revoke(id: string, at: number): void;
  remove(id: string): void;
  setLanPorts(id: string, ports: Record<string, number>): void;
}

export function createShareStore(database: DatabaseSync): ShareStore {
  const all = database.prepare('SELECT * FROM shares ORDER BY created_at, id');
  const insert = database.prepare('INSERT INTO shares (id, environment_id, name, role, code, ports, lan_ports, password, wake, created_at, expires_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)');
  const revoke = database.prepare('UPDATE shares SET revoked_at = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM shares WHERE id = ?');
  const setLanPorts = database.prepare('UPDATE shares SET lan_ports = ? WHERE id = ?');
  return {
    all: () => (all.all() as unknown as Row[]).map(shareOf),
    insert(share) {
      const { id, environmentId, name, role, code, ports, lanPorts, password, wake, createdAt, expiresAt } = share;
      insert.run(id, environmentId, name, role, code ? 1 : 0, JSON.stringify(ports), JSON.stringify(lanPorts), password ?? null, wake ? 1 : 0, createdAt, expiresAt ?? null);
    },
    revoke: (id, at) => void revoke.run(at, id),
    remove: (id) => void remove.run(id),
    setLanPorts: (id, ports) => void setLanPorts.run(JSON.stringify(ports), id),
  };
}

const portsSchema = z.array(z.number());
const lanPortsSchema = z.record(z.string(), z.number());

function shareOf(row: Row): Share {
  return {
    id: row.id,
    environmentId: row.environment_id,
    name: row.name,
    role: row.role,
    code: row.code === 1,
    ports: portsSchema.parse(JSON.parse(row.ports)),
    lanPorts: lanPortsSchema.parse(JSON.parse(row.lan_ports)),
    password: row.password ?? undefined,
    wake: row.wake === 1,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}

/** Without letters and digits that look alike. 16 of them: 78 bits, which nobody guesses. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const NAME_LENGTH = 16;

export const newShareName = (): string => Array.from({ length: NAME_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
