/** The records of one environment, in its own database (SPEC.md, AD2 to AD4, AD6). */
import { randomUUID } from 'node:crypto';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { BackendDatabase } from '../backends/driver.ts';

export type Fields = Record<string, unknown>;
export interface AppRecord extends Fields {
  id: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  updatedAt: number;
}

/** Most records of an answer. */
export const MOST_RECORDS = 5000;

const CREATE = `CREATE TABLE IF NOT EXISTS terrarium_app_data (
  collection TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  position INTEGER PRIMARY KEY AUTOINCREMENT, UNIQUE (collection, id)
)`;
const COLUMNS = 'id, data, created_at, updated_at';

export interface AppStore {
  list(collection: string, signal: AbortSignal): Promise<AppRecord[]>;
  /** @throws {TerrariumError} 1273 */
  get(collection: string, id: string, signal: AbortSignal): Promise<AppRecord>;
  /** @throws {TerrariumError} 1274 */
  create(collection: string, id: string | undefined, fields: Fields, signal: AbortSignal): Promise<AppRecord>;
  /** A merge patch (RFC 7396). @throws {TerrariumError} 1273 */
  patch(collection: string, id: string, patch: Fields, signal: AbortSignal): Promise<AppRecord>;
  /** @throws {TerrariumError} 1273 */
  remove(collection: string, id: string, signal: AbortSignal): Promise<void>;
}

export function createAppStore(database: BackendDatabase): AppStore {
  /** Creates the table where it is not there: nothing says when somebody dropped it. */
  async function rows(sql: string, parameters: unknown[], signal: AbortSignal): Promise<AppRecord[]> {
    const ask = async (): Promise<AppRecord[]> => (await database.query(sql, parameters, signal)).rows.map(recordOf);
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error) || !/no such table: terrarium_app_data/.test(error.message)) throw error;
      await database.batch([{ sql: CREATE }], signal);
      return await ask();
    }
  }

  async function one(collection: string, id: string, sql: string, parameters: unknown[], signal: AbortSignal): Promise<AppRecord> {
    const [found] = await rows(sql, parameters, signal);
    if (found === undefined) throw TerrariumError.of('E-TERRARIUM-1273', { collection, id });
    return found;
  }

  return {
    list: (collection, signal) => rows(`SELECT ${COLUMNS} FROM terrarium_app_data WHERE collection = ? ORDER BY position LIMIT ${MOST_RECORDS}`, [collection], signal),
    get: (collection, id, signal) => one(collection, id, `SELECT ${COLUMNS} FROM terrarium_app_data WHERE collection = ? AND id = ?`, [collection, id], signal),
    async create(collection, wanted, fields, signal) {
      const id = wanted ?? randomUUID();
      const now = Date.now();
      const sql = `INSERT INTO terrarium_app_data (collection, id, data, created_at, updated_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`;
      const [made] = await rows(sql, [collection, id, JSON.stringify(fields), now, now], signal);
      if (made === undefined) throw TerrariumError.of('E-TERRARIUM-1274', { collection, id });
      return made;
    },
    patch: (collection, id, patch, signal) =>
      one(collection, id, `UPDATE terrarium_app_data SET data = json_patch(data, ?), updated_at = ? WHERE collection = ? AND id = ? RETURNING ${COLUMNS}`, [JSON.stringify(patch), Date.now(), collection, id], signal),
    async remove(collection, id, signal) {
      await one(collection, id, `DELETE FROM terrarium_app_data WHERE collection = ? AND id = ? RETURNING ${COLUMNS}`, [collection, id], signal);
    },
  };
}

function recordOf([id, data, createdAt, updatedAt]: unknown[]): AppRecord {
  // The task's own code may have written to the table: what is no object has no fields.
  const fields: unknown = JSON.parse(String(data));
  return { ...(typeof fields === 'object' && fields !== null && !Array.isArray(fields) ? fields : {}), id: String(id), createdAt: Number(createdAt), updatedAt: Number(updatedAt) };
}
