import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { writePack, type PackMount } from '../../../shared/pack/format.ts';
import { createDisk, whenLoaded } from '../disk/index.ts';
import { PackError, Packages, PackStore, type PackProgress, type PackStoreOptions } from './index.ts';

const packs = new Map(['a', 'b', 'c'].map((name) => {
  const bytes = writePack({ v: 1, name, version: '1.0.0', integrity: '' }, [{ file: { p: 'index.js' }, data: new TextEncoder().encode(name) }]);
  return [createHash('sha256').update(bytes).digest('hex'), { name, bytes }] as const;
}));
const mounts: PackMount[] = [...packs].map(([pack, { name, bytes }]) => ({ path: `node_modules/${name}`, pack, name, version: '1.0.0', bytes: bytes.length }));

/** A Cache API in memory. */
function memoryCaches() {
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  const cache = {
    match: async (key: string) => (entries.has(key) ? new Response(entries.get(key)) : undefined),
    put: async (key: string, response: Response) => void entries.set(key, new Uint8Array(await response.arrayBuffer())),
    keys: async () => [...entries.keys()].map((url) => new Request(url)),
    delete: async (request: Request | string) => entries.delete(typeof request === 'string' ? request : request.url),
  };
  return { entries, caches: { open: async () => cache as unknown as Cache } };
}

function server(tamper?: string) {
  const asked: string[] = [];
  const answer = async (input: string | URL | Request, init?: RequestInit) => {
    init?.signal?.throwIfAborted();
    const hash = String(input).split('/').at(-1) ?? '';
    asked.push(hash);
    const bytes = packs.get(hash)?.bytes.slice();
    if (bytes === undefined) return new Response('', { status: 404 });
    if (packs.get(hash)?.name === tamper) bytes[bytes.length - 1] = 0;
    return new Response(bytes);
  };
  return { asked, fetch: answer as typeof fetch };
}

function packagesOn(disk: ReturnType<typeof createDisk>, options: Partial<PackStoreOptions>): Packages {
  return new Packages(disk, new PackStore({ origin: 'http://packages.test', packs: disk.packs, ...options }));
}

describe('packages', () => {
  it('brings packs, checks them, tells how far it is, and mounts', async () => {
    const disk = createDisk();
    const { asked, fetch } = server();
    const packages = packagesOn(disk, { fetch, caches: memoryCaches().caches });
    const progress: PackProgress[] = [];
    await packages.mount('/home/project', mounts, { onProgress: (step) => progress.push(step) });
    expect(asked.sort()).toEqual([...packs.keys()].sort());
    expect(progress.at(-1)).toEqual({ done: 3, total: 3, bytes: mounts.reduce((sum, { bytes }) => sum + bytes, 0) });
    expect(disk.lookup('/home/project/node_modules/b/index.js', { cwd: '/', umask: 0 })).toBeDefined();
  });

  it('refuses bytes that do not have their hash, and changes nothing', async () => {
    const disk = createDisk();
    const packages = packagesOn(disk, { fetch: server('b').fetch, caches: memoryCaches().caches });
    await expect(packages.mount('/home/project', mounts)).rejects.toThrow(PackError);
    expect(disk.layers.table).toEqual([]);
  });

  it('has them again without the network once they were saved', async () => {
    const storage = memoryCaches();
    const first = packagesOn(createDisk(), { fetch: server().fetch, caches: storage.caches });
    await first.mount('/home/project', mounts);
    await first.store.keepOnly(new Set(packs.keys()));
    const offline = packagesOn(createDisk(), { caches: storage.caches, fetch: () => Promise.reject(new TypeError('offline')) });
    await offline.mount('/home/project', mounts);
    await offline.store.keepOnly(new Set([mounts[0]?.pack ?? '']));
    expect(storage.entries.size).toBe(1);
  });

  it('brings a large pack when somebody looks inside, and stores it all the same', async () => {
    const disk = createDisk();
    const storage = memoryCaches();
    const { asked, fetch } = server();
    const packages = packagesOn(disk, { fetch, caches: storage.caches });
    const [large, ...small] = mounts.map((mount, index) => ({ ...mount, bytes: index === 0 ? 2 ** 30 : mount.bytes }));
    await packages.mount('/home/project', [large as PackMount, ...small]);
    expect(asked).not.toContain(large?.pack);
    await packages.store.keepOnly(disk.layers.packs);
    expect(storage.entries.size).toBe(3);
    await whenLoaded(() => disk.lookup(`/home/project/${large?.path}/index.js`, { cwd: '/', umask: 0 }));
    expect(disk.packs.has(large?.pack ?? '')).toBe(true);
  });

  it('checks what went to storage unseen when it is read', async () => {
    const storage = memoryCaches();
    const large = mounts.map((mount) => ({ ...mount, bytes: 2 ** 30 }));
    const first = packagesOn(createDisk(), { fetch: server('b').fetch, caches: storage.caches });
    await first.mount('/home/project', large);
    await first.store.keepOnly(new Set(packs.keys()));
    const { asked, fetch } = server();
    const second = packagesOn(createDisk(), { fetch, caches: storage.caches });
    await second.store.ensureAll(large);
    expect(asked).toEqual(mounts.filter(({ name }) => name === 'b').map(({ pack }) => pack));
  });

  it('fails the call that looks into a pack that cannot be had', async () => {
    const disk = createDisk();
    const packages = packagesOn(disk, { fetch: () => Promise.reject(new TypeError('offline')), caches: memoryCaches().caches });
    await packages.mount('/home/project', mounts.map((mount) => ({ ...mount, bytes: 2 ** 30 })));
    await expect(whenLoaded(() => disk.lookup(`/home/project/${mounts[0]?.path}/index.js`, { cwd: '/', umask: 0 }))).rejects.toMatchObject({ code: 'EIO' });
  });

  it('says that the server cannot be reached, and ends when it is told to', async () => {
    const packages = packagesOn(createDisk(), { caches: memoryCaches().caches, fetch: () => Promise.reject(new TypeError('offline')) });
    await expect(packages.mount('/home/project', mounts)).rejects.toThrow(/cannot be reached/);
    const aborted = packagesOn(createDisk(), { caches: memoryCaches().caches, fetch: server().fetch });
    await expect(aborted.mount('/home/project', mounts, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
  });
});
