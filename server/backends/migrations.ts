/** Applies `backend/migrations/*.sql` in the order of their names, each once and in a transaction of its own (SPEC BP5, BP6). */
import { TerrariumError } from '../../shared/errors/error.ts';
import type { BackendDatabase } from './driver.ts';
import type { Migration } from './source.ts';
import { splitStatements } from './statements.ts';

const TABLE = '_terrarium_migrations';
const CREATE = `CREATE TABLE IF NOT EXISTS ${TABLE} (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, at INTEGER NOT NULL)`;

export interface Migrated {
  applied: string[];
  /** Applied before with another text: what was changed since has no effect. */
  edited: string[];
}

/** @throws {TerrariumError} 1219: nothing of that file is applied, what came before it stays */
export async function migrate(database: BackendDatabase, migrations: readonly Migration[], signal: AbortSignal): Promise<Migrated> {
  if (migrations.length === 0) return { applied: [], edited: [] };
  await database.query(CREATE, [], signal);
  const { rows } = await database.query(`SELECT name, sha256 FROM ${TABLE}`, [], signal);
  const known = new Map(rows.map(([name, sha256]) => [String(name), String(sha256)]));
  const applied: string[] = [];
  for (const migration of migrations) {
    if (known.has(migration.name)) continue;
    await apply(database, migration, signal);
    applied.push(migration.name);
  }
  return { applied, edited: migrations.filter(({ name, sha256 }) => known.has(name) && known.get(name) !== sha256).map(({ name }) => name) };
}

async function apply(database: BackendDatabase, { name, path, sql, sha256 }: Migration, signal: AbortSignal): Promise<void> {
  const statements = splitStatements(sql);
  try {
    await database.batch([...statements, { sql: `INSERT INTO ${TABLE} (name, sha256, at) VALUES (?, ?, ?)`, parameters: [name, sha256, Date.now()] }], signal);
  } catch (error) {
    if (!(error instanceof TerrariumError) || error.code !== 'E-TERRARIUM-1205') throw error;
    const { statement = 1, problem = '' } = error.context;
    throw TerrariumError.of('E-TERRARIUM-1219', { file: path, line: statements[Number(statement) - 1]?.line ?? 1, problem: String(problem) });
  }
}
