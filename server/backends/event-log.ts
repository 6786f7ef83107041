/** The newest events of each backend, in memory, each with a growing cursor. */
import type { BackendEntry } from './backends.ts';
import type { BackendEvent } from './events.ts';

/** Events kept of one environment: requests apart, so that traffic does not push out what was logged. */
const KEPT = 1000;
/** Characters of a logged line. */
const LONGEST = 16_384;

type Listener = (entry: BackendEntry) => void;

export interface EventLog {
  note(environmentId: string, event: BackendEvent): void;
  /** After the cursor, oldest first; `next` is the cursor of the last one that was looked at. */
  since(environmentId: string, cursor: number, limit: number): { events: BackendEntry[]; next: number };
  subscribe(environmentId: string, listener: Listener): () => void;
  remove(environmentId: string): void;
}

export function createEventLog(): EventLog {
  const logs = new Map<string, { last: number; requests: BackendEntry[]; others: BackendEntry[] }>();
  const listeners = new Map<string, Set<Listener>>();

  function logOf(environmentId: string) {
    // Cursors grow over restarts too: a reader that comes back finds what is new.
    const found = logs.get(environmentId) ?? { last: Date.now() * 1000, requests: [], others: [] };
    logs.set(environmentId, found);
    return found;
  }

  return {
    note(environmentId, event) {
      const log = logOf(environmentId);
      const entry = { cursor: ++log.last, event: bounded(event) };
      const list = event.kind === 'request' ? log.requests : log.others;
      list.push(entry);
      if (list.length > KEPT) list.shift();
      for (const listener of listeners.get(environmentId) ?? []) listener(entry);
    },
    since(environmentId, cursor, limit) {
      const log = logs.get(environmentId);
      if (log === undefined) return { events: [], next: cursor };
      const all = [...after(log.requests, cursor), ...after(log.others, cursor)].sort((a, b) => a.cursor - b.cursor);
      const events = limit === Infinity ? all : all.slice(0, limit);
      return { events, next: events.at(-1)?.cursor ?? cursor };
    },
    subscribe(environmentId, listener) {
      const of = listeners.get(environmentId) ?? new Set();
      listeners.set(environmentId, of.add(listener));
      return () => {
        of.delete(listener);
        if (of.size === 0 && listeners.get(environmentId) === of) listeners.delete(environmentId);
      };
    },
    remove: (environmentId) => void logs.delete(environmentId),
  };
}

/** Lists are in the order of their cursors. */
const after = (list: BackendEntry[], cursor: number): BackendEntry[] => list.slice(list.findIndex((entry) => entry.cursor > cursor) >>> 0);

function bounded(event: BackendEvent): BackendEvent {
  if (event.kind === 'log' && event.text.length > LONGEST) return { ...event, text: `${event.text.slice(0, LONGEST)}…` };
  if (event.kind === 'error' && event.message.length > LONGEST) return { ...event, message: `${event.message.slice(0, LONGEST)}…` };
  return event;
}
