/** The database of an environment through whichever instance runs, each call with one that stays up for it. */
import type { BackendDatabase } from './driver.ts';

export function heldDatabase(hold: (signal: AbortSignal) => Promise<{ database: BackendDatabase; release: () => void }>): BackendDatabase {
  async function during<T>(signal: AbortSignal, work: (database: BackendDatabase) => Promise<T>): Promise<T> {
    const { database, release } = await hold(signal);
    try {
      return await work(database);
    } finally {
      release();
    }
  }
  return {
    query: (sql, parameters, signal) => during(signal, (database) => database.query(sql, parameters, signal)),
    batch: (statements, signal) => during(signal, (database) => database.batch(statements, signal)),
    bytes: (signal) => during(signal, (database) => database.bytes(signal)),
  };
}
