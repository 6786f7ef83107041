/**
 * The host's service worker: answers what the container's threads import, introduces previews to the page that runs the container, and keeps our
 * own files of this origin for a start with the server away. Its only cache is `copies`; modules live in memory.
 */
import { HOST_PATHS, type ConnectPreview, type HostAnnouncement } from '../../shared/protocol/preview-channel.ts';
import { KeptCopies } from '../../shared/offline/kept-copies.ts';
import { Introductions } from './introductions.ts';
import type { PageToServiceWorker, ServiceWorkerToPage } from './module-channel.ts';
import { ModuleStore } from './module-store.ts';

const scope = globalThis as unknown as ServiceWorkerGlobalScope;
const modules = new ModuleStore(tellPages);
const copies = new KeptCopies('terrarium-host-1');
const introductions = new Introductions(scope.clients, HOST_PATHS.relay);

async function tellPages(message: ServiceWorkerToPage): Promise<void> {
  const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  for (const page of pages) page.postMessage(message);
}

async function moduleResponse(path: string): Promise<Response> {
  const source = await modules.take(path);
  if (source === null) return new Response('The thread that asks has no such module.', { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' } });
  return new Response(source, {
    headers: { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-store', 'cross-origin-resource-policy': 'cross-origin', 'cross-origin-embedder-policy': 'require-corp' },
  });
}

scope.addEventListener('install', () => void scope.skipWaiting());
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));

scope.addEventListener('message', (event) => {
  const { source, ports } = event;
  // Only pages of this origin can reach it; still, nobody but windows has anything to say.
  if (!(source instanceof WindowClient)) return;
  const message = event.data as PageToServiceWorker | ConnectPreview | HostAnnouncement | undefined;
  if (message?.v !== 1) return;
  switch (message.t) {
    case 'thread':
      if (typeof message.key === 'string' && message.port instanceof MessagePort) modules.introduce(message.key, message.port);
      break;
    case 'keep':
      if (Array.isArray(message.urls)) event.waitUntil(copies.keepOnly(message.urls.filter(isKept)));
      break;
    case 'host': event.waitUntil(introductions.announce(source)); break;
    case 'connect-preview': event.waitUntil(introductions.connect(source, message.port, ports[0])); break;
  }
});

/** Ours, and nothing of the container's: its page, the relay, and the files of the runtime. */
function isKept(address: string): boolean {
  const { origin, pathname } = new URL(address, scope.location.href);
  return origin === scope.location.origin && (isPage(pathname) || pathname.startsWith(HOST_PATHS.runtime));
}

const isPage = (pathname: string): boolean => pathname === HOST_PATHS.headless || pathname === HOST_PATHS.relay;

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== scope.location.origin || request.method !== 'GET') return;
  if (pathname.startsWith(HOST_PATHS.modules)) event.respondWith(moduleResponse(pathname));
  else if (pathname.startsWith(HOST_PATHS.runtime)) event.respondWith(copies.immutable(request));
  else if (isPage(pathname)) event.respondWith(copies.fresh(request, (work) => event.waitUntil(work)));
});
