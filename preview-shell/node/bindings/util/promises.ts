/** V8's states (v8-promise.h). */
export const PROMISE_STATES = { kPending: 0, kFulfilled: 1, kRejected: 2 } as const;

type Settled = readonly [state: 1 | 2, value: unknown];

const settled = new WeakMap<object, Settled>();

/** For code that sees a promise settle: `then`, a rewritten `await`. */
export function recordSettled(promise: object, state: 1 | 2, value: unknown): void {
  settled.set(promise, [state, value]);
}

/** What is known of a promise. JavaScript cannot ask for the state: one whose settling was not recorded counts as pending. */
export function promiseDetails(promise: object): readonly [number] | Settled {
  return settled.get(promise) ?? [PROMISE_STATES.kPending];
}

/** Records what `Promise.resolve` and `Promise.reject` make. Their identity as functions of `Promise` stays; later calls change nothing. */
export function trackPromises(PromiseConstructor: PromiseConstructor): void {
  if (tracked.has(PromiseConstructor)) return;
  tracked.add(PromiseConstructor);
  const { resolve, reject } = PromiseConstructor;
  const wrappers = {
    resolve(this: unknown, value: unknown): unknown {
      const promise = Reflect.apply(resolve, this, [value]) as object;
      if (promise !== value && !canBeThenable(value)) settled.set(promise, [PROMISE_STATES.kFulfilled, value]);
      return promise;
    },
    reject(this: unknown, reason: unknown): unknown {
      const promise = Reflect.apply(reject, this, [reason]) as object;
      settled.set(promise, [PROMISE_STATES.kRejected, reason]);
      return promise;
    },
  };
  for (const [name, value] of Object.entries(wrappers)) Object.defineProperty(PromiseConstructor, name, { value, writable: true, configurable: true });
}

const tracked = new WeakSet();

/** Looks without running a getter named `then`: such a value's promise settles later, if at all. */
function canBeThenable(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return 'then' in value;
}
