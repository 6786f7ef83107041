/** Which old steps of a timeline are merged into the next ones, so that it stays bounded (SPEC H7). */
import type { Revision, RevisionStore } from './store.ts';

/** Revisions between two looks at what may be merged. */
export const THIN_EVERY = 16;
export const MAX_REVISIONS = 400;
/** Of the compressed texts of one environment's revisions. */
export const MAX_BYTES = 64 * 1024 * 1024;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Steps of one span become one: of the last day none, of the last week those of an hour, before that those of a day. */
function spanOf(at: number, now: number): string {
  if (now - at < DAY) return '';
  return now - at < 7 * DAY ? `hour ${Math.floor(at / HOUR)}` : `day ${Math.floor(at / DAY)}`;
}

/** Checkpoints, the first revision and the latest one stay. */
const isKept = ({ name, kind }: Revision): boolean => name !== undefined || kind === 'created';

/** Numbers of the revisions, oldest first, that are merged into the ones after them. */
export function toMerge(revisions: readonly Revision[], now: number, max = MAX_REVISIONS): number[] {
  const merged = new Set<number>();
  for (const [index, revision] of revisions.entries()) {
    const next = revisions[index + 1];
    const span = spanOf(revision.at, now);
    if (next !== undefined && !isKept(revision) && span !== '' && span === spanOf(next.at, now)) merged.add(revision.revision);
  }
  for (const revision of revisions.slice(0, -1)) {
    if (revisions.length - merged.size <= max) break;
    if (!isKept(revision)) merged.add(revision.revision);
  }
  return [...merged].sort((a, b) => a - b);
}

/** Inside the caller's transaction. */
export function thinOut(store: RevisionStore, environmentId: string, now: number, maxBytes = MAX_BYTES): void {
  merge(store, environmentId, toMerge(store.all(environmentId), now));
  for (let max = MAX_REVISIONS / 2; max >= 1 && store.bytes(environmentId) > maxBytes; max = Math.floor(max / 2)) {
    merge(store, environmentId, toMerge(store.all(environmentId), now, max));
  }
}

function merge(store: RevisionStore, environmentId: string, merged: readonly number[]): void {
  if (merged.length === 0) return;
  const before = store.texts(environmentId);
  const gone = new Set(merged);
  const revisions = store.all(environmentId).map(({ revision }) => revision);
  // Oldest first: what a run of them changed moves along to the first that stays.
  for (const [index, revision] of revisions.entries()) {
    const next = revisions[index + 1];
    if (gone.has(revision) && next !== undefined) store.mergeInto(environmentId, revision, next);
  }
  store.dropUnused(before);
}
