import { SysError } from '../../abi/errno.ts';
import { native } from '../natives.ts';
import type { BindingContext } from '../context.ts';
import { activeResources } from './active-resources.ts';
import { unknownMemory } from './memory.ts';

/** `process.versions` of the Node release whose library runs here; tools read them to decide what they may use. */
export const VERSIONS = {
  node: '22.23.3', acorn: '8.16.0', ada: '2.9.2', amaro: '1.1.8', ares: '1.34.8', brotli: '1.1.0', cjs_module_lexer: '2.2.0', cldr: '48.0',
  icu: '78.3', llhttp: '9.4.3', modules: '127', napi: '10', nbytes: '0.1.3', ncrypto: '0.0.1', nghttp2: '1.69.0', openssl: '3.5.8',
  simdjson: '4.5.0', simdutf: '6.4.2', sqlite: '3.51.3', tz: '2026c', undici: '6.28.1', unicode: '17.0', uv: '1.51.0', uvwasi: '0.0.23',
  v8: '12.4.254.21-node.57', zlib: '1.3.1-e00f703', zstd: '1.5.7',
};

/** `process`'s own functions (node_process_methods.cc). */
export function create(ctx: BindingContext): Record<string, unknown> {
  const active = activeResources(ctx);
  const words = new Uint32Array(new ArrayBuffer(16), 0, 3);
  const big = new BigInt64Array(words.buffer, 0, 1);
  const nanoseconds = () => BigInt(Math.round((native.performance.timeOrigin + native.performance.now()) * 1e6));

  return {
    hrtimeBuffer: words,
    hrtime() {
      const ns = nanoseconds();
      const seconds = ns / 1_000_000_000n;
      words[0] = Number(seconds >> 32n);
      words[1] = Number(seconds & 0xffffffffn);
      words[2] = Number(ns % 1_000_000_000n);
    },
    hrtimeBigInt() {
      big[0] = nanoseconds();
    },
    uptime: () => (native.performance.now() - ctx.startedAt) / 1000,
    cwd: () => ctx.kernel.call('proc.cwd'),
    chdir: (directory: string) => chdir(ctx, directory),
    umask: (mask?: number) => ctx.kernel.call('proc.umask', mask ?? null),
    _kill(pid: number, signal: number) {
      return errnoOf(() => ctx.kernel.call('proc.kill', pid, signal));
    },
    reallyExit: (code?: number) => exitThread(ctx, code ?? 0),
    abort: () => exitThread(ctx, 134),
    causeSegfault: () => exitThread(ctx, 139),
    _rawDebug(text: string) {
      ctx.kernel.call('fs.write', 2, new native.TextEncoder().encode(`${text}\n`), null);
    },
    patchProcessObject: (process: Record<string, unknown>) => patchProcess(ctx, process),
    memoryUsage: () => unknownMemory('process.memoryUsage()'),
    rss: () => unknownMemory('process.memoryUsage.rss()'),
    constrainedMemory: () => 0,
    availableMemory: () => (ctx.internalBinding('os') as { getFreeMem(): number }).getFreeMem(),
    cpuUsage: (fields: Float64Array) => fillCpu(ctx, fields),
    threadCpuUsage: (fields: Float64Array) => fillCpu(ctx, fields),
    // Of getrusage(2) the rest is not known, which Node shows as zero on systems that do not keep it.
    resourceUsage: (fields: Float64Array) => { fields.fill(0); fillCpu(ctx, fields); },
    _getActiveRequests: () => [...active.requests],
    _getActiveHandles: () => active.owners((ctx.internalBinding('symbols') as { owner_symbol: symbol }).owner_symbol),
    getActiveResourcesInfo: () => [...active.names(), ...timerNames(ctx)],
    setEmitWarningSync() {},
    loadEnvFile: (path: string) => loadEnvFile(ctx, path),
    dlopen: unsupported('process.dlopen: native add-ons cannot be loaded in the container; use the package\'s WebAssembly build', 'ERR_DLOPEN_FAILED'),
    execve: unsupported('process.execve is not supported in the container', 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM'),
    _debugProcess: unsupported('The inspector is not supported in the container', 'ERR_INSPECTOR_NOT_AVAILABLE'),
    _debugEnd() {},
    resetStdioForTesting() {},
  };
}

function unsupported(message: string, code: string) {
  return () => {
    throw Object.assign(new Error(message), { code });
  };
}

function errnoOf(call: () => unknown): number {
  try {
    call();
    return 0;
  } catch (error) {
    if (error instanceof SysError) return error.errno;
    throw error;
  }
}

function chdir(ctx: BindingContext, directory: string): void {
  try {
    ctx.kernel.call('proc.chdir', directory);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    const { UVException } = (ctx.hooks.requireBuiltin as (id: string) => { UVException: new (details: object) => Error })('internal/errors');
    throw new UVException({ errno: error.errno, syscall: 'chdir', path: String(ctx.kernel.call('proc.cwd')), dest: directory });
  }
}

/** Ends the thread: tells the kernel, then never runs another line of the program. */
export function exitThread(ctx: BindingContext, code: number): never {
  ctx.kernel.call(ctx.isMainThread ? 'proc.exit' : 'thread.exit', code);
  native.close();
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) Atomics.wait(never, 0, 0);
}

