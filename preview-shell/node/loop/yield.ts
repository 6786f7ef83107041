/**
 * Node runs micro-tasks between two timers, and between two immediates, of one batch (`runNextTicks`). The browser runs them only when the stack
 * is empty. So the batch is left by throwing this, and resumed on the next task: Node's timer code is written to be resumed after an exception.
 */
export const YIELD_TO_MICROTASKS = Symbol('yield to micro-tasks');
