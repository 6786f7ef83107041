import type { Disk } from '../disk.ts';
import type { StorageBackend } from './backend.ts';
import { IndexedDbBackend } from './indexeddb-backend.ts';
import { Journal } from './journal.ts';
import { LogBackend, type SyncFile, type SyncFolder } from './log-backend.ts';
import { readTree, restore } from './restore.ts';

export interface StorageOptions {
  /** Told when storage refuses more, and when it takes some again. */
  readonly onFull?: (full: boolean) => void;
  readonly backend?: StorageBackend;
}

export interface DiskStorage {
  /** Whether there was anything. */
  readonly restored: boolean;
  readonly journal: Journal;
  close(): Promise<void>;
}

/** Fills a new disk from the browser's storage and keeps it there from then on. The caller holds the lock on `name`. */
export async function attachStorage(disk: Disk, name: string, options: StorageOptions = {}): Promise<DiskStorage> {
  const backend = options.backend ?? (await openBackend(name));
  const stored = readTree(await backend.load());
  restore(disk, stored, backend);
  const journal = new Journal(disk, backend, stored, options.onFull ?? (() => {}));
  await limitToQuota(disk);
  return {
    restored: stored.inodes.size > 0,
    journal,
    async close() {
      await journal.flush();
      backend.close();
    },
  };
}

async function openBackend(name: string): Promise<StorageBackend> {
  const folder = await opfsFolder(name);
  return folder === undefined ? IndexedDbBackend.open(name) : new LogBackend(folder);
}

/** A folder of the origin private file system; undefined where it has no synchronous access. */
async function opfsFolder(name: string): Promise<SyncFolder | undefined> {
  if (!('FileSystemFileHandle' in globalThis) || !('createSyncAccessHandle' in FileSystemFileHandle.prototype)) return undefined;
  let folder: FileSystemDirectoryHandle;
  try {
    folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
  } catch {
    // Refused, e.g. in a private window of Firefox: IndexedDB may be there.
    return undefined;
  }
  return {
    async names() {
      const names: string[] = [];
      for await (const key of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(key);
      return names;
    },
    async open(file) {
      const handle = await folder.getFileHandle(file, { create: true });
      return whenFree(() => (handle as unknown as { createSyncAccessHandle(): Promise<SyncFile> }).createSyncAccessHandle());
    },
    remove: (file) => folder.removeEntry(file),
  };
}

/** A page that was just left may hold its files for a moment longer. */
async function whenFree<T>(open: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await open();
    } catch (error) {
      const busy = error instanceof DOMException && error.name === 'NoModificationAllowedError';
      if (!busy || attempt >= BUSY_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, BUSY_WAIT_MS));
    }
  }
}

const BUSY_ATTEMPTS = 100;
const BUSY_WAIT_MS = 30;

/** Bytes left for the journal and for what is deleted only later. */
const RESERVE_BYTES = 16 * 1024 * 1024;

async function limitToQuota(disk: Disk): Promise<void> {
  if (globalThis.navigator?.storage?.estimate === undefined) return;
  const { quota, usage } = await navigator.storage.estimate();
  if (quota === undefined) return;
  const { space } = disk.tree;
  space.setLimit(Math.min(space.limit, Math.max(0, quota - (usage ?? 0) + space.used - RESERVE_BYTES)));
}
