/** Why a preview stays blank: tells the seven usual causes apart and names the cure. */
import type { Preview } from './preview.ts';

export interface BlankFacts {
  secureContext: boolean;
  serverListening: boolean;
  containerLost: boolean;
  /** The browser can share memory in an isolated document: by Document-Isolation-Policy or by COEP. */
  isolationAvailable: boolean;
  /** A plain request from the app to the preview's host name got through. */
  hostReachable: boolean;
  /** The same for the app's own server, so that a dead network is not taken for a blocker. */
  appReachable: boolean;
  /** What the page's script said, if it answered. */
  page: { crossOriginIsolated: boolean; serviceWorker: 'controlled' | 'uncontrolled' | 'unavailable'; storage: 'ok' | 'blocked' } | undefined;
  serviceWorkerSupported: boolean;
}

export type BlankCause =
  | 'insecure-origin' | 'server-not-listening' | 'out-of-memory' | 'offline' | 'blocked-by-extension'
  | 'storage-blocked' | 'isolation-unsupported' | 'old-service-worker' | 'page-empty';

export interface Diagnosis {
  cause: BlankCause;
  title: string;
  advice: string;
}

const DIAGNOSES: Record<BlankCause, Omit<Diagnosis, 'cause'>> = {
  'insecure-origin': { title: 'This address is not secure', advice: 'Browsers run service workers only over HTTPS or on localhost. Open Terrarium under one of them.' },
  'server-not-listening': { title: 'No server is listening', advice: 'The dev server has stopped or listens on another port. Look at its terminal and start it again.' },
  'out-of-memory': { title: 'The container is gone', advice: 'The browser ended it, most likely for want of memory. Close heavy tabs and restart the container.' },
  offline: { title: 'The server cannot be reached', advice: 'Check the connection. The preview comes back by itself with it.' },
  'blocked-by-extension': { title: 'Something blocks the preview’s address', advice: 'The app is reachable but the preview’s host name is not: allow it in your ad blocker, or check that subdomains resolve.' },
  'storage-blocked': { title: 'Third-party storage is blocked', advice: 'The preview needs storage of its own in this page. Allow third-party cookies and site data for this site.' },
  'isolation-unsupported': { title: 'The browser cannot isolate the preview', advice: 'Cross-origin isolation is missing here. Use a current Chrome, Edge or Firefox.' },
  'old-service-worker': { title: 'An old service worker answers', advice: 'The preview’s service worker did not take over. Reload the preview; if it stays, clear this site’s data.' },
  'page-empty': { title: 'The page itself is empty', advice: 'It loaded and shows nothing. Look at the console for an error, or render something into the body.' },
};

/** The first cause that the facts prove, from the outside in. */
export function diagnose(facts: BlankFacts): Diagnosis {
  const cause = causeOf(facts);
  return { cause, ...DIAGNOSES[cause] };
}

function causeOf(facts: BlankFacts): BlankCause {
  const { page } = facts;
  if (!facts.secureContext) return 'insecure-origin';
  if (facts.containerLost) return 'out-of-memory';
  if (!facts.isolationAvailable) return 'isolation-unsupported';
  if (!facts.serverListening) return 'server-not-listening';
  if (page?.storage === 'blocked') return 'storage-blocked';
  if (!facts.serviceWorkerSupported || page?.serviceWorker === 'unavailable') return 'storage-blocked';
  if (page !== undefined) return page.serviceWorker === 'uncontrolled' ? 'old-service-worker' : 'page-empty';
  if (!facts.appReachable) return 'offline';
  return facts.hostReachable ? 'old-service-worker' : 'blocked-by-extension';
}

export async function gatherFacts(preview: Preview, containerLost: boolean): Promise<BlankFacts> {
  const { ports, port } = preview.store.getState();
  const address = preview.addressOf('/');
  const [answer, hostReachable, appReachable] = await Promise.all([
    preview.probe(),
    address === undefined ? false : reaches(address),
    reaches('/healthz'),
  ]);
  return {
    secureContext: window.isSecureContext,
    serverListening: port !== undefined && ports.includes(port),
    containerLost,
    hostReachable,
    appReachable,
    serviceWorkerSupported: 'serviceWorker' in navigator,
    isolationAvailable: window.crossOriginIsolated || 'credentialless' in HTMLIFrameElement.prototype || port !== undefined,
    page: answer,
  };
}

/** Whether any answer comes at all; its content stays unreadable across origins. */
async function reaches(url: string): Promise<boolean> {
  try {
    await fetch(url, { mode: 'no-cors', cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(4000) });
    return true;
  } catch {
    return false;
  }
}
