/** First statement of every worker of a preview: what happens in it is told to the page, which tells the app. Classic or module, it must stay one statement. */
import { reportConsole, tellError } from './client/page-events.ts';
import { reportFetch, reportXhr } from './client/requests.ts';
import { workerReporter } from './client/reports.ts';

function watch(): void {
  const report = workerReporter();
  reportConsole(report);
  addEventListener('error', (event) => {
    if (event instanceof ErrorEvent) void tellError(report, 'error', event.error ?? event.message);
  });
  addEventListener('unhandledrejection', ({ reason }) => void tellError(report, 'unhandledrejection', reason));
  reportFetch(report);
  if (typeof XMLHttpRequest === 'function') reportXhr(report);
}

/** Browsers ask for what a module worker imports as for the worker itself, so that the modules bring this as well. */
const WATCHED = Symbol.for('terrarium-worker-reports');

if (!(WATCHED in globalThis)) {
  Object.defineProperty(globalThis, WATCHED, { value: true });
  watch();
}
