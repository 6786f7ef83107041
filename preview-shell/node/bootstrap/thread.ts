import { SysError } from '../../abi/errno.ts';
import { IdleReport } from '../../abi/idle.ts';
import type { ProcessImage, ThreadStart } from '../../abi/thread.ts';
import { BrowserEventLoop } from '../loop/event-loop.ts';
import { ThreadKernelLink } from '../kernel-link.ts';
import { NodeLibrary } from '../library.ts';
import { asyncHooks, ROOT_ASYNC_ID } from '../bindings/async-hooks.ts';
import { createBuiltins } from '../bindings/builtins.ts';
import { FsSupport } from '../bindings/fs/support.ts';
import { readWhole } from '../bindings/fs/whole-files.ts';
import { FACTORIES } from '../bindings/index.ts';
import { createEnv, exitThread, initializeProcess, VERSIONS } from '../bindings/process_methods.ts';
import type { ModulePublisher } from '../bindings/module_wrap.ts';
import { native } from '../natives.ts';
import { withEnvFiles } from '../options/env-files.ts';
import { OptionError, parseOptions } from '../options/parse.ts';
import { installAsyncContext } from '../async-context/install.ts';
import { carryContext } from '../modules/await-text.ts';
import { hideBrowserGlobals } from '../globals.ts';
import { readExportsLate } from './lazy-builtin-exports.ts';
import { adaptModule, bootstrapRealm, bootstrapThread, runMain } from './realm.ts';
import { mainScript } from './main-script.ts';
import { installPrepareStackTrace } from './stack-trace.ts';
import { triggerUncaught } from './uncaught.ts';
import type { BindingContext, Hooks } from '../context.ts';

/** Exit code of a process that waits for what nobody will do (Node's documentation, process exit codes). */
const UNSETTLED_TOP_LEVEL_AWAIT = 13;
/** Exit code for an option that Node does not know (Node's documentation, process exit codes). */
const INVALID_ARGUMENT = 9;

interface NodeProcess {
  emit(event: string, ...args: unknown[]): boolean;
  exitCode?: number | string | undefined;
  _exiting?: boolean;
}

