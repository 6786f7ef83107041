/** Private npm scopes that an environment may install from (E-TERRARIUM-1124). */
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../storage/database.ts';

export interface Grants {
  of(environmentId: string): string[];
  /** Makes these, `@acme`, all that are granted. */
  set(environmentId: string, scopes: readonly string[]): void;
}

export function createGrants(database: DatabaseSync): Grants {
  const select = database.prepare('SELECT scope FROM grants WHERE environment_id = ? ORDER BY scope');
  const clear = database.prepare('DELETE FROM grants WHERE environment_id = ?');
  const insert = database.prepare('INSERT INTO grants (environment_id, scope) VALUES (?, ?)');
  return {
    of: (environmentId) => (select.all(environmentId) as { scope: string }[]).map(({ scope }) => scope),
    set(environmentId, scopes) {
      transaction(database, () => {
        clear.run(environmentId);
        for (const scope of new Set(scopes)) insert.run(environmentId, scope);
      });
    },
  };
}
