/** Looks into a backend's database for people: tables, rows by page, one statement (through the instance, as all access is). */
import type { z } from '@hono/zod-openapi';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Backends } from './backends.ts';
import type { BackendDatabase } from './driver.ts';
import type { cellSchema, resultSchema, rowsSchema, tablesSchema } from './schemas.ts';

/** Rows of one answer. */
const MOST_ROWS = 1000;
/** Tables of SQLite's own, of the runtime's, and ours. */
const HIDDEN = /^(?:sqlite_|_cf_|_terrarium_)/;

type Cell = z.infer<typeof cellSchema>;

export interface Inspector {
  tables(environmentId: string, signal: AbortSignal): Promise<z.infer<typeof tablesSchema>>;
  /** @throws {TerrariumError} 1224 no such table */
  rows(environmentId: string, table: string, page: { offset: number; limit: number }, signal: AbortSignal): Promise<z.infer<typeof rowsSchema>>;
  query(environmentId: string, sql: string, parameters: readonly unknown[], signal: AbortSignal): Promise<z.infer<typeof resultSchema>>;
}

export function createInspector(backends: Pick<Backends, 'database'>): Inspector {
  return {
    async tables(environmentId, signal) {
      const database = await backends.database(environmentId, signal);
      const tables = [];
      for (const name of await names(database, signal)) {
        const { rows } = await database.query(`PRAGMA table_info(${quoted(name)})`, [], signal);
        const columns = rows.map((row) => ({ name: String(row[1]), type: String(row[2]), notNull: row[3] === 1, primaryKey: Number(row[5]) > 0 }));
        tables.push({ name, columns, rows: await count(database, name, signal) });
      }
      return { tables, bytes: await database.bytes(signal) };
    },
    async rows(environmentId, table, { offset, limit }, signal) {
      const database = await backends.database(environmentId, signal);
      if (!(await names(database, signal)).includes(table)) throw TerrariumError.of('E-TERRARIUM-1224', { table });
      const { columns, rows } = await database.query(`SELECT * FROM ${quoted(table)} LIMIT ? OFFSET ?`, [limit, offset], signal);
      return { columns, rows: rows.map((row) => row.map(cell)), total: await count(database, table, signal), offset };
    },
    async query(environmentId, sql, parameters, signal) {
      const database = await backends.database(environmentId, signal);
      const began = performance.now();
      const { columns, rows, rowsRead, rowsWritten } = await database.query(sql, parameters.map((value) => (typeof value === 'boolean' ? Number(value) : value)), signal);
      const durationMs = Math.round((performance.now() - began) * 100) / 100;
      return { columns, rows: rows.slice(0, MOST_ROWS).map((row) => row.map(cell)), truncated: rows.length > MOST_ROWS, rowsRead, rowsWritten, durationMs };
    },
  };
}

async function names(database: BackendDatabase, signal: AbortSignal): Promise<string[]> {
  const { rows } = await database.query("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name", [], signal);
  return rows.map(([name]) => String(name)).filter((name) => !HIDDEN.test(name));
}

async function count(database: BackendDatabase, table: string, signal: AbortSignal): Promise<number> {
  const { rows } = await database.query(`SELECT COUNT(*) FROM ${quoted(table)}`, [], signal);
  return Number(rows[0]?.[0] ?? 0);
}

/** SQLite, "SQLite Keywords": an identifier in double quotes. */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A blob comes as bytes, or as the array of its bytes (D1's form). */
function cell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (value instanceof ArrayBuffer) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return { base64: Buffer.from(value as number[]).toString('base64') };
  return JSON.stringify(value);
}
