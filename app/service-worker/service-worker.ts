/**
 * Keeps the page itself for offline: navigations go to the network first and fall back to the shell kept last; hashed assets never
 * change under their name, so they come from the cache first. Everything else (API, sockets, other origins) is not touched.
 */
/// <reference lib="webworker" />
export {};
declare const self: ServiceWorkerGlobalScope;

const SHELL = 'terrarium-shell-v1';
const SHELL_KEY = '/';
/** How long a navigation waits for the network before the kept shell answers, in milliseconds. */
const PATIENCE = 4000;

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (event.request.mode === 'navigate' && isPage(url.pathname)) event.respondWith(navigation(event.request));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(event.request));
});

/** The page's own addresses; `/login` carries a token and must reach the server. */
function isPage(pathname: string): boolean {
  return pathname === '/' || pathname.startsWith('/e/');
}

async function navigation(request: Request): Promise<Response> {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    // A redirect to sign in is an answer, a gateway's error is none.
    if (response.status < 500) return response;
  } catch {
    // No network: the shell below.
  }
  return (await caches.match(SHELL_KEY)) ?? Response.error();
}

async function asset(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.ok) {
    const cache = await caches.open(SHELL);
    await cache.put(request, response.clone());
  }
  return response;
}

/** The shell and all that it may load later: the editor's chunks and workers are needed offline, whether they were opened or not. */
async function keepShell(): Promise<void> {
  const cache = await caches.open(SHELL);
  const page = await fetch(SHELL_KEY, { cache: 'no-store' });
  if (page.ok) await cache.put(SHELL_KEY, page);
  const assets = await fetch('/asset-list.json', { cache: 'no-store' });
  if (!assets.ok) return;
  const paths = (await assets.json()) as string[];
  const current = new Set(paths.map((path) => new URL(path, self.location.origin).href));
  for (const request of await cache.keys()) {
    if (new URL(request.url).pathname.startsWith('/assets/') && !current.has(request.url)) await cache.delete(request);
  }
  await Promise.all(paths.map(async (path) => ((await cache.match(path)) === undefined ? cache.add(path) : undefined)));
}
