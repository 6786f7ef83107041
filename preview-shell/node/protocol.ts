/** Page <-> thread Worker: the page makes the Worker, hands it what all threads share, and later what makes it a thread. */
import type { ThreadStart } from '../abi/thread.ts';

export type ToThread =
  /** At once after the Worker was made, so that it can warm up. */
  | { type: 'prepare'; v: 1; library: SharedArrayBuffer; origin: string }
  | { type: 'start'; v: 1; start: ThreadStart };

export const THREAD_PROTOCOL = 1;
