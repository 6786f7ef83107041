import { getSystemErrorMap } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePack, type PackMount } from '../../../../shared/pack/format.ts';
import { ChannelClient, createChannelMemory } from '../../../abi/channel.ts';
import type { Value } from '../../../abi/codec.ts';
import type { KernelEvent } from '../../../abi/events.ts';
import { create as createFs } from '../fs.ts';
import { create as createDir } from '../fs_dir.ts';
import { create as createEvents } from '../fs_event_wrap.ts';
import { create as createModules } from '../modules.ts';
import { testContext, type TestContext } from '../testing.ts';

const HASH = 'a'.repeat(64);
const LARGE = 'z'.repeat(2_500_000);
const pack = writePack({ v: 1, name: 'p', version: '1.0.0', integrity: '' }, [
  { file: { p: 'package.json' }, data: new TextEncoder().encode('{"name":"p","type":"module","exports":{".":"./index.js"},"main":"lib"}') },
  { file: { p: 'index.js' }, data: new TextEncoder().encode(`export default ${'1'.repeat(600)}`) },
  { file: { p: 'large.txt' }, data: new TextEncoder().encode(LARGE) },
]);
const mounts: PackMount[] = [{ path: 'node_modules/p', pack: HASH, name: 'p', version: '1.0.0', bytes: pack.length }];

// What a binding exports is untyped for Node's JavaScript too; tests call it as that does.
// oxlint-disable-next-line typescript/no-explicit-any
type Binding = Record<string, any>;

let worker: Worker;
let context: TestContext;
let shared: SharedArrayBuffer;
let client: ChannelClient;
let fs: Binding;
let names: Int32Array;
const CREATE = 0o1101;

function contextWith(packs: ReadonlyMap<string, SharedArrayBuffer>, client: ChannelClient): TestContext {
  const test = testContext(client.call.bind(client));
  Object.assign(test.ctx, { packs, names });
  const bindings: Record<string, Record<string, unknown>> = { uv: { getErrorMap: () => getSystemErrorMap() } };
  const inner = test.ctx.internalBinding.bind(test.ctx);
  Object.assign(test.ctx, { internalBinding: (name: string) => bindings[name] ?? inner(name) });
  bindings['fs'] = createFs(test.ctx);
  return test;
}

beforeAll(async () => {
  shared = new SharedArrayBuffer(pack.length);
  new Uint8Array(shared).set(pack);
  const channel = createChannelMemory();
  worker = new Worker(new URL('./testing-disk.mjs', import.meta.url), { workerData: { channel, packs: [[HASH, shared]], mounts } });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', (ready: { names: SharedArrayBuffer }) => resolve((names = new Int32Array(ready.names), undefined)));
    worker.once('error', reject);
  });
  client = new ChannelClient(channel);
  context = contextWith(new Map([[HASH, shared]]), client);
  worker.on('message', (event: KernelEvent) => context.deliver(event));
  fs = context.ctx.internalBinding('fs');
});

afterAll(async () => {
  await worker.terminate();
});

const write = (path: string, text: string) => fs['writeFileUtf8'](path, text, CREATE, 0o666);
function failure(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return { message: (error as Error).message, ...(error as object) };
  }
}

