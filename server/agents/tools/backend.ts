import type { backendTools } from '../../../shared/agents/tools/backend.ts';
import type { Backends } from '../../backends/backends.ts';
import { createInspector } from '../../backends/inspect.ts';
import type { Handlers } from './context.ts';

/** Entries read at a time while those of the wanted kinds are gathered. */
const BATCH = 500;

export function backendHandlers({ backends, backendOrigin }: { backends: Backends; backendOrigin: (environmentId: string) => string }): Handlers<keyof typeof backendTools> {
  const inspector = createInspector(backends);
  const statusOf = (id: string) => {
    const { state, code = null, message = null } = backends.status(id);
    return { present: backends.has(id), state, url: backendOrigin(id), code, message };
  };
  return {
    backend_status: (_, { environment }) => statusOf(environment.id),
    async backend_deploy(_, { environment, signal }) {
      await backends.deploy(environment.id, signal);
      return statusOf(environment.id);
    },
    backend_logs({ cursor, limit, kinds }, { environment }) {
      const entries: ReturnType<Backends['events']>['events'] = [];
      for (let next = cursor; ; ) {
        const read = backends.events(environment.id, next, BATCH);
        for (const entry of read.events) {
          if (kinds !== undefined && !kinds.includes(entry.event.kind)) continue;
          entries.push(entry);
          if (entries.length === limit) return { entries, next: entry.cursor };
        }
        next = read.next;
        if (read.events.length < BATCH) return { entries, next };
      }
    },
    async backend_query({ sql, parameters }, { environment, signal }) {
      const { columns, rows, truncated, rowsRead, rowsWritten } = await inspector.query(environment.id, sql, parameters, signal);
      return { columns, rows, truncated, rowsRead, rowsWritten };
    },
  };
}
