/**
 * The kernel's view of the page that starts Workers for it. The page makes them (a blocked thread cannot), the kernel decides.
 */
import type { ProcessImage, ThreadStart } from '../abi/thread.ts';

export interface ThreadLauncher {
  /** Starts a thread; the Worker may be a warm spare. `transfer` lists ports inside `start`. */
  launch(start: ThreadStart, transfer: Transferable[]): void;
  /** Ends a thread's Worker at once, whatever it does. */
  terminate(threadId: number): void;
}

export type { ProcessImage, ThreadStart };
