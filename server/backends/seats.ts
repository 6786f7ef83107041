/** How many instances run at once; at the cap the least recently used one is suspended for the next (SPEC BP8). */
import pLimit from 'p-limit';

export interface Seated {
  readonly environmentId: string;
  readonly lastUsed: number;
  readonly live: { users: number } | undefined;
}

export interface Seats<S extends Seated> {
  take(slot: S): Promise<void>;
  leave(slot: S): void;
  readonly holders: ReadonlySet<S>;
}

/** `suspend` resolves when the slot has left its seat. */
export function createSeats<S extends Seated>(most: number, suspend: (slot: S) => Promise<void>): Seats<S> {
  const holders = new Set<S>();
  const oneAtATime = pLimit(1);
  return {
    holders,
    async take(slot) {
      if (holders.has(slot)) return;
      await oneAtATime(async () => {
        while (holders.size >= most) {
          const [oldest] = [...holders].sort(byUse);
          if (oldest === undefined) break;
          await suspend(oldest);
          // One that something else has started again meanwhile is as good a holder as any.
        }
        holders.add(slot);
      });
    },
    leave: (slot) => void holders.delete(slot),
  };
}

/** Those that answer nothing at this moment first. */
const byUse = (a: Seated, b: Seated): number => Number((a.live?.users ?? 0) > 0) - Number((b.live?.users ?? 0) > 0) || a.lastUsed - b.lastUsed;
