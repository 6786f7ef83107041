/**
 * The page's own service worker: a reload finds the page with the network cut (service-worker.ts). Only in a built page.
 * It fetches all of the page's files at its first start, so it waits for `quiet`: a container's boot must not share the wire with it.
 */
export async function registerServiceWorker(quiet: Promise<void>): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  await quiet;
  // Blocked storage or a private window: the page works, only not offline.
  await navigator.serviceWorker.register('/service-worker.js', { type: 'module' }).catch(() => {});
}
