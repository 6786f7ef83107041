/** The page's own service worker: a reload finds the page with the network cut (service-worker.ts). Only in a built page. */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  // Blocked storage or a private window: the page works, only not offline.
  navigator.serviceWorker.register('/service-worker.js', { type: 'module' }).catch(() => {});
}
