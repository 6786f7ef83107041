/** Who looks at each share link right now (SPEC SH4, SH17), and the end of all of it at once. */
import { createHash } from 'node:crypto';
import type { TerrariumError } from '../../shared/errors/error.ts';

export interface Viewer {
  id: string;
  address: string;
  /** As its program names itself. */
  agent: string;
  /** Milliseconds since the epoch, as the next. */
  since: number;
  lastSeen: number;
  /** Requests and WebSockets that are open. */
  open: number;
}

/** How long somebody is listed after the last answer, in milliseconds. */
const SEEN_MS = 30_000;
const MAX_VIEWERS = 500;

interface Watched {
  life: AbortController;
  viewers: Map<string, Viewer>;
}

export interface Viewers {
  /** Something is opened: the signal ends it with the link, `done` is called when it is over. */
  enter(shareId: string, who: { address: string; agent: string }): { signal: AbortSignal; done: () => void };
  list(shareId: string): Viewer[];
  /** Ends all that is open on the link. */
  end(shareId: string, reason: TerrariumError): void;
}

export function createViewers(now: () => number = Date.now): Viewers {
  const shares = new Map<string, Watched>();

  function prune(watched: Watched): void {
    for (const [id, viewer] of watched.viewers) if (viewer.open === 0 && viewer.lastSeen < now() - SEEN_MS) watched.viewers.delete(id);
  }

  return {
    enter(shareId, { address, agent }) {
      const watched = shares.get(shareId) ?? { life: new AbortController(), viewers: new Map() };
      shares.set(shareId, watched);
      prune(watched);
      const id = createHash('sha256').update(`${shareId}\0${address}\0${agent}`).digest('base64url').slice(0, 12);
      const viewer = watched.viewers.get(id) ?? { id, address, agent: agent.slice(0, 300), since: now(), lastSeen: now(), open: 0 };
      if (watched.viewers.size < MAX_VIEWERS) watched.viewers.set(id, viewer);
      viewer.open++;
      viewer.lastSeen = now();
      let over = false;
      return {
        signal: watched.life.signal,
        done() {
          if (over) return;
          over = true;
          viewer.open--;
          viewer.lastSeen = now();
        },
      };
    },
    list(shareId) {
      const watched = shares.get(shareId);
      if (watched === undefined) return [];
      prune(watched);
      return [...watched.viewers.values()].map((viewer) => ({ ...viewer })).sort((a, b) => a.since - b.since);
    },
    end(shareId, reason) {
      const watched = shares.get(shareId);
      shares.delete(shareId);
      watched?.life.abort(reason);
    },
  };
}
