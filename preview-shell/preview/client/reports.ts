/** Tells the app that frames this page what happens in it, in frames inside it, and in its workers (preview-report.ts). */
import type { PreviewReport } from '../../../shared/protocol/preview-report.ts';

type Told<K extends PreviewReport['kind']> = Omit<Extract<PreviewReport, { kind: K }>, 'v' | 'source' | 'time' | 'realm' | 'kind'>;

export type Report = <K extends PreviewReport['kind']>(kind: K, fields: Told<K>) => void;

/** Workers of this origin tell the pages, which pass it on. */
const WORKER_CHANNEL = 'terrarium-worker-reports';

const envelope = (realm: PreviewReport['realm']) => ({ v: 1, source: 'terrarium-preview', time: Date.now(), realm }) as const;

/** The app alone is told: any other embedder gets nothing. A page in a tab of its own tells nobody. */
export function reporter(appOrigin: string): Report {
  const outermost = outermostOfOrigin();
  const app = outermost.parent;
  if (app === outermost) return () => undefined;
  const realm = outermost === window ? 'page' : 'frame';
  // The browser's own function: a page may replace what stands in its window.
  const post = app.postMessage.bind(app);
  if (realm === 'page') new BroadcastChannel(WORKER_CHANNEL).onmessage = ({ data }: MessageEvent<object>) => post({ ...data, ...envelope('worker') }, appOrigin);
  return (kind, fields) => post({ ...envelope(realm), kind, ...fields }, appOrigin);
}

/** A frame inside of the page has the page's origin above it; the app's cannot be read. */
function outermostOfOrigin(): Window {
  let found: Window = window;
  while (found.parent !== found && isReadable(found.parent)) found = found.parent;
  return found;
}

function isReadable(other: Window): boolean {
  try {
    return other.location.origin === location.origin;
  } catch {
    return false;
  }
}

/** Of a worker, by way of the pages of its origin. */
export function workerReporter(): Report {
  const channel = new BroadcastChannel(WORKER_CHANNEL);
  const post = channel.postMessage.bind(channel);
  return (kind, fields) => post({ kind, ...fields });
}

export function bodyState(): { elements: number; characters: number } {
  return { elements: document.body?.querySelectorAll('*').length ?? 0, characters: document.body?.textContent?.trim().length ?? 0 };
}
