import { NOT_ISOLATED } from '../../shared/isolation.ts';
import type { BootStage } from '../../shared/protocol/broker.ts';

/**
 * Watches, from outside the library, how far its boot comes: its frame appears, loads, says `init`. The library itself neither
 * reports progress nor ever rejects.
 */
export function watchBootStages(hostOrigin: string, report: (stage: BootStage) => void): () => void {
  const listeners = new AbortController();
  const { signal } = listeners;
  const observer = new MutationObserver((records) => {
    for (const node of records.flatMap((record) => [...record.addedNodes])) {
      if (!(node instanceof HTMLIFrameElement)) continue;
      report('host-frame');
      node.addEventListener('load', () => report('host-loaded'), { signal });
    }
  });
  observer.observe(document.body, { childList: true });
  const onMessage = (event: MessageEvent<unknown>) => {
    if (event.origin !== hostOrigin) return;
    if (isOfType(event.data, 'init')) report('host-init');
    if (isOfType(event.data, NOT_ISOLATED)) report('not-isolated');
  };
  window.addEventListener('message', onMessage, { signal });
  return () => {
    observer.disconnect();
    listeners.abort();
  };
}

function isOfType(data: unknown, type: string): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === type;
}
