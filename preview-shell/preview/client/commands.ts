/** What the app asks of the page: reload, go somewhere, say how it is (preview-report.ts, PreviewCommand). */
import type { PreviewCommand } from '../../../shared/protocol/preview-report.ts';
import type { Report } from './reports.ts';
import { bodyState } from './reports.ts';
import { scrollToShare } from './scroll.ts';

export function obeyApp(appOrigin: string, report: Report, passOn: (channel: MessagePort) => void): void {
  addEventListener('message', (event: MessageEvent<PreviewCommand | undefined>) => {
    const { data } = event;
    if (event.source !== window.parent || event.origin !== appOrigin || data?.source !== 'terrarium-app' || data.v !== 1) return;
    event.stopImmediatePropagation();
    switch (data.command) {
      case 'reload': location.reload(); break;
      case 'navigate': navigate(data.url); break;
      case 'route': goWithin(data.url); break;
      case 'scroll': scrollToShare(data.x, data.y); break;
      case 'back': history.back(); break;
      case 'forward': history.forward(); break;
      case 'probe': void probe(report, data.id); break;
      case 'connect': if (event.ports[0] !== undefined) passOn(event.ports[0]); break;
    }
  });
}

/** Addresses of this origin alone. */
function navigate(url: string): void {
  const target = new URL(url, location.href);
  if (target.origin === location.origin) location.assign(target);
}

/**
 * As the page's own history would: routers take `popstate` for "show what the address says" (HTML, 7.4.6.2). An address that differs in its fragment alone
 * is the browser's own business.
 */
function goWithin(url: string): void {
  const target = new URL(url, location.href);
  if (target.origin !== location.origin) return;
  if (target.pathname === location.pathname && target.search === location.search) return location.assign(target);
  history.pushState(null, '', target);
  dispatchEvent(new PopStateEvent('popstate', { state: null }));
}

async function probe(report: Report, id: string): Promise<void> {
  const controlled = navigator.serviceWorker === undefined ? 'unavailable' : navigator.serviceWorker.controller === null ? 'uncontrolled' : 'controlled';
  report('probe', { id, crossOriginIsolated, secureContext: isSecureContext, serviceWorker: controlled, storage: await storage(), body: bodyState() });
}

async function storage(): Promise<'ok' | 'blocked'> {
  try {
    await caches.has('terrarium-probe');
    return 'ok';
  } catch {
    return 'blocked';
  }
}
