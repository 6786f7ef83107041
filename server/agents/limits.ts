/** A token bucket for each agent: its whole size may be used at once, and fills evenly again (SPEC.md, T5). */
import { LRUCache } from 'lru-cache';
import { TerrariumError } from '../../shared/errors/error.ts';

export interface CallLimit {
  /** @throws {TerrariumError} 1410 */
  take(agentId: string): void;
}

const MINUTE = 60_000;
/** Agents that are remembered; one that was forgotten starts with a full bucket. */
const REMEMBERED = 10_000;

export function createCallLimit(perMinute: number, now: () => number = () => performance.now()): CallLimit {
  const buckets = new LRUCache<string, { left: number; at: number }>({ max: REMEMBERED });
  return {
    take(agentId) {
      const bucket = buckets.get(agentId) ?? { left: perMinute, at: now() };
      const left = Math.min(perMinute, bucket.left + ((now() - bucket.at) * perMinute) / MINUTE);
      const allowed = left >= 1;
      buckets.set(agentId, { left: allowed ? left - 1 : left, at: now() });
      if (!allowed) throw TerrariumError.of('E-TERRARIUM-1410', { limit: perMinute, span: 'a minute', seconds: Math.max(1, Math.ceil(((1 - left) * MINUTE) / perMinute / 1000)) });
    },
  };
}
