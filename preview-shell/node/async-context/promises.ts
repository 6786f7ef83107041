import { holdFrame, restoreFrame } from './frame.ts';
import { boundThenable } from './thenables.ts';

type Handler = (value: unknown) => unknown;
type AnyFunction = (...args: unknown[]) => unknown;

/** While one of the engine's functions gives its own handlers to promises: they run nothing of a program, and stack traces know them. */
let combining = false;

/** Handlers run in the context in which they were given, and so does the `then` of what they return. `catch` and `finally` call `then` (ECMA-262). */
export function carryThroughPromises(constructor: PromiseConstructor): void {
  const native = (constructor.prototype as { then: AnyFunction }).then;
  const carried = {
    then(this: unknown, fulfilled: unknown, rejected: unknown): unknown {
      return Reflect.apply(native, this, combining ? [fulfilled, rejected] : [carry(fulfilled), carry(rejected)]);
    },
  };
  void Object.defineProperty(constructor.prototype, 'then', { value: carried.then, writable: true, configurable: true });
  for (const name of ['all', 'allSettled', 'any', 'race'] as const) keepHandlers(constructor, name);
}

function carry(handler: unknown): unknown {
  if (typeof handler !== 'function') return handler;
  const held = holdFrame();
  return (value: unknown): unknown => {
    restoreFrame(held);
    return boundThenable((handler as Handler)(value));
  };
}

/** Of an array alone: another iterable runs a program's code meanwhile. */
function keepHandlers(constructor: PromiseConstructor, name: 'all' | 'allSettled' | 'any' | 'race'): void {
  const native = constructor[name] as AnyFunction;
  const kept = {
    [name](this: unknown, iterable: unknown): unknown {
      if (this !== constructor || !Array.isArray(iterable)) return Reflect.apply(native, this, [iterable]);
      combining = true;
      try {
        return Reflect.apply(native, this, [iterable]);
      } finally {
        combining = false;
      }
    },
  };
  Object.defineProperty(constructor, name, { value: kept[name], writable: true, configurable: true });
}