/** What `process` has before the first line of the library runs (CreateProcessObject, node_process_object.cc). */
export function initializeProcess(process: Record<PropertyKey, unknown>): void {
  const define = (name: string, value: unknown): unknown => Object.defineProperty(process, name, { value, writable: false, enumerable: true, configurable: false });
  define('version', `v${VERSIONS.node}`);
  define('versions', readOnly(VERSIONS));
  define('arch', 'wasm32');
  define('platform', 'linux');
  define('release', { name: 'node', lts: 'Jod' });
}

/** Each property by itself: Node's object is not frozen. */
function readOnly(values: Readonly<Record<string, string>>): object {
  return Object.defineProperties({}, Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value, enumerable: true }])));
}

function patchProcess(ctx: BindingContext, process: Record<string, unknown>): void {
  const { image } = ctx;
  const define = (name: string, value: unknown, writable = true) =>
    Object.defineProperty(process, name, { value, writable, enumerable: true, configurable: true });
  define('title', 'node');
  define('argv', [...image.argv]);
  define('execArgv', [...image.execArgv]);
  define('execPath', image.execPath);
  define('pid', image.pid, false);
  define('ppid', image.ppid, false);
  define('debugPort', 9229);
  define('env', process['env'] ?? createEnv(image.env));
}

/** Environment variables are strings: setting converts, as Node's does (https://nodejs.org/api/process.html#processenv). */
export function createEnv(initial: Record<string, string>): Record<string, string> {
  const store: Record<string, string> = Object.create(null) as Record<string, string>;
  Object.assign(store, initial);
  const target = Object.setPrototypeOf(store, Object.prototype) as Record<string, string>;
  // Not one that `util.types.isProxy` knows: in Node the environment is an object of its own kind.
  return new native.Proxy(target, {
    set(env, key, value) {
      if (typeof key === 'symbol' || typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
      env[key] = String(value);
      return true;
    },
    defineProperty(env, key, descriptor) {
      if ('value' in descriptor) return Reflect.defineProperty(env, key, { ...descriptor, value: String(descriptor.value) });
      throw Object.assign(new TypeError("'process.env' does not accept an accessor(getter/setter) descriptor"), { code: 'ERR_INVALID_OBJECT_DEFINE_PROPERTY' });
    },
  });
}

/** The browser does not tell CPU time: the time for which the thread was not idle, in microseconds, is its upper bound. */
function fillCpu({ loop, startedAt }: BindingContext, fields: Float64Array): void {
  fields[0] = Math.round((native.performance.now() - startedAt - loop.idleTime) * 1000);
  fields[1] = 0;
}

function timerNames(ctx: BindingContext): string[] {
  const { timeoutInfo, immediateInfo } = ctx.internalBinding('timers') as { timeoutInfo: Int32Array; immediateInfo: Uint32Array };
  return [...Array<string>(timeoutInfo[0] ?? 0).fill('Timeout'), ...Array<string>(immediateInfo[1] ?? 0).fill('Immediate')];
}

function loadEnvFile(ctx: BindingContext, path: string): void {
  const require = ctx.hooks.requireBuiltin as (id: string) => Record<string, (...args: unknown[]) => unknown>;
  const text = require('fs').readFileSync?.(path, 'utf8');
  const parsed = require('util').parseEnv?.(text) as Record<string, string>;
  const env = ctx.process.env as Record<string, string>;
  for (const [key, value] of Object.entries(parsed)) env[key] ??= value;
}