describe('DK-N1: what a thread keeps of names', () => {
  const asked: string[] = [];
  const stat = (path: string): number => fs['internalModuleStat'](path) as number;
  /** As the kernel says it, without the number of its error. */
  const told = (path: string): number => Math.max(-1, client.call('fs.moduleStat', path) as number);

  it('a directory is asked for once', () => {
    const { call } = context.ctx.kernel;
    Object.assign(context.ctx.kernel, { call: (operation: string, ...args: Value[]) => (asked.push(operation), call(operation, ...args)) });
    write('/home/project/known', '');
    asked.length = 0;
    expect(['known', 'unknown', 'other', 'known'].map((name) => Math.sign(stat(`/home/project/${name}`)))).toEqual([0, -1, -1, 0]);
    expect(['/none/a/b', '/none/a/c'].map((path) => Math.sign(stat(path)))).toEqual([-1, -1]);
    expect(asked).toEqual(['fs.moduleNames', 'fs.moduleNames']);
    Object.assign(context.ctx.kernel, { call });
  });

  it.each([
    ['a file', () => write('/home/project/n/new', ''), '/home/project/n/new'],
    ['a directory', () => fs['mkdir']('/home/project/n/folder', 0o777, false), '/home/project/n/folder'],
    ['a rename', () => fs['rename']('/home/project/n/new', '/home/project/n/newer'), '/home/project/n/newer'],
    ['what it was called', () => undefined, '/home/project/n/new'],
    ['a link to a directory', () => fs['symlink']('/home/project/n/folder', '/home/project/n/link', 0), '/home/project/n/link'],
    ['a link on the way', () => write('/home/project/n/folder/inside', ''), '/home/project/n/link/inside'],
    ['a link elsewhere', () => (fs['unlink']('/home/project/n/link'), fs['symlink']('/home/project/n/newer', '/home/project/n/link', 0)), '/home/project/n/link'],
    ['a removed file', () => fs['unlink']('/home/project/n/newer'), '/home/project/n/newer'],
    ['a broken link', () => undefined, '/home/project/n/link'],
    ['a closed directory', () => fs['chmod']('/home/project/n/folder', 0), '/home/project/n/folder/inside'],
    ['an open one', () => fs['chmod']('/home/project/n/folder', 0o755), '/home/project/n/folder/inside'],
    ['a removed directory', () => fs['rename']('/home/project/n', '/home/project/moved'), '/home/project/n/folder'],
    ['a package', () => undefined, '/home/project/node_modules/pkg/package.json'],
    ['dots', () => undefined, '/home/project/node_modules/../node_modules/./'],
    ['a device', () => undefined, '/dev/null'],
    ['the root', () => undefined, '/'],
    ['a relative path', () => undefined, 'node_modules'],
    ['an empty path', () => undefined, ''],
  ])('%s is seen at once', (_name, change, path) => {
    if (!(fs['existsSync'] as (path: string) => boolean)('/home/project/n') && path.includes('/n/')) fs['mkdir']('/home/project/n', 0o777, false);
    stat(path);
    change();
    for (const one of [path, '/home/project/n', '/home/project/n/folder']) expect([one, Math.max(-1, stat(one))]).toEqual([one, told(one)]);
  });
});

