/**
 * Node's global scope has nothing of a browser worker's: programs ask `typeof self` or `typeof WorkerGlobalScope` to know where they are. What
 * JavaScript itself defines stays; Node's bootstrap then adds its own.
 */
const KEPT = new Set([
  'Object', 'Function', 'Array', 'Number', 'parseFloat', 'parseInt', 'Infinity', 'NaN', 'undefined', 'Boolean', 'String', 'Symbol', 'Date', 'Promise',
  'RegExp', 'Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'globalThis', 'JSON', 'Math',
  'Intl', 'ArrayBuffer', 'Atomics', 'Uint8Array', 'Int8Array', 'Uint16Array', 'Int16Array', 'Uint32Array', 'Int32Array', 'Float16Array', 'Float32Array',
  'Float64Array', 'Uint8ClampedArray', 'BigUint64Array', 'BigInt64Array', 'DataView', 'Map', 'BigInt', 'Set', 'Iterator', 'WeakMap', 'WeakSet', 'WeakRef',
  'Proxy', 'Reflect', 'FinalizationRegistry', 'decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape', 'unescape', 'eval', 'isFinite',
  'isNaN', 'console', 'SharedArrayBuffer', 'WebAssembly', 'SuppressedError', 'DisposableStack', 'AsyncDisposableStack', 'InternalError', 'constructor',
]);

/** The methods of EventTarget and of the worker scope stand on prototypes that objects of the browser share: they are shadowed, not deleted. */
const SHADOWED = ['addEventListener', 'removeEventListener', 'dispatchEvent', 'when'];

export function hideBrowserGlobals(): void {
  for (let scope: object | null = globalThis; scope !== null && scope !== Object.prototype; scope = Object.getPrototypeOf(scope) as object | null) {
    if (scope === EventTargetPrototype) continue;
    for (const name of Object.getOwnPropertyNames(scope)) if (!KEPT.has(name)) Reflect.deleteProperty(scope, name);
  }
  for (const name of SHADOWED) Object.defineProperty(globalThis, name, { value: undefined, configurable: true, writable: true, enumerable: false });
}

const EventTargetPrototype: unknown = globalThis.EventTarget?.prototype;
