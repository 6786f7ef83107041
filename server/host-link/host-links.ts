/** The hosts of all environments (SPEC HL2, HL15). */
import { TerrariumError } from '../../shared/errors/error.ts';
import type { HostLink, HostLinks, Waker } from './links.ts';
import type { Link } from './link.ts';

export interface HostRegistry extends HostLinks {
  /** The lease of an environment was granted, or is over. */
  set(environmentId: string, link: Link | undefined): void;
}

/** How long a host that was woken may take to claim the lease. */
const WAKE_LIMIT_MS = 60_000;

export function createHostRegistry(): HostRegistry {
  const links = new Map<string, Link>();
  const listeners = new Set<(environmentId: string, link: HostLink | undefined) => void>();
  let waker: Waker | undefined;
  const waking = new Map<string, Promise<void>>();

  function onChange(listener: (environmentId: string, link: HostLink | undefined) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  function whenHosted(environmentId: string, signal: AbortSignal): Promise<HostLink> {
    return new Promise((resolve, reject) => {
      const stop = onChange((id, link) => {
        if (id !== environmentId || link === undefined) return;
        stop();
        resolve(link);
      });
      const abort = () => (stop(), reject(signal.reason as Error));
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** One start for all who ask meanwhile: its own limit, not that of the first of them. */
  function wake(environmentId: string, start: Waker): Promise<void> {
    const under = waking.get(environmentId);
    if (under !== undefined) return under;
    const started = start(environmentId, AbortSignal.timeout(WAKE_LIMIT_MS)).finally(() => waking.delete(environmentId));
    waking.set(environmentId, started);
    return started;
  }

  return {
    of: (environmentId) => links.get(environmentId),
    get canWake() {
      return waker !== undefined;
    },
    async require(environmentId, signal) {
      const link = links.get(environmentId);
      if (link !== undefined) return link;
      if (waker === undefined) throw TerrariumError.of('E-TERRARIUM-1320');
      const limit = AbortSignal.any([signal, AbortSignal.timeout(WAKE_LIMIT_MS)]);
      const hosted = whenHosted(environmentId, limit);
      // The waker's own reason, where it fails; whoever hosts meanwhile is as good.
      const failed = wake(environmentId, waker).then(() => new Promise<never>(() => {}));
      return await Promise.race([hosted, failed]).catch((error: unknown) => {
        hosted.catch(() => {});
        throw error instanceof DOMException && error.name === 'TimeoutError' ? TerrariumError.of('E-TERRARIUM-1320') : error;
      });
    },
    setWaker(given) {
      waker = given;
    },
    onChange,
    set(environmentId, link) {
      if (link === undefined) links.delete(environmentId);
      else links.set(environmentId, link);
      for (const listener of [...listeners]) listener(environmentId, link);
    },
  };
}
