/** What previews measured of themselves: milestones of each load, hot updates, long tasks; newest last, bounded. */
import { createStore } from 'zustand/vanilla';
import type { PerformanceRecord } from '../../shared/protocol/activity.ts';
import { originKey } from './origin.ts';
import type { Origin } from './origin.ts';

export type Metric = 'script' | 'load' | 'first-contentful-paint' | 'largest-contentful-paint' | 'hot-update' | 'long-task';

export interface Measure {
  id: number;
  time: number;
  metric: Metric;
  ms: number;
  /** Another member's preview. */
  from?: Origin;
}

type Told = PerformanceRecord extends infer R ? (R extends { port: number } ? Omit<R, 'port'> : never) : never;

const MOST = 500;
let nextId = 1;

export function createPerformance() {
  const store = createStore<{ measures: Measure[] }>(() => ({ measures: [] }));
  return {
    store,
    clear: () => store.setState({ measures: [] }),
    receive(report: Told, from?: Origin) {
      const measured = measureOf(report);
      if (measured === undefined) return;
      const measure: Measure = { id: nextId++, time: report.time, ...measured, ...(from === undefined ? {} : { from }) };
      store.setState(({ measures }) => ({ measures: [...withoutOlderPaint(measures, measure), measure].slice(-MOST) }));
    },
  };
}

export type PerformanceModel = ReturnType<typeof createPerformance>;

function measureOf(report: Told): Pick<Measure, 'metric' | 'ms'> | undefined {
  switch (report.kind) {
    case 'ready': return { metric: report.state === 'paint' ? 'first-contentful-paint' : report.state, ms: report.sinceNavigationMs };
    case 'performance': return { metric: report.metric, ms: report.metric === 'largest-contentful-paint' ? report.startMs : report.durationMs };
    // That one came; what it took is measured apart.
    case 'hot-update': return undefined;
  }
}

/** The last report of the largest paint of a load is the one that counts. */
function withoutOlderPaint(measures: Measure[], { metric, from }: Measure): Measure[] {
  if (metric !== 'largest-contentful-paint') return measures;
  const at = measures.findLastIndex((one) => originKey(one.from) === originKey(from) && (one.metric === metric || one.metric === 'script'));
  return measures[at]?.metric === metric ? measures.toSpliced(at, 1) : measures;
}

/** In words, in the order of a load. */
export const METRIC_LABELS: Record<Metric, string> = {
  script: 'First script', load: 'Load', 'first-contentful-paint': 'First contentful paint', 'largest-contentful-paint': 'Largest contentful paint', 'hot-update': 'Hot update, to be seen', 'long-task': 'Long task',
};
