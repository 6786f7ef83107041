import { YIELD_TO_MICROTASKS } from '../loop/yield.ts';
import type { BindingContext } from '../context.ts';
import type { NodeLibrary } from '../library.ts';
import type { BrowserEventLoop } from '../loop/event-loop.ts';

type Require = (id: string) => Record<string, unknown>;

interface TaskQueues {
  setupTaskQueue(): { nextTick: (...args: unknown[]) => void; runNextTicks: () => void };
}

/** What Node's C++ runs of the library, in its order (node_realm.cc, RunBootstrapping), and keeps in its snapshot: nothing of it depends on the program. */
export function bootstrapRealm(ctx: BindingContext, library: NodeLibrary): void {
  perContext(ctx, library);
  const { primordials, process } = ctx;
  library.compile('internal/bootstrap/realm', ['process', 'getLinkedBinding', 'getInternalBinding', 'primordials'])(
    process, noLinkedBinding, (name: string) => ctx.internalBinding(name), primordials);
  const run = (id: string) => {
    library.compile(id, ['process', 'require', 'internalBinding', 'primordials'])(process, ctx.hooks.requireBuiltin, ctx.hooks.internalBinding, primordials);
  };
  run('internal/bootstrap/node');
  run('internal/bootstrap/web/exposed-wildcard');
  run('internal/bootstrap/web/exposed-window-or-worker');
}

/** The rest of the bootstrap, when it is known whether this is the main thread. */
export function bootstrapThread(ctx: BindingContext, library: NodeLibrary): void {
  runMain(ctx, library, `internal/bootstrap/switches/is_${ctx.isMainThread ? 'main' : 'not_main'}_thread`);
  runMain(ctx, library, `internal/bootstrap/switches/does_${ctx.isMainThread ? '' : 'not_'}own_process_state`);
}

/** A script of the library that returns nothing, such as the one in internal/main that this thread was started for. */
export function runMain(ctx: BindingContext, library: NodeLibrary, id: string): void {
  library.compile(id, ['process', 'require', 'internalBinding', 'primordials'])(ctx.process, ctx.hooks.requireBuiltin as Require, ctx.hooks.internalBinding, ctx.primordials);
}

function perContext(ctx: BindingContext, library: NodeLibrary): void {
  const { privateSymbols } = ctx.internalBinding('util') as { privateSymbols: object };
  const symbols = ctx.internalBinding('symbols');
  for (const id of ['primordials', 'domexception', 'messageport']) {
    const exports: Record<string, unknown> = {};
    library.compile(`internal/per_context/${id}`, ['exports', 'primordials', 'privateSymbols', 'perIsolateSymbols'])(exports, ctx.primordials, privateSymbols, symbols);
    if (exports.DOMException !== undefined) ctx.hooks.DOMException = exports.DOMException;
    if (exports.emitMessage !== undefined) ctx.hooks.emitMessage = exports.emitMessage;
  }
}

function noLinkedBinding(name: string): never {
  throw new Error(`No such binding: ${name}`);
}

interface Warnings {
  emitExperimentalWarning(feature: string): void;
}

/** Packages run as WebAssembly because the container chose so for them: a warning in each of their threads would be about nothing that a person did. */
function withoutWasiWarning(exports: Warnings): void {
  const { emitExperimentalWarning } = exports;
  exports.emitExperimentalWarning = (feature) => {
    if (feature !== 'WASI') emitExperimentalWarning(feature);
  };
}

/**
 * Called after each module of the library has run. The tick queue needs to know of ticks that micro-tasks schedule, and of the places where Node
 * runs micro-tasks inside a batch of timers (loop/yield.ts).
 */
export function adaptModule(loop: BrowserEventLoop, id: string, exports: unknown): void {
  if (id === 'internal/util') withoutWasiWarning(exports as Warnings);
  if (id !== 'internal/process/task_queues') return;
  const queues = exports as TaskQueues;
  const { setupTaskQueue } = queues;
  queues.setupTaskQueue = () => {
    const { nextTick, runNextTicks } = setupTaskQueue();
    return {
      nextTick: function nextTick_(...args: unknown[]) {
        nextTick(...args);
        if (!loop.entered) loop.wake();
      },
      runNextTicks() {
        runNextTicks();
        throw YIELD_TO_MICROTASKS;
      },
    };
  };
}
