/** The broker's service worker: its page and script start with the server away. Nothing else passes through here. */
/// <reference lib="webworker" />
import { KeptCopies } from '../../shared/offline/kept-copies.ts';
declare const self: ServiceWorkerGlobalScope;

const copies = new KeptCopies('terrarium-broker-1');
/** The page under the embedder policy with which it registered this. */
const KEPT = [`/${self.location.search}`, '/broker.js'];

self.addEventListener('install', (event) => event.waitUntil(copies.keepOnly(KEPT).then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method === 'GET' && KEPT.some((kept) => url === self.location.origin + kept)) event.respondWith(copies.fresh(event.request, (work) => event.waitUntil(work)));
});
