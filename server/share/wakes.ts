/** How often visitors of share links may start the server's own browser (SPEC SH19): each start costs the machine seconds of a processor. */
import { LRUCache } from 'lru-cache';
import { TerrariumError } from '../../shared/errors/error.ts';

export interface Wakes {
  /** Counts one. @throws {TerrariumError} 1338 with the seconds to wait */
  take(environmentId: string, address: string): void;
}

export const WAKES_PER_ADDRESS = 5;
export const WAKES_PER_ENVIRONMENT = 10;
const SPAN_MS = 10 * 60_000;

export function createWakes(now: () => number = Date.now): Wakes {
  const times = new LRUCache<string, number[]>({ max: 10_000 });
  const recent = (key: string): number[] => (times.get(key) ?? []).filter((at) => now() - at < SPAN_MS);
  return {
    take(environmentId, address) {
      const counted = [[`environment ${environmentId}`, WAKES_PER_ENVIRONMENT], [`address ${address}`, WAKES_PER_ADDRESS]] as const;
      for (const [key, limit] of counted) {
        const seen = recent(key);
        const [oldest] = seen;
        if (seen.length >= limit && oldest !== undefined) throw TerrariumError.of('E-TERRARIUM-1338', { seconds: Math.ceil((oldest + SPAN_MS - now()) / 1000) });
      }
      // What is refused counts for neither.
      for (const [key] of counted) times.set(key, [...recent(key), now()]);
    },
  };
}
