/** The same in IndexedDB, for browsers without synchronous access handles (WebKit). A transaction is a commit. */
import { SysError } from '../../../abi/errno.ts';
import type { Place, StorageBackend } from './backend.ts';
import { crc32 } from './crc32.ts';

const BATCHES = 'batches';
const BLOCKS = 'blocks';

export class IndexedDbBackend implements StorageBackend {
  private readonly database: IDBDatabase;
  private nextBlock = 1;
  private bytes = 0;
  /** Since this start: what was there before is not measured. */
  private written = 0;

  private constructor(database: IDBDatabase) {
    this.database = database;
  }

  static async open(name: string): Promise<IndexedDbBackend> {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(BATCHES, { autoIncrement: true });
      request.result.createObjectStore(BLOCKS);
    };
    return new IndexedDbBackend(await settled(request));
  }

  get batchBytes(): number {
    return this.bytes;
  }

  get blockBytes(): number {
    return this.written;
  }

  async load(): Promise<string[]> {
    const transaction = this.database.transaction([BATCHES, BLOCKS]);
    const [batches, keys] = await Promise.all([
      settled(transaction.objectStore(BATCHES).getAll() as IDBRequest<string[]>),
      settled(transaction.objectStore(BLOCKS).getAllKeys()),
    ]);
    this.nextBlock = 1 + keys.reduce<number>((highest, key) => Math.max(highest, Number(key)), 0);
    return batches;
  }

  async commit(blocks: readonly Uint8Array[], batch: (places: readonly Place[]) => string): Promise<void> {
    const places = blocks.map((block): Place => [this.nextBlock++, 0, block.length, crc32(block)]);
    const text = batch(places);
    const transaction = this.database.transaction([BATCHES, BLOCKS], 'readwrite', { durability: 'strict' });
    for (const [index, block] of blocks.entries()) transaction.objectStore(BLOCKS).put(block.slice(), places[index]?.[0]);
    transaction.objectStore(BATCHES).add(text);
    await completed(transaction);
    this.bytes += text.length;
    this.written += places.reduce((sum, [, , length]) => sum + length, 0);
  }

  async read([key, , , crc]: Place): Promise<Uint8Array> {
    const bytes: unknown = await settled(this.database.transaction(BLOCKS).objectStore(BLOCKS).get(key));
    if (!(bytes instanceof Uint8Array) || crc32(bytes) !== crc) throw new SysError('EIO', 'content in storage is damaged');
    return bytes;
  }

  async snapshot(batch: string, live: Iterable<Place>): Promise<void> {
    const used = new Set(Array.from(live, ([key]) => key));
    const transaction = this.database.transaction([BATCHES, BLOCKS], 'readwrite', { durability: 'strict' });
    const done = completed(transaction);
    transaction.objectStore(BATCHES).clear();
    transaction.objectStore(BATCHES).add(batch);
    const blocks = transaction.objectStore(BLOCKS);
    for (const key of await settled(blocks.getAllKeys())) if (!used.has(Number(key))) blocks.delete(key);
    await done;
    this.bytes = 0;
  }

  /** Blocks are entries of their own here. */
  sparse(): Set<number> {
    return new Set();
  }

  close(): void {
    this.database.close();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
  });
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB aborted'));
  });
}
