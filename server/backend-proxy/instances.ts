/** Kept connections to each running instance. */
import { Pool } from 'undici';
import type { BackendUse } from '../backends/backends.ts';
import type { ProxyLimits } from './limits.ts';

export interface Instances {
  poolOf(environmentId: string, use: BackendUse): Pool;
  close(): Promise<void>;
}

export function createInstances({ connections, answerMs, idleMs }: ProxyLimits): Instances {
  const kept = new Map<string, { instanceId: string; pool: Pool }>();
  return {
    poolOf(environmentId, { instanceId, address: { socketPath, port } }) {
      const known = kept.get(environmentId);
      if (known?.instanceId === instanceId) return known.pool;
      // What is under way on the old one ends as it would have.
      if (known !== undefined) void known.pool.close().catch(() => undefined);
      const pool = new Pool(`http://127.0.0.1:${port ?? 80}`, { connections, pipelining: 1, headersTimeout: answerMs, bodyTimeout: idleMs, ...(socketPath === undefined ? {} : { socketPath }) });
      kept.set(environmentId, { instanceId, pool });
      return pool;
    },
    async close() {
      await Promise.all([...kept.values()].map(({ pool }) => pool.destroy()));
      kept.clear();
    },
  };
}
