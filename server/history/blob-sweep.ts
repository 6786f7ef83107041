/** Deletes blobs that nothing refers to any more: mark, wait, look again, sweep (SPEC H8). */
import type { DatabaseSync } from 'node:sqlite';
import type { Blobs } from '../environments/blobs.ts';

export interface BlobSweep {
  /** Looks at about `perRun` folders and files, going on where the run before ended. Resolves with how many it has looked at and deleted. */
  run(): Promise<{ looked: number; deleted: number }>;
}

export interface BlobSweepOptions {
  database: DatabaseSync;
  blobs: Pick<Blobs, 'prefixes' | 'names' | 'removeUnused'>;
  /** Ids of all environments. */
  environments(): readonly string[];
  /** All that refers to blobs of an environment, as it is in this turn; undefined while that cannot be said. */
  references(environmentId: string): ReadonlySet<string> | undefined;
  /** How long nothing refers to a blob before it goes, in milliseconds. */
  waitMs?: number;
  perRun?: number;
  now?: () => number;
}

const DAY_MS = 24 * 3_600_000;

export function createBlobSweep({ database, blobs, environments, references, waitMs = DAY_MS, perRun = 500, now = Date.now }: BlobSweepOptions): BlobSweep {
  const since = database.prepare('SELECT since FROM unused_blobs WHERE environment_id = ? AND sha256 = ?');
  const note = database.prepare('INSERT OR IGNORE INTO unused_blobs (environment_id, sha256, since) VALUES (?, ?, ?)');
  const forget = database.prepare('DELETE FROM unused_blobs WHERE environment_id = ? AND sha256 = ?');
  /** What was done last: an environment, and of it the folders up to this prefix. */
  let last = { environmentId: '', prefix: '' };

  /** What comes next: folders of the environment under way, or of the one after it. Undefined at the end. */
  async function next(): Promise<{ environmentId: string; prefixes: string[] } | undefined> {
    const { environmentId, prefix } = last;
    const rest = environmentId === '' ? [] : (await blobs.prefixes(environmentId)).filter((one) => one > prefix);
    if (rest.length > 0) return { environmentId, prefixes: rest };
    const following = [...environments()].sort().find((id) => id > environmentId);
    return following === undefined ? undefined : { environmentId: following, prefixes: await blobs.prefixes(following) };
  }

  /** In one turn: who refers to them is what it says until they are gone. */
  function sweep(environmentId: string, hashes: readonly string[]): number {
    const used = references(environmentId);
    if (used === undefined) return 0;
    const due = hashes.filter((sha256) => {
      if (used.has(sha256)) return void forget.run(environmentId, sha256);
      const row = since.get(environmentId, sha256) as { since: number } | undefined;
      if (row === undefined) return void note.run(environmentId, sha256, now());
      return now() - row.since >= waitMs;
    });
    const gone = blobs.removeUnused(environmentId, due, now() - waitMs);
    for (const sha256 of gone) forget.run(environmentId, sha256);
    return gone.length;
  }

  return {
    async run() {
      let [looked, deleted] = [0, 0];
      while (looked < perRun) {
        const place = await next();
        if (place === undefined) {
          last = { environmentId: '', prefix: '' };
          break;
        }
        const { environmentId, prefixes } = place;
        const hashes: string[] = [];
        last = { environmentId, prefix: '' };
        looked++;
        for (const prefix of prefixes) {
          if (looked >= perRun) break;
          const found = await blobs.names(environmentId, prefix);
          hashes.push(...found);
          looked += found.length + 1;
          last = { environmentId, prefix };
        }
        // Terminated meanwhile: its files and rows are gone, or going.
        if (hashes.length > 0 && environments().includes(environmentId)) deleted += sweep(environmentId, hashes);
      }
      return { looked, deleted };
    },
  };
}
