/** What the previews of each environment say, in memory and bounded (SPEC.md). */
import { activityKinds } from '../../shared/protocol/activity.ts';
import type { ActivityKind, RecordOf } from '../../shared/protocol/activity.ts';
import type { Author } from '../../shared/document/author.ts';
import type { Logger } from '../logger.ts';
import { Ring } from './ring.ts';
import type { RingLimits } from './ring.ts';

/** Which of an author's pages said it, and as which of its messages: two tabs of one person are two sources. */
export interface ActivitySource {
  id: string;
  n: number;
  /** A run of the server before this one had taken it already. */
  again?: true;
}

export interface ActivityEntryOf<K extends ActivityKind> {
  /** Position in the environment's activity, over all kinds (V1). */
  cursor: number;
  kind: K;
  /** When the server took it, in milliseconds since the epoch. */
  time: number;
  author: Author;
  source?: ActivitySource;
  record: RecordOf<K>;
}
export type ActivityEntry = { [K in ActivityKind]: ActivityEntryOf<K> }[ActivityKind];

export interface ActivityRead<E> {
  records: E[];
  /** Where the next read goes on. */
  next: number;
  /** Kinds of which records after the given cursor are no longer kept. */
  missed: ActivityKind[];
}

export interface Activity {
  /** Returns the record's cursor. */
  append<K extends ActivityKind>(environmentId: string, kind: K, record: RecordOf<K>, author: Author, source?: ActivitySource): number;
  /** Records after `cursor` (0: all that are kept), at most `limit`, oldest first. */
  since<K extends ActivityKind>(environmentId: string, kind: K, cursor: number, limit: number): ActivityRead<ActivityEntryOf<K>>;
  sinceAny(environmentId: string, kinds: readonly ActivityKind[], cursor: number, limit: number): ActivityRead<ActivityEntry>;
  /** The cursor after which the newest `count` records of these kinds are. */
  beforeLast(environmentId: string, kinds: readonly ActivityKind[], count: number): number;
  /** Cursor of the newest record; also of an environment that has none, so that one may wait from here. */
  latest(environmentId: string): number;
  /** Called with each new record until the returned function is. */
  subscribe(environmentId: string, listener: (entry: ActivityEntry) => void): () => void;
  /** Forgets an environment. */
  remove(environmentId: string): void;
  /** Aborted when the server stops: who still waits for records ends. */
  readonly closed: AbortSignal;
  close(): void;
}

/** Of one environment; a record is counted as its JSON. */
const LIMITS: Record<ActivityKind, RingLimits> = {
  console: { records: 2000, bytes: 2 * 1024 * 1024 },
  network: { records: 1000, bytes: 2 * 1024 * 1024 },
  route: { records: 200, bytes: 256 * 1024 },
  performance: { records: 500, bytes: 256 * 1024 },
  file: { records: 500, bytes: 256 * 1024 },
};
const TOTAL_BYTES = 256 * 1024 * 1024;

interface Stream {
  cursor: number;
  rings: Record<ActivityKind, Ring>;
  listeners: Set<(entry: ActivityEntry) => void>;
}

export interface ActivityOptions {
  logger: Logger;
  limits?: Record<ActivityKind, RingLimits>;
  totalBytes?: number;
}

export function createActivity({ logger, limits = LIMITS, totalBytes = TOTAL_BYTES }: ActivityOptions): Activity {
  const streams = new Map<string, Stream>();
  const closing = new AbortController();
  let total = 0;

  function streamOf(environmentId: string): Stream {
    let stream = streams.get(environmentId);
    if (stream === undefined) {
      const ring = (kind: ActivityKind) => new Ring(limits[kind]);
      stream = { cursor: Date.now() * 1000, rings: { console: ring('console'), network: ring('network'), route: ring('route'), performance: ring('performance'), file: ring('file') }, listeners: new Set() };
      streams.set(environmentId, stream);
    }
    return stream;
  }

  const bytesOf = ({ rings }: Stream) => activityKinds.reduce((sum, kind) => sum + rings[kind].bytes, 0);

  function dropFromLargest(): void {
    const [largest] = [...streams.values()].sort((a, b) => bytesOf(b) - bytesOf(a));
    // Down to nine tenths, so that the search for the largest is rare.
    while (largest !== undefined && total > totalBytes * 0.9) {
      const [oldest] = activityKinds.map((kind) => largest.rings[kind]).filter(({ size }) => size > 0).sort((a, b) => (a.oldest ?? 0) - (b.oldest ?? 0));
      if (oldest === undefined) return;
      const before = oldest.bytes;
      oldest.dropOldest();
      total += oldest.bytes - before;
    }
  }

  function tell(stream: Stream, entry: ActivityEntry): void {
    for (const listener of stream.listeners) {
      try {
        listener(entry);
      } catch (error) {
        logger.error('A listener of the activity failed', { error: String(error) });
      }
    }
  }

  function sinceAny(environmentId: string, kinds: readonly ActivityKind[], cursor: number, limit: number): ActivityRead<ActivityEntry> {
    const stream = streams.get(environmentId);
    if (stream === undefined) return { records: [], next: cursor, missed: [] };
    const rings = kinds.map((kind) => [kind, stream.rings[kind]] as const);
    const records = rings.flatMap(([, ring]) => ring.after(cursor, limit)).sort((a, b) => a.cursor - b.cursor).slice(0, limit);
    const missed = cursor === 0 ? [] : rings.flatMap(([kind, ring]) => (ring.droppedThrough > cursor ? [kind] : []));
    return { records, next: records.at(-1)?.cursor ?? Math.max(cursor, ...rings.map(([, ring]) => ring.droppedThrough)), missed };
  }

  return {
    append(environmentId, kind, record, author, source) {
      const stream = streamOf(environmentId);
      const cursor = ++stream.cursor;
      // Kind and record belong together by this method's own type, which a union of the pairs cannot say.
      const entry = { cursor, kind, time: Date.now(), author, ...(source === undefined ? {} : { source }), record } as ActivityEntry;
      const ring = stream.rings[kind];
      const before = ring.bytes;
      ring.push(entry, JSON.stringify(record).length);
      total += ring.bytes - before;
      if (total > totalBytes) dropFromLargest();
      tell(stream, entry);
      return cursor;
    },
    since: <K extends ActivityKind>(environmentId: string, kind: K, cursor: number, limit: number) =>
      // One kind was asked for, so that all records are of it.
      sinceAny(environmentId, [kind], cursor, limit) as unknown as ActivityRead<ActivityEntryOf<K>>,
    sinceAny,
    beforeLast: (environmentId, kinds, count) => (sinceAny(environmentId, kinds, 0, Infinity).records.at(-count)?.cursor ?? 1) - 1,
    latest: (environmentId) => streamOf(environmentId).cursor,
    subscribe(environmentId, listener) {
      const { listeners } = streamOf(environmentId);
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    remove(environmentId) {
      const stream = streams.get(environmentId);
      if (stream !== undefined) total -= bytesOf(stream);
      streams.delete(environmentId);
    },
    closed: closing.signal,
    close: () => closing.abort(),
  };
}
