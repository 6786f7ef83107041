/** Script of a page that drops all that the browser keeps of its own origin, and says when it has (server/hosts/SPEC.md, H14). */
import { FORGOTTEN } from '../../shared/protocol/forget.ts';

const attempt = (work: () => Promise<unknown>) => work().catch((error: unknown) => console.warn('Not forgotten:', error));

async function dropFolders(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  // TypeScript's library does not say that a folder is iterable (File System Standard, 2.4).
  for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
  for (const name of names) await root.removeEntry(name, { recursive: true });
}

async function dropDatabases(): Promise<void> {
  for (const { name } of await indexedDB.databases()) if (name !== undefined) indexedDB.deleteDatabase(name);
}

async function dropWorkers(): Promise<void> {
  for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
}

async function dropCaches(): Promise<void> {
  for (const name of await caches.keys()) await caches.delete(name);
}

async function forget(): Promise<void> {
  await Promise.all([dropFolders, dropDatabases, dropWorkers, dropCaches].map(attempt));
  localStorage.clear();
  parent.postMessage(FORGOTTEN, document.documentElement.dataset['app'] ?? location.origin);
}

void forget();
