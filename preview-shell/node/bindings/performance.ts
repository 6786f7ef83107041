/** node:perf_hooks (node_perf.cc). Times are nanoseconds; the thread's origin is its Worker's. */
import type { BindingContext } from '../context.ts';
import { native } from '../natives.ts';
import { EventLoopDelay, Histogram } from './performance/histograms.ts';

const ENTRY_TYPES = ['GC', 'HTTP', 'HTTP2', 'NET', 'DNS'];
const MILESTONES = ['TIME_ORIGIN_TIMESTAMP', 'TIME_ORIGIN', 'ENVIRONMENT', 'NODE_START', 'V8_START', 'LOOP_START', 'LOOP_EXIT', 'BOOTSTRAP_COMPLETE'];
const GARBAGE_COLLECTION: Record<string, number> = {
  MAJOR: 4, MINOR: 1, INCREMENTAL: 8, WEAKCB: 16, FLAGS_NO: 0, FLAGS_CONSTRUCT_RETAINED: 2, FLAGS_FORCED: 4,
  FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8, FLAGS_ALL_AVAILABLE_GARBAGE: 16, FLAGS_ALL_EXTERNAL_MEMORY: 32, FLAGS_SCHEDULE_IDLE: 64,
};
const NANOSECONDS = 1e6;
const MICROSECONDS = 1e3;

type ObserverCallback = (name: string, type: string, startTime: number, duration: number, details: unknown) => void;

export function create(ctx: BindingContext): Record<string, unknown> {
  const constants = Object.fromEntries([
    ...Object.entries(GARBAGE_COLLECTION).map(([name, value]) => [`NODE_PERFORMANCE_GC_${name}`, value] as const),
    ...ENTRY_TYPES.map((name, index) => [`NODE_PERFORMANCE_ENTRY_TYPE_${name}`, index] as const),
    ...MILESTONES.map((name, index) => [`NODE_PERFORMANCE_MILESTONE_${name}`, index] as const),
  ]);
  const milestones = new Float64Array(MILESTONES.length).fill(-1);
  const mark = (name: string, value: number): void => void (milestones[MILESTONES.indexOf(name)] = value);
  // Like process.hrtime, from the epoch: event loop utilisation subtracts one from the other.
  const origin = native.performance.timeOrigin * NANOSECONDS;
  const elapsed = (): number => origin + native.performance.now() * NANOSECONDS;
  mark('TIME_ORIGIN_TIMESTAMP', native.performance.timeOrigin * MICROSECONDS);
  mark('TIME_ORIGIN', origin);
  const started = elapsed();
  for (const name of ['ENVIRONMENT', 'NODE_START', 'V8_START', 'LOOP_START']) mark(name, started);
  let observer: ObserverCallback | undefined;
  ctx.hooks['performanceEntry'] = (...entry: Parameters<ObserverCallback>) => observer?.(...entry);
  return {
    constants, milestones,
    observerCounts: new Uint32Array(ENTRY_TYPES.length),
    now: () => native.performance.now(),
    setupObservers: (callback: ObserverCallback) => void (observer = callback),
    notify: () => undefined,
    // The browser does not tell when it collects: no entries of type `gc` ever come.
    installGarbageCollectionTracking: () => undefined,
    removeGarbageCollectionTracking: () => undefined,
    loopIdleTime: () => ctx.loop.idleTime,
    markBootstrapComplete: () => mark('BOOTSTRAP_COMPLETE', elapsed()),
    uvMetricsInfo: () => [0, 0, 0],
    createELDHistogram: (resolution: number) => new EventLoopDelay(resolution),
    Histogram,
  };
}
