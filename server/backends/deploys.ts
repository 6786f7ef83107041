/** Deploys a backend when somebody edits it, and when its environment comes to be active (SPEC BP12). */
import { filesMap, listFiles, readEntry } from '../../shared/document/schema.ts';
import type { WatchedRoom } from '../channels/file-changes.ts';
import type { Pool } from './pool.ts';

/** After the last of the edits, milliseconds; and after the first of them at most. */
const QUIET_MS = 40;
const LONGEST_MS = 400;

export interface Deploys {
  watch(room: WatchedRoom): void;
  /** Deploys what there is, if there is something. */
  activate(environmentId: string): void;
  close(): void;
}

export function createDeploys({ pool, isActive }: { pool: Pick<Pool, 'edited' | 'deploy' | 'has'>; isActive: (environmentId: string) => boolean }): Deploys {
  const waiting = new Map<string, { timer: NodeJS.Timeout; since: number }>();
  const closing = new AbortController();

  function run(environmentId: string): void {
    waiting.delete(environmentId);
    if (closing.signal.aborted || !isActive(environmentId) || !pool.has(environmentId)) return;
    // What goes wrong is in the backend's log and its status.
    pool.deploy(environmentId, closing.signal).catch(() => undefined);
  }

  function soon(environmentId: string): void {
    const before = waiting.get(environmentId);
    clearTimeout(before?.timer);
    const since = before?.since ?? Date.now();
    const ms = Math.max(0, Math.min(QUIET_MS, since + LONGEST_MS - Date.now()));
    waiting.set(environmentId, { since, timer: setTimeout(() => run(environmentId), ms).unref() });
  }

  return {
    watch(room) {
      const paths = new Map(listFiles(room.doc).map(({ id, path }) => [id, path]));
      filesMap(room.doc).observeDeep((events) => {
        const ids = new Set(events.flatMap((event) => (event.path.length === 0 ? [...event.keys.keys()] : [String(event.path[0])])));
        const touched = [...ids].flatMap((id) => {
          const [before, after] = [paths.get(id), readEntry(id, filesMap(room.doc).get(id))?.path];
          if (after === undefined) paths.delete(id);
          else paths.set(id, after);
          return [before, after].filter((path) => path !== undefined);
        });
        if (touched.filter((path) => pool.edited(room.environmentId, path)).length > 0) soon(room.environmentId);
      });
    },
    activate: (environmentId) => soon(environmentId),
    close() {
      closing.abort();
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
