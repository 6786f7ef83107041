/** For tests: Node's own crypto library over our bindings, without its bootstrap, in the Node that runs the tests. */
import type * as crypto from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { BindingContext } from '../../context.ts';
import type { NodeLibrary } from '../../library.ts';
import { parseOptions } from '../../options/parse.ts';
import { createBuiltins } from '../builtins.ts';
import { create as createCrypto } from '../crypto.ts';
import { FACTORIES } from '../index.ts';
import { testContext } from '../testing.ts';

const ROOT = path.resolve(import.meta.dirname, '../../../vendor/node-lib');

function source(id: string): string {
  return readFileSync(path.join(ROOT, `${id}.js`), 'utf8');
}

/** As NodeLibrary, from the folder that its pack is made of. */
const library = {
  ids: readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js')).map((name) => name.slice(0, -3)),
  source,
  compile: (id: string, parameters: readonly string[]) =>
    (0, eval)(`(function (${parameters.join(', ')}) {${source(id)}\n})\n//# sourceURL=node:${id}`) as (...args: unknown[]) => unknown,
} as unknown as NodeLibrary;

export type Crypto = typeof crypto;
export type Require = (id: string) => Record<string, unknown>;

/** @returns `require` of Node 22's builtins over our bindings; once in a thread, which has one global scope */
export function loadLibrary(): Require {
  const { ctx: base } = testContext(() => {
    throw new Error('crypto makes no system calls');
  });
  const bindings = new Map<string, Record<string, unknown>>();
  const global = Object.create(globalThis) as typeof globalThis;
  const ctx: BindingContext = {
    ...base,
    process: Object.create(process) as BindingContext['process'],
    global,
    internalBinding(name) {
      if (!bindings.has(name)) bindings.set(name, FACTORIES[name]?.(ctx) ?? {});
      return bindings.get(name) as Record<string, unknown>;
    },
  };
  ctx.hooks['options'] = parseOptions([], {});
  // The host runs ticks and micro-tasks.
  bindings.set('task_queue', { tickInfo: new Uint8Array(2), promiseRejectEvents: {}, setTickCallback() {}, setPromiseRejectCallback() {}, runMicrotasks() {}, enqueueMicrotask: queueMicrotask });
  bindings.set('crypto', createCrypto(ctx));
  bindings.set('builtins', createBuiltins(ctx, library, () => {}));
  const { privateSymbols } = ctx.internalBinding('util') as { privateSymbols: object };
  for (const id of ['primordials', 'domexception', 'messageport']) {
    const exports: Record<string, unknown> = {};
    library.compile(`internal/per_context/${id}`, ['exports', 'primordials', 'privateSymbols', 'perIsolateSymbols'])(exports, ctx.primordials, privateSymbols, ctx.internalBinding('symbols'));
    Object.assign(ctx.hooks, exports);
  }
  library.compile('internal/bootstrap/realm', ['process', 'getLinkedBinding', 'getInternalBinding', 'primordials'])(ctx.process, () => undefined, ctx.internalBinding, ctx.primordials);
  const require = ctx.hooks.requireBuiltin as Require;
  (require('internal/util/debuglog') as { initializeDebugEnv(env?: string): void }).initializeDebugEnv();
  Object.defineProperty(global, 'Buffer', { value: require('buffer')['Buffer'] });
  return require;
}

/** The `crypto` of Node 22 over our binding. */
export function loadCrypto(): Crypto {
  return loadLibrary()('crypto') as unknown as Crypto;
}
