import { holdFrame, restoreFrame } from './frame.ts';

const PromiseOfThread = Promise;
const promisePrototype: unknown = Promise.prototype;

type Then = (this: unknown, fulfil: unknown, reject: unknown) => unknown;

/**
 * What the engine resolves with `value`: the value, or where it calls the value's own `then` in a later micro-task, something that does so in
 * the context of now. `then` is read once, as the engine does (ECMA-262, Promise Resolve Functions).
 */
export function boundThenable(value: unknown): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return value;
  if (Object.getPrototypeOf(value) === promisePrototype) return value;
  return bind(value);
}

function bind(value: object): unknown {
  let then: unknown;
  try {
    then = (value as { then?: unknown }).then;
  } catch (error) {
    return PromiseOfThread.reject(error as Error);
  }
  if (typeof then !== 'function') return value;
  const held = holdFrame();
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- it stands for one
    then(fulfil: unknown, reject: unknown): unknown {
      restoreFrame(held);
      return Reflect.apply(then as Then, value, [fulfil, reject]);
    },
  };
}
