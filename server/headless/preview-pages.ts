/**
 * Pages of previews in the server's browser, for agents who look at them and use them: each sees the preview as a visitor of a share link does, through the tunnel, on an origin
 * of its own (SPEC HP1-HP5).
 */
import type { BrowserContext, Page } from 'playwright-core';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { origins } from '../../shared/hosts.ts';
import type { Environments } from '../environments/environments.ts';
import type { HostLinks } from '../host-link/links.ts';
import type { Shares } from '../share/shares.ts';
import type { BrowserUse, SharedBrowser } from './shared-browser.ts';

export interface PreviewPagesOptions {
  browser: SharedBrowser;
  shares: Shares;
  hosts: Pick<HostLinks, 'require'>;
  environments: Pick<Environments, 'onRemoved'>;
  origins: ReturnType<typeof origins>;
}

/** Whose page it is: everybody has one of their own for each environment and port. */
export interface PageOwner {
  environmentId: string;
  port: number;
  caller: string;
}

export interface PreviewPages {
  /** The page as it was left, or a new one at the root of the port. @throws {TerrariumError} 1320, 1390-1393 */
  of(owner: PageOwner, signal: AbortSignal): Promise<PreviewPage>;
  close(): Promise<void>;
}

export interface PreviewPage {
  readonly page: Page;
  /** Its origin, under which the page sees itself. */
  readonly origin: string;
  /** For a page that no longer answers: the next call gets a new one. */
  drop(): void;
}

interface Place {
  readonly opened: Promise<PreviewPage>;
  end(): Promise<void>;
  timer: NodeJS.Timeout;
}

/** A page that nobody uses is closed after so long. */
const IDLE_MS = 5 * 60_000;
const MAX_PAGES = 8;
const VIEWPORT = { width: 1280, height: 800 };
const OPEN_LIMIT_MS = 20_000;
/** A page whose process hangs closes when the browser has ended that. */
const CLOSE_LIMIT_MS = 10_000;

const keyOf = ({ environmentId, port, caller }: PageOwner): string => `${environmentId} ${port} ${caller}`;

export function createPreviewPages({ browser, shares, hosts, environments, origins: at }: PreviewPagesOptions): PreviewPages {
  const places = new Map<string, Place>();

  const close = async (key: string): Promise<void> => {
    const place = places.get(key);
    places.delete(key);
    clearTimeout(place?.timer);
    await place?.end();
  };
  /** Of the page that was there then: what comes late of one that was dropped says nothing of the next. */
  const closeOnly = (key: string, place: Place): void => {
    if (places.get(key) === place) void close(key);
  };

  function open(owner: PageOwner): Place {
    const key = keyOf(owner);
    const lent = shares.lend(owner.environmentId, [owner.port]);
    const origin = at.share(lent.share.name);
    let use: BrowserUse | undefined;
    let context: BrowserContext | undefined;
    const end = async (): Promise<void> => {
      lent.end();
      await Promise.race([context?.close().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, CLOSE_LIMIT_MS).unref())]);
      await use?.release();
    };
    const opened = (async (): Promise<PreviewPage> => {
      use = await browser.use();
      context = await use.browser.newContext({ viewport: VIEWPORT, acceptDownloads: false, serviceWorkers: 'allow' });
      const page = await context.newPage();
      page.once('crash', () => closeOnly(key, place));
      page.once('close', () => closeOnly(key, place));
      context.on('page', (popup) => void popup.close().catch(() => undefined));
      await arrive(page, `${origin}/`);
      return { page, origin, drop: () => closeOnly(key, place) };
    })();
    const place: Place = { opened, end, timer: setTimeout(() => closeOnly(key, place), IDLE_MS).unref() };
    opened.catch(() => closeOnly(key, place));
    return place;
  }

  environments.onRemoved((environmentId) => {
    for (const key of places.keys()) if (key.startsWith(`${environmentId} `)) void close(key);
  });

  return {
    async of(owner, signal) {
      const key = keyOf(owner);
      // Wakes the environment where nobody has it open; without a host the page would be our own words about that.
      await hosts.require(owner.environmentId, signal);
      if (!places.has(key) && places.size >= MAX_PAGES) throw TerrariumError.of('E-TERRARIUM-1393', { max: MAX_PAGES });
      const place = places.get(key) ?? open(owner);
      places.set(key, place);
      place.timer.refresh();
      return await place.opened.catch((error: unknown) => {
        throw error instanceof TerrariumError ? error : TerrariumError.of('E-TERRARIUM-1394', { problem: firstLine(error) });
      });
    },
    async close() {
      await Promise.all([...places.keys()].map(close));
    },
  };
}

/** How long a page that has begun is waited for until it has all it needs. */
const LOAD_LIMIT_MS = 5_000;

/**
 * Goes there. A page that has come in part and waits for the rest, for ever perhaps, is there to be looked at.
 * @returns its status where it came over HTTP, and whether it was still loading
 */
export async function arrive(page: Page, url: string): Promise<{ status: number | null; loading: boolean }> {
  const response = await page.goto(url, { timeout: OPEN_LIMIT_MS, waitUntil: 'commit' });
  const loaded = await page.waitForLoadState('load', { timeout: LOAD_LIMIT_MS }).then(() => true, () => false);
  return { status: response?.status() ?? null, loading: !loaded };
}

/** Playwright's messages go on with a log of the call. */
export const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]?.replace(/^\w+\.\w+: /, '').slice(0, 300) ?? '';
