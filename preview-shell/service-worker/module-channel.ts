/**
 * How a thread's ES modules reach the host's service worker, which answers the thread's native `import()` (docs/architecture.md, "Modules").
 *
 * The page introduces each thread with a port. The thread puts texts before it imports them; an entry is dropped once served. When the service worker
 * was stopped meanwhile and has lost an entry, it asks the thread for it; when it has lost the port, it asks the page to introduce the thread again.
 */
export const MODULE_CHANNEL_VERSION = 1;

/** Page -> service worker; a thread's port is transferred. */
export type PageToServiceWorker =
  | { t: 'thread'; v: typeof MODULE_CHANNEL_VERSION; key: string; port: MessagePort }
  /** Addresses of this origin that a start with the server away needs. */
  | { t: 'keep'; v: typeof MODULE_CHANNEL_VERSION; urls: string[] };

/** Thread -> service worker. Paths are absolute, as in `servedUrl` without the origin. */
export type ThreadToServiceWorker = { t: 'put'; modules: [path: string, source: string][] } | { t: 'source'; id: number; source: string | null };

/** Service worker -> thread. */
export type ServiceWorkerToThread = { t: 'miss'; id: number; path: string };

/** Service worker -> page. */
export type ServiceWorkerToPage = { t: 'reintroduce'; key: string };
