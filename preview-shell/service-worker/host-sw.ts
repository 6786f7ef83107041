/** The host's service worker: answers what the container's threads import. */
import { HOST_PATHS } from '../../shared/protocol/preview-channel.ts';
import { MODULE_CHANNEL_VERSION, type PageToServiceWorker, type ServiceWorkerToPage } from './module-channel.ts';
import { ModuleStore } from './module-store.ts';

const scope = globalThis as unknown as ServiceWorkerGlobalScope;
const modules = new ModuleStore(tellPages);

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

scope.addEventListener('message', ({ data, source }) => {
  // Only pages of this origin can reach it; still, threads are introduced by windows alone.
  if (!(source instanceof WindowClient)) return;
  const message = data as PageToServiceWorker | undefined;
  if (message?.t === 'thread' && message.v === MODULE_CHANNEL_VERSION && typeof message.key === 'string' && message.port instanceof MessagePort) modules.introduce(message.key, message.port);
});

scope.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (url.origin === scope.location.origin && url.pathname.startsWith(HOST_PATHS.modules)) event.respondWith(moduleResponse(url.pathname));
});
