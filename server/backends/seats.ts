/** How many instances run at once; at the cap the least recently used one is suspended for the next (SPEC BP8, BP11). */

export interface Seated {
  readonly environmentId: string;
  readonly lastUsed: number;
  readonly live: { users: number } | undefined;
}

export interface Seats<S extends Seated> {
  /** Resolves when the slot has a seat; at once where it has one. */
  take(slot: S): Promise<void>;
  leave(slot: S): void;
  readonly holders: ReadonlySet<S>;
}

/**
 * `suspend` is asked and not waited for: a seat is given on when its holder leaves it, for whatever reason, so that who waits for one keeps
 * nobody from leaving.
 */
export function createSeats<S extends Seated>(most: number, suspend: (slot: S) => Promise<void>): Seats<S> {
  const holders = new Set<S>();
  const waiting: { slot: S; resolve: () => void }[] = [];
  const leaving = new Set<S>();

  function free(): void {
    const staying = [...holders].filter((slot) => !leaving.has(slot)).sort(byUse);
    const expected = holders.size - staying.length;
    for (const slot of staying.slice(0, Math.max(0, waiting.length - expected))) {
      leaving.add(slot);
      const done = (): void => {
        leaving.delete(slot);
        free();
      };
      suspend(slot).then(done, done);
    }
  }

  return {
    holders,
    take(slot) {
      if (holders.has(slot)) return Promise.resolve();
      if (holders.size < most) {
        holders.add(slot);
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        waiting.push({ slot, resolve });
        free();
      });
    },
    leave(slot) {
      if (!holders.delete(slot)) return;
      const next = waiting.shift();
      if (next === undefined) return;
      holders.add(next.slot);
      next.resolve();
    },
  };
}

/** Those that answer nothing at this moment first. */
const byUse = (a: Seated, b: Seated): number => Number((a.live?.users ?? 0) > 0) - Number((b.live?.users ?? 0) > 0) || a.lastUsed - b.lastUsed;
