import { holdFrame, restoreFrame } from './frame.ts';
import { boundThenable } from './thenables.ts';

type Handler = (value: unknown) => unknown;

/** Handlers run in the context in which they were given, and so does the `then` of what they return. `catch` and `finally` call `then` (ECMA-262). */
export function carryThroughThen(prototype: object): void {
  const native = (prototype as { then: (...handlers: unknown[]) => unknown }).then;
  const carried = {
    then(this: unknown, fulfilled: unknown, rejected: unknown): unknown {
      return Reflect.apply(native, this, [carry(fulfilled), carry(rejected)]);
    },
  };
  Object.defineProperty(prototype, 'then', { value: carried.then, writable: true, configurable: true });
}

function carry(handler: unknown): unknown {
  if (typeof handler !== 'function') return handler;
  const held = holdFrame();
  return (value: unknown): unknown => {
    restoreFrame(held);
    return boundThenable((handler as Handler)(value));
  };
}
