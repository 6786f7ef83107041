/** What the container of each environment uses, as its host says (SPEC.md, M7): asked while somebody looks, and never waited for. */
import type { HostLink, HostLinks, HostUse } from '../host-link/links.ts';

export interface Use {
  /** Who runs the container. */
  host: HostLink['kind'];
  processes: number;
  threads: number;
  /** Time in which its programs ran code as a share of one processor's since the look before, of all threads together; `undefined` after one look alone. */
  busy: number | undefined;
  /** Bytes of packages in memory. */
  packBytes: number;
}

export interface ResourceUse {
  /** The newest that is known, and asks for a newer one; `undefined` without a host, or before its first answer. */
  of(environmentId: string): Use | undefined;
}

/** Between two questions to one host, in milliseconds. */
const EVERY_MS = 2000;

interface Known {
  link: HostLink;
  askedAt: number;
  last: { at: number; busyMs: number } | undefined;
  use: Use | undefined;
}

export function createResourceUse(hosts: Pick<HostLinks, 'of' | 'onChange'>, now: () => number = () => performance.now()): ResourceUse {
  const known = new Map<string, Known>();
  hosts.onChange((environmentId) => void known.delete(environmentId));

  function learn(entry: Known, { processes, busyMs, packBytes }: HostUse): void {
    const at = now();
    const { last } = entry;
    // The host is a page and may say anything: a share is never below nothing.
    const busy = last === undefined || at <= last.at ? undefined : Math.max(0, busyMs - last.busyMs) / (at - last.at);
    entry.last = { at, busyMs };
    entry.use = { host: entry.link.kind, processes: processes.length, threads: processes.reduce((sum, { threads }) => sum + threads, 0), busy, packBytes };
  }

  return {
    of(environmentId) {
      const link = hosts.of(environmentId);
      if (link === undefined) return undefined;
      let entry = known.get(environmentId);
      if (entry?.link !== link) known.set(environmentId, (entry = { link, askedAt: -Infinity, last: undefined, use: undefined }));
      const asked = entry;
      if (now() - asked.askedAt >= EVERY_MS) {
        asked.askedAt = now();
        // A host that does not answer is asked again at the next look.
        link.use().then((use) => learn(asked, use), () => undefined);
      }
      return asked.use;
    },
  };
}
