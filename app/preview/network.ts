/** The preview's requests, in the order they started, bounded. */
import { createStore } from 'zustand/vanilla';
import type { NetworkRecord } from '../../shared/protocol/activity.ts';
import type { RequestReport } from '../../shared/protocol/preview-report.ts';
import { originKey } from './origin.ts';
import type { Origin } from './origin.ts';

/** `from`: another member's preview. */
export type NetworkEntry = Omit<RequestReport, 'v' | 'source'> & { from?: Origin };
const MOST = 1000;

export function createNetwork() {
  const store = createStore<{ entries: NetworkEntry[] }>(() => ({ entries: [] }));
  return {
    store,
    clear: () => store.setState({ entries: [] }),
    receive(told: RequestReport | NetworkRecord, from?: Origin) {
      // Pages choose their ids: each has its own.
      const report: NetworkEntry = from === undefined ? told : { ...told, id: `${originKey(from)} ${told.id}`, from };
      store.setState(({ entries }) => {
        const at = entries.findLastIndex((entry) => entry.id === report.id);
        if (at === -1) return { entries: [...entries, report].slice(-MOST) };
        return { entries: entries.with(at, mergeReports(entries[at], report)) };
      });
    },
  };
}

export type NetworkModel = ReturnType<typeof createNetwork>;

/** The end of a request adds to what its start told; an end that has come is not undone by a late start. */
function mergeReports(known: NetworkEntry | undefined, report: NetworkEntry): NetworkEntry {
  if (known === undefined) return report;
  const [earlier, later] = report.state === 'pending' ? [report, known] : [known, report];
  return { ...earlier, ...later, time: Math.min(earlier.time, later.time) };
}
