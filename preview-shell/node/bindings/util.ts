import { guessHandleType } from './handles.ts';
import { callSites, isInsideNodeModules } from './util/call-sites.ts';
import { defineLazyProperties } from './util/lazy-properties.ts';
import { parseDotenv } from './util/dotenv.ts';
import { constructorName, ownNonIndexProperties, PROPERTY_FILTERS } from './util/objects.ts';
import { previewEntries } from './util/previews.ts';
import { privateSymbols } from './util/private-symbols.ts';
import { PROMISE_STATES, promiseDetails, trackPromises } from './util/promises.ts';
import { proxyDetails, trackProxies } from './util/proxies.ts';
import { unavailable } from './util/unsupported.ts';
import type { BindingContext } from '../context.ts';

const DEFAULT_FRAMES = 10;

/** Fields of the array under `exit_info_private_symbol`, and what objects may cross to another thread (env.h, base_object.h). */
const OTHER_CONSTANTS = {
  kExiting: 0, kExitCode: 1, kHasExitCode: 2,
  kDisallowCloneAndTransfer: 0, kTransferable: 1, kCloneable: 2,
} as const;

/** What only the engine knows of values (node_util.cc). */
export function create(ctx: BindingContext): Record<string, unknown> {
  trackProxies(ctx.global);
  trackPromises(ctx.global.Promise);
  const symbols = privateSymbols();
  (ctx.process as Record<symbol, unknown>)[symbols.exit_info_private_symbol] ??= new Int32Array(3);
  return {
    privateSymbols: symbols,
    constants: { ...PROMISE_STATES, ...OTHER_CONSTANTS, ...PROPERTY_FILTERS },
    shouldAbortOnUncaughtToggle: new Uint32Array([1]),
    defineLazyProperties: (target: object, id: string, keys: string[], enumerable?: boolean) => defineLazyProperties(ctx, target, id, keys, enumerable),
    getConstructorName: constructorName,
    // The browser has no values of native code that JavaScript can hold.
    getExternalValue: () => { throw unavailable('There are no external values in the container'); },
    getOwnNonIndexProperties: ownNonIndexProperties,
    getPromiseDetails: (value: unknown) => (value instanceof Promise ? promiseDetails(value) : undefined),
    getProxyDetails(value: unknown, both = true) {
      const details = proxyDetails(value);
      return details === undefined || both ? details?.slice() : details[0];
    },
    previewEntries(value: unknown, withKind?: boolean) {
      const preview = previewEntries(value);
      return preview === undefined || withKind !== true ? preview?.entries : [preview.entries, preview.isKeyValue];
    },
    guessHandleType: (fd: number) => guessHandleType(ctx, fd),
    parseEnv: parseDotenv,
    sleep: blockFor,
    // Each view of this engine has its buffer.
    arrayBufferViewHasBuffer: () => true,
    isInsideNodeModules: function inside(limit = DEFAULT_FRAMES) { return isInsideNodeModules(limit, inside); },
    getCallerLocation: function location() {
      const caller = callSites(2, location)[1];
      return caller === undefined ? undefined : [caller.lineNumber, caller.columnNumber, caller.scriptName];
    },
    // Without the frame of the function in node:util that asks.
    getCallSites: function sites(limit: number) {
      return callSites(limit + 1, sites).slice(1).map((site) => Object.assign(Object.create(null) as object, site, { scriptId: '0', column: site.columnNumber }));
    },
  };
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Milliseconds. */
function blockFor(duration: number): void {
  Atomics.wait(never, 0, 0, duration);
}
