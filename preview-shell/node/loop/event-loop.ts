import { native } from '../natives.ts';
import { clearFrame, holdFrame, restoreFrame } from '../async-context/frame.ts';
import type { IdleReport } from '../../abi/idle.ts';
import type { EventLoop } from '../context.ts';

/** Set by the `task_queue` binding: Node's own nextTick queue. */
export interface TickQueue {
  /** tickInfo[0]: a tick is scheduled; tickInfo[1]: a rejection waits to be reported. */
  readonly info: Uint8Array | Int32Array;
  run(): void;
}

export interface LoopHost {
  /** An exception that nothing caught. Returns when the program handled it, and does not return when the process ends. */
  uncaught(error: unknown, fromPromise: boolean): void;
  /** Nothing is pending. The program may add work (`beforeExit`); if it does not, the process ends. */
  idle(): void;
}

/**
 * A thread's event loop over the browser's. One callback into JavaScript per browser task, so that the browser runs the
 * micro-tasks where Node does: callback, nextTick queue, micro-tasks (Node: "The Node.js event loop", process.nextTick).
 */
export class BrowserEventLoop implements EventLoop {
  private readonly queue: (() => void)[] = [];
  private readonly channel = new native.MessageChannel();
  private holds = 0;
  private depth = 0;
  private posted = false;
  private started = false;
  private idleCheckPosted = false;
  private ticks: TickQueue | undefined;
  private readonly host: LoopHost;
  /** Milliseconds, and since when nothing has run. */
  private idled = 0;
  private idleSince: number | undefined;
  private idleReport: IdleReport | undefined;

  constructor(host: LoopHost) {
    this.host = host;
    this.channel.port1.onmessage = () => this.turn();
  }

  /** Whoever wants to know is told from here on when the loop has nothing to do. */
  reportIdle(report: IdleReport): void {
    this.idleReport = report;
  }

  setTickQueue(ticks: TickQueue): void {
    this.ticks = ticks;
  }

  /** From here on, a loop with nothing pending ends the process. */
  start(): void {
    this.started = true;
    this.wake();
  }

  hold(): () => void {
    let held = true;
    this.holds++;
    return () => {
      if (!held) return;
      held = false;
      this.holds--;
      if (this.holds === 0) this.wake();
    };
  }

  get alive(): boolean {
    return this.holds > 0;
  }

  enqueue(callback: () => void): void {
    this.queue.push(callback);
    this.wake();
  }

  complete(callback: () => void): void {
    const release = this.hold();
    this.enqueue(() => {
      release();
      callback();
    });
  }

  /** True while a callback made by the loop is on the stack; false in a micro-task. */
  get entered(): boolean {
    return this.depth > 0;
  }

  /** Makes sure that a turn follows, e.g. because a micro-task scheduled a tick. */
  wake(): void {
    if (this.posted) return;
    this.posted = true;
    this.channel.port2.postMessage(0);
  }

  get idleTime(): number {
    return this.idled;
  }

  makeCallback(callback: (...args: never[]) => unknown, self: unknown, args: readonly unknown[]): unknown {
    this.depth++;
    this.endIdle();
    const outer = holdFrame();
    if (this.depth === 1) clearFrame();
    try {
      return Reflect.apply(callback, self, args as unknown[]);
    } catch (error) {
      this.host.uncaught(error, false);
      return undefined;
    } finally {
      // The tick queue runs while the depth is still one: ticks scheduled by ticks belong to the same run.
      if (this.depth === 1) this.runTicks();
      this.depth--;
      restoreFrame(outer);
    }
  }

  private ticksPending(): boolean {
    const info = this.ticks?.info;
    return info !== undefined && (info[0] === 1 || info[1] === 1);
  }

  private runTicks(): void {
    while (this.ticksPending()) {
      try {
        this.ticks?.run();
        return;
      } catch (error) {
        this.host.uncaught(error, false);
      }
    }
  }

  private endIdle(): void {
    if (this.idleSince === undefined) return;
    this.idled += native.performance.now() - this.idleSince;
    this.idleSince = undefined;
    this.idleReport?.end(this.idled);
  }

  private turn(): void {
    this.posted = false;
    this.endIdle();
    if (this.ticksPending()) {
      this.depth++;
      this.runTicks();
      this.depth--;
      this.wake();
      return;
    }
    const next = this.queue.shift();
    if (next !== undefined) {
      this.makeCallback(next, undefined, []);
      this.wake();
      return;
    }
    this.checkIdle();
  }

  /** Two turns with nothing to do in between: micro-tasks of the last callback have run by then. */
  private checkIdle(): void {
    if (this.started) {
      this.idleSince = native.performance.now();
      this.idleReport?.begin();
    }
    if (!this.started || this.holds > 0) return;
    if (!this.idleCheckPosted) {
      this.idleCheckPosted = true;
      this.wake();
      return;
    }
    this.idleCheckPosted = false;
    this.host.idle();
  }
}
