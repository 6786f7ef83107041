/** The preview's requests, in the order they started, bounded. */
import { createStore } from 'zustand/vanilla';
import type { RequestReport } from '../../shared/protocol/preview-report.ts';

export type NetworkEntry = RequestReport;
const MOST = 1000;

export function createNetwork() {
  const store = createStore<{ entries: NetworkEntry[] }>(() => ({ entries: [] }));
  return {
    store,
    clear: () => store.setState({ entries: [] }),
    receive(report: RequestReport) {
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
function mergeReports(known: NetworkEntry | undefined, report: RequestReport): NetworkEntry {
  if (known === undefined) return report;
  const [earlier, later] = report.state === 'pending' ? [report, known] : [known, report];
  return { ...earlier, ...later, time: Math.min(earlier.time, later.time) };
}
