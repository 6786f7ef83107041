/** How often, and how much at once, an environment calls other hosts. */
import { TerrariumError } from '../../shared/errors/error.ts';

const MINUTE_MS = 60_000;

export interface Budget {
  /** Counts one call; the result ends it. @throws {TerrariumError} 1260, 1264 */
  take(environmentId: string): () => void;
}

interface Spent {
  since: number;
  calls: number;
  open: number;
}

export function createBudget({ perMinute, atOnce, now }: { perMinute: number; atOnce: number; now: () => number }): Budget {
  const spent = new Map<string, Spent>();
  return {
    take(environmentId) {
      const time = now();
      const one = spent.get(environmentId) ?? { since: time, calls: 0, open: 0 };
      spent.set(environmentId, one);
      if (time - one.since >= MINUTE_MS) Object.assign(one, { since: time, calls: 0 });
      if (one.calls >= perMinute) throw TerrariumError.of('E-TERRARIUM-1260', { limit: perMinute, seconds: Math.ceil((one.since + MINUTE_MS - time) / 1000) });
      if (one.open >= atOnce) throw TerrariumError.of('E-TERRARIUM-1264', { limit: atOnce });
      one.calls++;
      one.open++;
      let ended = false;
      return function end() {
        if (!ended) one.open--;
        ended = true;
      };
    },
  };
}
