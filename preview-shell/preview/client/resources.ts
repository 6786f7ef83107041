/** Documents, scripts, styles, images: what the browser itself requested, from its resource timing (W3C Resource Timing). */
import type { Report } from './reports.ts';
import { shownUrl, teller } from './requests.ts';

/** Told by what wraps them, with more than timing knows. */
const TOLD_ELSEWHERE = new Set(['fetch', 'xmlhttprequest', 'beacon', 'eventsource']);

export function reportResources(report: Report): void {
  const tell = (entry: PerformanceResourceTiming, initiator: 'resource' | 'navigation'): void => {
    // Not every browser tells them; 0 means that the status is not known.
    const { responseStatus = 0, contentType = '' } = entry as Partial<PerformanceResourceTiming> & { contentType?: string };
    teller(report)({
      initiator, method: 'GET', url: shownUrl(entry.name), state: responseStatus >= 400 ? 'failed' : 'done', durationMs: Math.max(0, entry.duration), size: entry.decodedBodySize,
      ...(responseStatus > 0 ? { status: responseStatus } : {}), ...(contentType === '' ? {} : { contentType: contentType.slice(0, 250) }),
    });
  };
  const isOurs = (url: string): boolean => url.includes('/~terrarium/');
  const start = (): void => {
    for (const entry of performance.getEntriesByType('navigation')) tell(entry as PerformanceNavigationTiming, 'navigation');
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceResourceTiming[]) if (!TOLD_ELSEWHERE.has(entry.initiatorType) && !isOurs(entry.name)) tell(entry, 'resource');
    }).observe({ type: 'resource', buffered: true });
  };
  // While a page loads, its own work comes first; the timing keeps what happened until then.
  addEventListener('load', () => setTimeout(start, 200), { once: true });
}
