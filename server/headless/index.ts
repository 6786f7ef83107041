/** Runs environments that nobody has open, in a browser of the server's own. Rules: SPEC.md. */
import pLimit from 'p-limit';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { TerrariumConfig } from '../../shared/config/schema.ts';
import type { Identities } from '../auth/identities.ts';
import type { Environments } from '../environments/environments.ts';
import type { HostLinks } from '../host-link/links.ts';
import type { Logger } from '../logger.ts';
import { openHostPage, type HostPage } from './host-page.ts';
import type { SharedBrowser } from './shared-browser.ts';

export interface HeadlessOptions {
  appOrigin: string;
  browser: SharedBrowser;
  limits: TerrariumConfig['headless'];
  identities: Pick<Identities, 'admit' | 'renew' | 'dismiss'>;
  environments: Pick<Environments, 'onRemoved'>;
  hosts: HostLinks;
  logger: Logger;
  now?: () => number;
}

export interface Headless {
  /** Resolves when the environment's page was opened; it claims the lease by itself. @throws {TerrariumError} 1390, 1391, 1392 */
  wake(environmentId: string, signal: AbortSignal): Promise<void>;
  /** Environments that it runs, or starts. */
  running(): string[];
  /** Closes what was idle too long, and what memory does not allow (HB7, HB8). */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

interface Place {
  readonly page: Promise<HostPage>;
  /** When it was last asked for anything, or somebody still did. */
  usedAt: number;
}

const TIDY_EVERY_MS = 15_000;
/** How long a page's token counts when the server no longer renews it. */
const TOKEN_MS = 24 * 3_600_000;

export function createHeadless(options: HeadlessOptions): Headless {
  const { browser, limits, hosts, logger, now = Date.now } = options;
  const places = new Map<string, Place>();
  /** Two that come at once must not both find the last free place. */
  const inTurn = pLimit(1);
  let closed = false;

  function lookAt(environmentId: string, place: Place): 'busy' | 'idle' {
    const link = hosts.of(environmentId);
    if (link?.kind !== 'headless') return 'idle';
    place.usedAt = Math.max(place.usedAt, link.busy ? now() : link.usedAt);
    return link.busy ? 'busy' : 'idle';
  }

  const leastUsed = (): string | undefined => [...places].filter(([id, place]) => lookAt(id, place) === 'idle').sort(([, a], [, b]) => a.usedAt - b.usedAt)[0]?.[0];

  async function stop(environmentId: string, reason: string): Promise<void> {
    const place = places.get(environmentId);
    if (place === undefined) return;
    places.delete(environmentId);
    logger.info('Headless host closed', { environmentId, reason });
    await place.page.then((page) => page.close(), () => undefined);
  }

  async function makeRoom(): Promise<void> {
    while (places.size >= limits.max) {
      const least = leastUsed();
      if (least === undefined) throw TerrariumError.of('E-TERRARIUM-1392', { max: limits.max });
      await stop(least, 'another was needed');
    }
  }

  async function open(environmentId: string): Promise<HostPage> {
    const use = await browser.use();
    try {
      const page = await openHostPage({ browser: use.browser, appOrigin: options.appOrigin, environmentId, identities: options.identities, lifetime: TOKEN_MS, logger });
      void page.gone.then(async () => {
        await use.release();
        // By then another page may run it.
        if ((await places.get(environmentId)?.page.catch(() => undefined)) === page) await stop(environmentId, 'the page ended');
      });
      return page;
    } catch (error) {
      await use.release();
      throw error;
    }
  }

  async function ensurePlace(environmentId: string, signal: AbortSignal): Promise<void> {
    if (places.has(environmentId)) return;
    await makeRoom();
    signal.throwIfAborted();
    const page = open(environmentId);
    page.catch(() => places.delete(environmentId));
    places.set(environmentId, { page, usedAt: now() });
    logger.info('Headless host started', { environmentId });
  }

  async function wake(environmentId: string, signal: AbortSignal): Promise<void> {
    if (closed) throw TerrariumError.of('E-TERRARIUM-1320');
    await inTurn(() => ensurePlace(environmentId, signal));
    await places.get(environmentId)?.page;
    // A page that never claims is no host: the next who asks gets a new one.
    signal.addEventListener('abort', () => hosts.of(environmentId) === undefined && void stop(environmentId, 'it did not start in time'), { once: true });
  }

  async function tidy(): Promise<void> {
    for (const [id, place] of places) {
      const expired = lookAt(id, place) === 'idle' && now() - place.usedAt >= limits.idle;
      if (expired) await stop(id, 'idle');
    }
    const memory = await browser.memory();
    const least = memory > limits.memory_mb * 1024 * 1024 ? leastUsed() ?? places.keys().next().value : undefined;
    if (least !== undefined) await stop(least, `the browser takes ${Math.round(memory / 1024 / 1024)} MB`);
  }

  const timer = setInterval(() => void tidy().catch((error: unknown) => logger.error('Headless hosts', { error: String(error) })), TIDY_EVERY_MS).unref();
  options.environments.onRemoved((id) => void stop(id, 'terminated'));
  return {
    wake,
    tidy,
    running: () => [...places.keys()],
    async close() {
      closed = true;
      clearInterval(timer);
      await Promise.all([...places.keys()].map((id) => stop(id, 'the server stops')));
    },
  };
}