export interface PreparedThread {
  /** Runs a module of Node's library ahead of the program (preload.ts). */
  preload(id: string): void;
  /** Turns this Worker into a thread of a process, and runs the program. */
  start(start: ThreadStart, publisher: ModulePublisher): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NO_IMAGE: ProcessImage = { execPath: '', execArgv: [], argv: [], env: {}, cwd: '/', pid: 0, ppid: 0, umask: 0, carriesContext: true };

/** Runs what is the same for all threads: Node's library over our bindings, as far as Node keeps it in a snapshot. */
export function prepareThread(libraryMemory: SharedArrayBuffer): PreparedThread {
  const hooks: Hooks = { options: parseOptions([], {}) };
  const process = Object.create(Object.create(Object.prototype, { constructor: { value: Object.defineProperty(() => {}, 'name', { value: 'process' }) } }) as object) as Record<PropertyKey, unknown>;
  initializeProcess(process);
  const loop: BrowserEventLoop = new BrowserEventLoop({
    uncaught: (error, fromPromise) => triggerUncaught(ctx, error, fromPromise),
    idle: () => endWhenIdle(ctx, loop),
  });
  const kernel = new ThreadKernelLink(loop);
  const library = new NodeLibrary(libraryMemory);
  const bindings = new Map<string, Record<string, unknown>>();
  const ctx: Mutable<BindingContext> = {
    loop, kernel, hooks, process,
    image: NO_IMAGE,
    threadId: 0,
    isMainThread: true,
    startedAt: 0,
    global: globalThis,
    primordials: {},
    internalBinding: (name) => bindings.get(name) ?? load(name),
  };
  const load = (name: string): Record<string, unknown> => {
    const binding = name === 'builtins' ? createBuiltins(ctx, library, (id, exports) => adaptModule(loop, id, exports)) : create(name, ctx);
    bindings.set(name, binding);
    return binding;
  };
  hooks['librarySource'] = (id: string) => library.source(id);
  hooks.uncaught = (error: unknown, fromPromise: boolean) => triggerUncaught(ctx, error, fromPromise);

  hideBrowserGlobals();
  // Before the library, which keeps what it finds. A spare thread does not know yet whether its program needs it.
  installAsyncContext(globalThis);
  bootstrapRealm(ctx, library);
  readExportsLate(hooks.requireBuiltin as (id: string) => unknown);

  const run = (): void => {
    if (!takeOptions(ctx)) return;
    loop.makeCallback(() => {
      bootstrapThread(ctx, library);
      // There for what a main script loads before it prepares the process (node_realm.cc, BootstrapRealm).
      process['env'] = createEnv(ctx.image.env);
      installPrepareStackTrace(ctx);
      offerOwnBinding(ctx);
      const main = ctx.isMainThread ? mainScript(ctx.image, isTty(ctx)) : 'internal/main/worker_thread';
      asyncHooks(ctx).run(ROOT_ASYNC_ID, 0, {}, () => runMain(ctx, library, main), undefined, []);
    }, undefined, []);
    loop.start();
  };

  return {
    preload: (id) => void (hooks.requireBuiltin as (id: string) => unknown)(id),
    start(start, publisher) {
      kernel.attach(start.channel, start.events);
      loop.reportIdle(new IdleReport(start.channel, native.performance));
      ctx.image = start.image;
      carryContext(start.image.carriesContext);
      ctx.threadId = start.threadId;
      ctx.isMainThread = start.worker === undefined;
      ctx.packs = start.packs;
      ctx.names = new Int32Array(start.names);
      ctx.startedAt = native.performance.now();
      hooks.modulePublisher = publisher;
      hooks.envPort = start.worker?.port;
      hooks.workerId = start.worker?.payload;
      run();
    },
  };
}

function create(name: string, ctx: BindingContext): Record<string, unknown> {
  const factory = FACTORIES[name];
  if (factory === undefined) throw new Error(`No such binding: ${name}`);
  return factory(ctx);
}

/** A line on a descriptor, at once. */
function writeLine(ctx: BindingContext, fd: number, text: string): void {
  ctx.kernel.call('fs.write', fd, new native.TextEncoder().encode(`${text}\n`), null);
}

/** Parses the command line before anything runs; false when that was all there is to do. */
function takeOptions(ctx: BindingContext): boolean {
  const print = (fd: number, text: string): void => writeLine(ctx, fd, text);
  try {
    const { image } = ctx;
    if (ctx.isMainThread) image.env = withEnvFiles(image.execArgv, image.env, { read: (path) => readText(ctx, path), warn: (line) => print(2, line) });
    const options = parseOptions(image.execArgv, image.env);
    ctx.hooks['options'] = options;
    const limit = options.get('--stack-trace-limit');
    if (typeof limit === 'number') Error.stackTraceLimit = limit;
    // C++ in Node, without the library: nothing else would run the script.
    if (typeof options.get('--run') === 'string' && options.get('--run') !== '') throw new OptionError('--run is not supported in the container (ERR_FEATURE_UNAVAILABLE_ON_PLATFORM): use npm run');
    if (options.get('--version') !== true) return true;
    print(1, `v${VERSIONS.node}`);
    exitThread(ctx, 0);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    print(2, `${ctx.image.execPath}: ${error.message}`);
    exitThread(ctx, INVALID_ARGUMENT);
  }
}

function readText(ctx: BindingContext, path: string): string | undefined {
  try {
    return new native.TextDecoder().decode(readWhole(new FsSupport(ctx), path, 0));
  } catch (error) {
    if (error instanceof SysError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The container's own programs reach its binding where Node has its legacy internals. */
function offerOwnBinding({ process, internalBinding }: BindingContext): void {
  const { binding } = process as { binding(name: string): unknown };
  process.binding = function legacyBinding(name: string) {
    return name === 'terrarium' ? internalBinding(name) : Reflect.apply(binding, process, [name]);
  };
}

const isTty = (ctx: BindingContext): boolean => ctx.kernel.call('fd.kind', 0) === 'tty';

/** `beforeExit` may add work; else the process ends with its exit code, 13 for a top-level await that nothing will settle (node.cc, SpinEventLoop). */
function endWhenIdle(ctx: BindingContext, loop: BrowserEventLoop): void {
  const process = ctx.process as unknown as NodeProcess;
  const entry = entryPoint(ctx);
  let settled = entry === undefined;
  const noteSettled = (): void => void (settled = true);
  entry?.then(noteSettled, noteSettled);
  loop.makeCallback(() => process.emit('beforeExit', process.exitCode ?? 0), undefined, []);
  // A turn later: promises have told of themselves by then.
  loop.enqueue(() => {
    if (loop.alive) return;
    const code = process.exitCode === undefined && !settled ? UNSETTLED_TOP_LEVEL_AWAIT : Number(process.exitCode ?? 0);
    if (code === UNSETTLED_TOP_LEVEL_AWAIT && process.exitCode === undefined) writeLine(ctx, 2, 'Warning: Detected unsettled top-level await');
    process._exiting = true;
    process.emit('exit', code);
    exitThread(ctx, process.exitCode === undefined ? code : Number(process.exitCode));
  });
}

/** The evaluation of the program's first module, where it is one (run_main.js). */
function entryPoint({ internalBinding, global }: BindingContext): Promise<unknown> | undefined {
  const { privateSymbols } = internalBinding('util') as { privateSymbols: Record<string, symbol> };
  return (global as unknown as Record<symbol, Promise<unknown> | undefined>)[privateSymbols['entry_point_promise_private_symbol'] as symbol];
}