describe('the fs binding over a real channel', () => {
  it('throws as Node does', () => {
    expect(failure(() => fs['open']('none', 0, 0))).toEqual({ message: "ENOENT: no such file or directory, open 'none'", errno: -2, code: 'ENOENT', syscall: 'open', path: 'none' });
    expect(failure(() => fs['rename']('none', 'x'))).toMatchObject({ message: "ENOENT: no such file or directory, rename 'none' -> 'x'", dest: 'x' });
    expect(failure(() => fs['readFileUtf8']('.', 0))).toEqual({ message: 'EISDIR: illegal operation on a directory, read', errno: -21, code: 'EISDIR', syscall: 'read' });
    const report = {};
    expect(fs['writeString'](99, 'x', null, 'utf8', undefined, report)).toBeUndefined();
    expect(report).toEqual({ errno: -9, syscall: 'write', code: 'EBADF' });
  });

  it('moves more than a channel holds', () => {
    const bytes = new Uint8Array(3_000_000).map((_, i) => i % 251);
    const fd: number = fs['open']('large', 0o1102, 0o666);
    expect(fs['writeBuffer'](fd, bytes, 0, bytes.length, null)).toBe(bytes.length);
    const back = new Uint8Array(bytes.length + 10);
    expect(fs['read'](fd, back, 0, back.length, 0)).toBe(bytes.length);
    expect(back.subarray(0, bytes.length)).toEqual(bytes);
    fs['close'](fd);
    write('text', LARGE);
    expect(fs['readFileUtf8']('text', 0)).toBe(LARGE);
  });

  it('reads packs from shared memory, or through the kernel', () => {
    const without = contextWith(new Map(), client).ctx.internalBinding('fs') as Binding;
    for (const binding of [fs, without]) {
      expect(binding['readFileUtf8']('node_modules/p/large.txt', 0)).toBe(LARGE);
      const fd: number = binding['open']('node_modules/p/index.js', 0, 0);
      const bytes = new Uint8Array(1000);
      const length: number = binding['read'](fd, bytes, 0, 1000, -1);
      expect(new TextDecoder().decode(bytes.subarray(0, length))).toBe(`export default ${'1'.repeat(600)}`);
      expect(binding['read'](fd, bytes, 0, 1000, -1)).toBe(0);
      binding['close'](fd);
    }
  });

  it('has three styles', async () => {
    write('styles', 'abc');
    expect(fs['stat']('styles', false)[8]).toBe(3);
    const request = new fs['FSReqCallback'](true);
    const called = new Promise<unknown[]>((resolve) => { request.oncomplete = (...args: unknown[]) => resolve(args); });
    expect(fs['lstat']('styles', true, request)).toBeUndefined();
    expect(context.holds()).toBe(1);
    const [error, stats] = await called;
    expect(error).toBeNull();
    expect((stats as BigInt64Array)[8]).toBe(3n);
    expect(context.holds()).toBe(0);
    const handle = await fs['openFileHandle']('styles', 0, 0, fs['kUsePromises']);
    expect(await fs['read'](handle.fd, new Uint8Array(8), 0, 8, -1, fs['kUsePromises'])).toBe(3);
    await handle.close();
    expect(handle.fd).toBe(-1);
    await expect(fs['access']('none', 0, fs['kUsePromises'])).rejects.toThrow("ENOENT: no such file or directory, access 'none'");
  });

  it('lists directories of any size, in order', () => {
    fs['mkdir']('many', 0o777, false);
    for (let i = 0; i < 4500; i++) fs['mkdir'](`many/${String(i).padStart(5, '0')}`, 0o777, false);
    const [names, types] = fs['readdir']('many', 'utf8', true);
    expect(names).toHaveLength(4500);
    expect(names[4321]).toBe('04321');
    expect(new Set(types)).toEqual(new Set([2]));
    const directory = createDir(context.ctx) as Binding;
    const handle = directory['opendirSync']('many');
    expect(handle.read('utf8', 2)).toEqual(['00000', 2, '00001', 2]);
    handle.close();
  });

  it('tells of changes while a watch is open', async () => {
    const { FSEvent } = createEvents(context.ctx) as Binding;
    const watcher = new FSEvent();
    const seen: unknown[] = [];
    const enough = new Promise<void>((resolve) => {
      watcher.onchange = (...args: unknown[]) => {
        seen.push(args);
        if (seen.length === 2) resolve();
      };
    });
    expect(watcher.start('none', true, false, 'utf8')).toBe(-2);
    expect(watcher.start('.', true, false, 'utf8')).toBe(0);
    write('watched', 'x');
    await enough;
    expect(seen).toEqual([[0, 'rename', 'watched'], [0, 'change', 'watched']]);
    watcher.close();
    expect(watcher.initialized).toBe(false);
  });

  it('polls files that are watched by looking', async () => {
    write('polled', '1');
    const watcher = new fs['StatWatcher'](false);
    const changed = new Promise<number[]>((resolve) => { watcher.onchange = (_status: number, stats: Float64Array) => resolve([stats[8] ?? -1, stats[26] ?? -1]); });
    watcher.start('polled', 5);
    write('polled', '123');
    expect(await changed).toEqual([3, 1]);
    watcher.close();
  });

  it('reads package.json as the loaders want it', () => {
    const modules = createModules(context.ctx) as Binding;
    const path = '/home/project/node_modules/p/package.json';
    expect(modules['readPackageJSON'](path)).toEqual(['p', 'lib', 'module', undefined, '{".":"./index.js"}', path]);
    expect(modules['getNearestParentPackageJSONType']('/home/project/node_modules/p/deep/x.js')).toBe('module');
    expect(modules['getPackageScopeConfig']('file:///home/project/x.js')).toBe('/package.json');
    expect(modules['getPackageType']('file:///home/project/node_modules/p/index.js')).toBe('module');
    write('/home/project/package.json', '{ nope');
    expect(failure(() => modules['readPackageJSON']('/home/project/package.json', true, 'file:///base.js', 'spec'))).toMatchObject({
      code: 'ERR_INVALID_PACKAGE_CONFIG', message: 'Invalid package config /home/project/package.json while importing "spec" from /base.js.',
    });
    expect(fs['legacyMainResolve']('/home/project/node_modules/p/', undefined, 'file:///x')).toBe(7);
  });
});
