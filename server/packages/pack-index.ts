/** Which packs exist: one small SQLite file beside them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { PackOutput } from './worker.ts';

export type PackRecord = Pick<PackOutput, 'integrity' | 'hash' | 'bytes' | 'types' | 'bin'>;

/** Raised when packs are built in another way: older ones stay readable and are built anew when asked for. */
const BUILDER = 4;

export class PackIndex {
  private readonly database: DatabaseSync;

  constructor(dataDir: string) {
    mkdirSync(join(dataDir, 'packs'), { recursive: true });
    this.database = new DatabaseSync(join(dataDir, 'packs', 'index.sqlite'));
    this.database.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000;
      CREATE TABLE IF NOT EXISTS packages (
        name TEXT NOT NULL, version TEXT NOT NULL, integrity TEXT NOT NULL, builder INTEGER NOT NULL,
        hash TEXT NOT NULL, bytes INTEGER NOT NULL, types TEXT, bin TEXT NOT NULL,
        PRIMARY KEY (name, version, integrity, builder)) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS packages_by_hash ON packages (hash);
      CREATE INDEX IF NOT EXISTS packages_by_types ON packages (types);
      CREATE TABLE IF NOT EXISTS manifests (name TEXT NOT NULL, range TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (name, range)) STRICT, WITHOUT ROWID;`);
  }

  find(name: string, version: string, integrity: string): PackRecord | undefined {
    const row = this.database.prepare('SELECT integrity, hash, bytes, types, bin FROM packages WHERE name=? AND version=? AND integrity=? AND builder=?').get(name, version, integrity, BUILDER);
    if (row === undefined) return undefined;
    const { hash, bytes, types, bin } = row as { hash: string; bytes: number; types: string | null; bin: string };
    return { integrity, hash, bytes, types: types ?? undefined, bin: JSON.parse(bin) as Record<string, string> };
  }

  put(name: string, version: string, { integrity, hash, bytes, types, bin }: PackRecord): void {
    this.database.prepare('INSERT OR REPLACE INTO packages VALUES (?,?,?,?,?,?,?,?)').run(name, version, integrity, BUILDER, hash, bytes, types ?? null, JSON.stringify(bin));
  }

  /** Names of the packages that have this pack; empty when there is none. */
  namesOf(hash: string): string[] {
    const rows = this.database.prepare('SELECT name FROM packages WHERE hash=?1 UNION SELECT name FROM packages WHERE types=?1').all(hash) as { name: string }[];
    return rows.map(({ name }) => name);
  }

  /** What a lookup found, for ranges whose answer cannot change (exact versions). */
  manifest(name: string, range: string): string | undefined {
    return (this.database.prepare('SELECT body FROM manifests WHERE name=? AND range=?').get(name, range) as { body: string } | undefined)?.body;
  }

  keepManifest(name: string, range: string, body: string): void {
    this.database.prepare('INSERT OR REPLACE INTO manifests VALUES (?,?,?)').run(name, range, body);
  }

  close(): void {
    this.database.close();
  }
}
