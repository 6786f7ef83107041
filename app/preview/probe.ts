/** Why a preview stays blank: tells the seven usual causes apart and names the cure. */
import { ERRORS } from '../../shared/errors/table.ts';
import type { ErrorCode } from '../../shared/errors/table.ts';
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
  code: ErrorCode;
  title: string;
  advice: string;
}

const CODES = {
  'insecure-origin': 'E-TERRARIUM-2122',
  'server-not-listening': 'E-TERRARIUM-2128',
  'out-of-memory': 'E-TERRARIUM-2102',
  offline: 'E-TERRARIUM-1306',
  'blocked-by-extension': 'E-TERRARIUM-2127',
  'storage-blocked': 'E-TERRARIUM-2124',
  'isolation-unsupported': 'E-TERRARIUM-2123',
  'old-service-worker': 'E-TERRARIUM-2125',
  'page-empty': 'E-TERRARIUM-2126',
} as const satisfies Record<BlankCause, ErrorCode>;

/** The first cause that the facts prove, from the outside in. */
export function diagnose(facts: BlankFacts): Diagnosis {
  const cause = causeOf(facts);
  const code = CODES[cause];
  const { message, next } = ERRORS[code];
  return { cause, code, title: message, advice: next };
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
