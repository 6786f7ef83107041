/** Brings packs into memory: from the browser's own storage, else from the package server, checked by their hash. */
import { sharedBytes } from '../../abi/shared-bytes.ts';
import type { PackMount } from '../../../shared/pack/format.ts';

export interface PackStoreOptions {
  /** Origin of the package server. */
  readonly origin: string;
  /** Where packs are put, by hash. */
  readonly packs: Map<string, SharedArrayBuffer>;
  /** Headers of a request, e.g. the capability token. */
  readonly headers?: () => Record<string, string>;
  readonly fetch?: typeof fetch;
  /** The browser's Cache API; undefined where there is none. */
  readonly caches?: Pick<CacheStorage, 'open'> | undefined;
  /** Told of each pack that has come. */
  readonly onPack?: (hash: string, bytes: SharedArrayBuffer) => void;
}

export interface PackProgress {
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
}

/** A pack cannot be had, or is not what its hash says. */
export class PackError extends Error {
  readonly hash: string;
  constructor(hash: string, message: string, options?: ErrorOptions) {
    super(`Package pack ${hash}: ${message}`, options);
    this.name = 'PackError';
    this.hash = hash;
  }
}

const CACHE_NAME = 'terrarium-packs-1';
/** Requests at a time: browsers allow six connections to one HTTP/1.1 host. */
const CONCURRENCY = 6;

export class PackStore {
  /** In memory, by hash. */
  readonly packs: Map<string, SharedArrayBuffer>;
  private readonly options: PackStoreOptions;
  private readonly underway = new Map<string, Promise<void>>();
  private cache: Promise<Cache | undefined> | undefined;

  constructor(options: PackStoreOptions) {
    this.options = options;
    this.packs = options.packs;
  }

  /** Resolves when all packs of `mounts` are in memory. @throws {PackError}; an abort rejects with the signal's reason. */
  async ensureAll(mounts: readonly Pick<PackMount, 'pack' | 'bytes'>[], options: { signal?: AbortSignal; onProgress?: (progress: PackProgress) => void } = {}): Promise<void> {
    const sizes = new Map(mounts.map(({ pack, bytes }) => [pack, bytes]));
    const queue = [...sizes.keys()];
    const progress = { done: 0, total: queue.length, bytes: 0 };
    const worker = async (): Promise<void> => {
      for (let hash = queue.shift(); hash !== undefined; hash = queue.shift()) {
        options.signal?.throwIfAborted();
        await this.ensure(hash, options.signal);
        progress.done++;
        progress.bytes += sizes.get(hash) ?? 0;
        options.onProgress?.({ ...progress });
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  }

  /** Brings packs that are likely to be mounted soon. Who needs one of them asks for it and is told of its failure. */
  prefetch(hashes: readonly string[]): void {
    void this.ensureAll(hashes.map((pack) => ({ pack, bytes: 0 }))).catch(() => undefined);
  }

  /** Hashes of the packs in memory. */
  present(): Iterable<string> {
    return this.packs.keys();
  }

  /** Resolves when the pack is in memory. @throws {PackError} */
  ensure(hash: string, signal?: AbortSignal): Promise<void> {
    if (this.packs.has(hash)) return Promise.resolve();
    const running = this.underway.get(hash);
    if (running !== undefined) return running;
    const started = this.bring(hash, signal).finally(() => this.underway.delete(hash));
    this.underway.set(hash, started);
    return started;
  }

  /**
   * Makes the browser's storage hold these packs and no others; for an idle moment. What is not in memory goes from the network to storage and is
   * checked when it is read. In memory the others stay: open files may still lie in them. @throws {PackError}
   */
  async keepOnly(hashes: ReadonlySet<string>): Promise<void> {
    const cache = await this.openCache();
    if (cache === undefined) return;
    const stored = new Map((await cache.keys()).map((request) => [new URL(request.url).pathname.split('/').at(-1) ?? '', request]));
    for (const hash of hashes) if (!stored.has(hash)) await this.keep(cache, hash);
    for (const [hash, request] of stored) if (!hashes.has(hash)) await cache.delete(request);
  }

  private async keep(cache: Cache, hash: string): Promise<void> {
    const bytes = this.packs.get(hash);
    if (bytes !== undefined) return cache.put(checkedKey(hash), new Response(pieces(bytes)));
    return cache.put(uncheckedKey(hash), await this.answer(hash, undefined));
  }

  private async bring(hash: string, signal: AbortSignal | undefined): Promise<void> {
    const stored = await this.stored(hash);
    const bytes = stored ?? (await this.download(hash, signal));
    const shared = sharedBytes(bytes);
    this.packs.set(hash, shared);
    this.options.onPack?.(hash, shared);
  }

  private async stored(hash: string): Promise<ArrayBuffer | undefined> {
    const cache = await this.openCache();
    const checked = await cache?.match(checkedKey(hash));
    if (checked !== undefined) return checked.arrayBuffer();
    const unchecked = await (await cache?.match(uncheckedKey(hash)))?.arrayBuffer();
    if (unchecked === undefined || (await sha256(unchecked)) === hash) return unchecked;
    // Not what it should be: from the network once more.
    await cache?.delete(uncheckedKey(hash));
    return undefined;
  }

  private async download(hash: string, signal: AbortSignal | undefined): Promise<ArrayBuffer> {
    const bytes = await (await this.answer(hash, signal)).arrayBuffer();
    if ((await sha256(bytes)) !== hash) throw new PackError(hash, 'its bytes do not have this hash');
    return bytes;
  }

  private async answer(hash: string, signal: AbortSignal | undefined): Promise<Response> {
    const request = this.options.fetch ?? fetch;
    const address = `${this.options.origin}/packs/${hash}`;
    const init: RequestInit = { cache: 'force-cache', credentials: 'omit', ...(signal === undefined ? {} : { signal }) };
    let response: Response;
    try {
      // Without the token first: what everybody may have is then one entry of the browser's cache for all environments, and needs no preflight.
      response = await request(address, init);
      if (response.status === 401 || response.status === 403) response = await request(address, { ...init, cache: 'default', headers: this.options.headers?.() ?? {} });
    } catch (error) {
      signal?.throwIfAborted();
      throw new PackError(hash, 'the package server cannot be reached', { cause: error });
    }
    if (!response.ok) throw new PackError(hash, `the package server answered ${response.status}`);
    return response;
  }

  private openCache(): Promise<Cache | undefined> {
    // Storage may be refused (private windows, blocked third-party storage): packs then come from the network each time.
    this.cache ??= (this.options.caches ?? globalThis.caches)?.open(CACHE_NAME).catch(() => undefined) ?? Promise.resolve(undefined);
    return this.cache;
  }
}

/** Names inside the cache, never fetched. */
const checkedKey = (hash: string): string => `https://packs.invalid/${hash}`;
const uncheckedKey = (hash: string): string => `https://packs.invalid/unchecked/${hash}`;

const PIECE = 1 << 20;

/** Shared memory as a stream: a response takes none of it, and one copy of the whole would stay until the next collection. */
function pieces(bytes: SharedArrayBuffer): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.byteLength) return controller.close();
      controller.enqueue(new Uint8Array(bytes).slice(at, at + PIECE));
      at += PIECE;
    },
  });
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
