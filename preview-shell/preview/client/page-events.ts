/** Console, errors, addresses and milestones of the page. */
import type { ConsoleReport } from '../../../shared/protocol/preview-report.ts';
import type { Report } from './reports.ts';
import { bodyState } from './reports.ts';
import { traced } from './source-maps.ts';
import { placedFrames, stackFrames } from './stack.ts';
import { cut, loggedValue } from './values.ts';

const LEVELS = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'table', 'dir', 'group', 'groupCollapsed', 'groupEnd', 'clear', 'assert'] as const;
const MAX_ARGUMENTS = 100;

export function reportConsole(report: Report): void {
  for (const level of LEVELS) {
    const original = console[level].bind(console) as (...args: unknown[]) => void;
    console[level] = (...args: unknown[]) => {
      original(...args);
      if (level === 'assert' && args[0] === true) return;
      const stack = level === 'error' || level === 'warn' || level === 'trace' ? { stack: stackFrames(new Error('stack').stack) } : {};
      report('console', { level: level as ConsoleReport['level'], args: args.slice(0, MAX_ARGUMENTS).map((arg) => loggedValue(arg)), ...stack });
    };
  }
}

export function reportErrors(report: Report): void {
  // In the capture phase resources that did not load come as plain events.
  addEventListener('error', (event: Event) => {
    if (event instanceof ErrorEvent) void tellError(report, 'error', event.error ?? event.message);
    else if (event.target instanceof HTMLElement) tellResource(report, event.target);
  }, true);
  addEventListener('unhandledrejection', ({ reason }) => void tellError(report, 'unhandledrejection', reason));
}

export async function tellError(report: Report, type: 'error' | 'unhandledrejection', thrown: unknown): Promise<void> {
  const isError = thrown instanceof Error;
  const told = { type, name: cut(isError ? thrown.name : typeof thrown, 1000), message: isError ? cut(thrown.message) : loggedValue(thrown, 0).preview };
  report('error', { ...told, stack: isError ? await traced(placedFrames(thrown.stack)) : [] });
}

function tellResource(report: Report, element: HTMLElement): void {
  const url = element.getAttribute('src') ?? element.getAttribute('href') ?? '';
  report('error', { type: 'resource', name: element.tagName.toLowerCase(), message: cut(`Failed to load ${url}`, 4096), stack: [] });
}

/** Told with each route, so that the app can tell a route from a load. */
const DOCUMENT = crypto.randomUUID();

export function reportRoutes(report: Report): void {
  const tell = (): void => report('route', { url: cut(location.pathname + location.search + location.hash, 8000), title: cut(document.title, 1000), document: DOCUMENT });
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name].bind(history);
    history[name] = (...args: Parameters<History['pushState']>) => {
      original(...args);
      tell();
    };
  }
  addEventListener('popstate', tell);
  addEventListener('hashchange', tell);
  addEventListener('load', tell);
}

export function reportMilestones(report: Report): void {
  report('ready', { state: 'script', sinceNavigationMs: performance.now() });
  addEventListener('load', () => report('ready', { state: 'load', sinceNavigationMs: performance.now(), body: bodyState() }));
  new PerformanceObserver((list, observer) => {
    const paint = list.getEntriesByName('first-contentful-paint')[0];
    if (paint === undefined) return;
    observer.disconnect();
    report('ready', { state: 'paint', sinceNavigationMs: paint.startTime, body: bodyState() });
  }).observe({ type: 'paint', buffered: true });
}
