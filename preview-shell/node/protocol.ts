/** Page <-> thread Worker: the page makes the Worker, hands it what all threads share, and later what makes it a thread. */
import type { ThreadStart } from '../abi/thread.ts';
import type { Preload } from './bootstrap/preload.ts';

export type ToThread =
  /** At once after the Worker was made, so that it can warm up. `session` tells this container from those of other tabs, `transform` and `plan` are the addresses of transform-script.ts and plan-script.ts. */
  | { type: 'prepare'; v: 1; library: SharedArrayBuffer; transform: string; plan: string; origin: string; session: string }
  /** Before `start`, when there is time. */
  | { type: 'preload'; v: 1; preload: Preload }
  /** `modules` leads to the host's service worker (service-worker/module-channel.ts). */
  | { type: 'start'; v: 1; start: ThreadStart; modules: MessagePort }
  /** The service worker was restarted and lost its port. */
  | { type: 'modules'; v: 1; modules: MessagePort };

export const THREAD_PROTOCOL = 1;
