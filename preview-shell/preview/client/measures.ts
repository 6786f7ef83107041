/** Long tasks, the largest paint, and how long a hot update takes to be seen. */
import type { Report } from './reports.ts';

/** An update that changes nothing of the page by then is not measured, in milliseconds. */
const UPDATE_SEEN_WITHIN_MS = 3000;

/** Entries of a kind that this browser does not have never come. */
function observe(type: string, take: (entry: PerformanceEntry) => void): void {
  if (PerformanceObserver.supportedEntryTypes.includes(type)) new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
}

export function reportMeasures(report: Report): void {
  observe('longtask', ({ startTime, duration }) => report('performance', { metric: 'long-task', startMs: startTime, durationMs: duration }));
  observe('largest-contentful-paint', ({ startTime }) => report('performance', { metric: 'largest-contentful-paint', startMs: startTime, durationMs: 0 }));
}

/** Call when an update's message arrives: from here to the frame that shows the first change of the page. */
export function measureHotUpdate(report: Report): void {
  const startMs = performance.now();
  const watcher = new MutationObserver(() => {
    stop();
    // The callback before a frame runs as it is made; the task after it, when it was.
    requestAnimationFrame(() => setTimeout(() => report('performance', { metric: 'hot-update', startMs, durationMs: performance.now() - startMs })));
  });
  const timer = setTimeout(() => watcher.disconnect(), UPDATE_SEEN_WITHIN_MS);
  const stop = (): void => {
    clearTimeout(timer);
    watcher.disconnect();
  };
  watcher.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
}
