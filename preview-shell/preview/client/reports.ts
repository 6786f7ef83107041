/** Tells the app that frames this page what happens in it (preview-report.ts). */
import type { PreviewReport } from '../../../shared/protocol/preview-report.ts';

type Told<K extends PreviewReport['kind']> = Omit<Extract<PreviewReport, { kind: K }>, 'v' | 'source' | 'time' | 'realm' | 'kind'>;

export type Report = <K extends PreviewReport['kind']>(kind: K, fields: Told<K>) => void;

/** The app alone is told: any other embedder gets nothing. A page in a tab of its own tells nobody. */
export function reporter(appOrigin: string): Report {
  const { parent } = window;
  // The browser's own function: a page may replace what stands in its window.
  const post = parent.postMessage.bind(parent);
  return (kind, fields) => {
    if (parent === window) return;
    post({ v: 1, source: 'terrarium-preview', time: Date.now(), realm: 'page', kind, ...fields }, appOrigin);
  };
}

export function bodyState(): { elements: number; characters: number } {
  return { elements: document.body?.querySelectorAll('*').length ?? 0, characters: document.body?.textContent?.trim().length ?? 0 };
}
