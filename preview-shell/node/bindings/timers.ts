import { native } from '../natives.ts';
import { wakeAfter } from '../loop/wake-after.ts';
import { YIELD_TO_MICROTASKS } from '../loop/yield.ts';
import type { BindingContext, EventLoop } from '../context.ts';

const COUNT = 0;
const REF_COUNT = 1;
const HAS_OUTSTANDING = 2;

/** Timers and immediates (timers.cc): Node keeps the lists in JavaScript and asks for one wake-up at a time. */
export function create(ctx: BindingContext): Record<string, unknown> {
  const start = native.performance.now();
  const now = () => Math.floor(native.performance.now() - start);
  const timers = new TimerWakeup(ctx.loop, now);
  const immediates = new ImmediateWakeup(ctx.loop, timers);
  return {
    setupTimers(processImmediate: () => void, processTimers: (now: number) => number) {
      // On `process`, as stack traces show.
      immediates.process = processImmediate.bind(ctx.process);
      timers.process = processTimers.bind(ctx.process);
    },
    getLibuvNow: now,
    scheduleTimer: (milliseconds: number) => timers.schedule(milliseconds),
    toggleTimerRef: (referenced: boolean) => timers.reference(referenced),
    toggleImmediateRef: (referenced: boolean) => immediates.reference(referenced),
    immediateInfo: immediates.info,
    timeoutInfo: new Int32Array(1),
  };
}

/** Holds the loop while `wanted`. */
class Hold {
  private release: (() => void) | undefined;
  private readonly loop: EventLoop;
  constructor(loop: EventLoop) {
    this.loop = loop;
  }
  set(wanted: boolean): void {
    if (wanted) this.release ??= this.loop.hold();
    else {
      this.release?.();
      this.release = undefined;
    }
  }
}

class TimerWakeup {
  process: (now: number) => number = () => 0;
  private readonly loop: EventLoop;
  private readonly now: () => number;
  private readonly hold: Hold;
  private cancel: (() => void) | undefined;
  private dueAt = Infinity;
  private scheduled = false;
  private referenced = true;
  private readonly run = () => this.runTimers();

  constructor(loop: EventLoop, now: () => number) {
    this.loop = loop;
    this.now = now;
    this.hold = new Hold(loop);
  }

  schedule(milliseconds: number): void {
    this.cancel?.();
    this.scheduled = true;
    this.dueAt = this.now() + Math.max(milliseconds, 1);
    this.cancel = wakeAfter(Math.max(milliseconds, 1), () => this.loop.enqueue(this.run));
    this.updateHold();
  }

  /** Timers come before immediates in a turn of Node's loop: those that are due need not wait for the browser. @returns whether some were */
  hurry(): boolean {
    if (!this.scheduled || this.now() < this.dueAt) return false;
    this.cancel?.();
    this.dueAt = Infinity;
    this.loop.enqueue(this.run);
    return true;
  }

  reference(referenced: boolean): void {
    this.referenced = referenced;
    this.updateHold();
  }

  private updateHold(): void {
    this.hold.set(this.scheduled && this.referenced);
  }

  private runTimers(): void {
    let next: number;
    try {
      next = this.process(this.now());
    } catch (error) {
      this.loop.enqueue(this.run);
      if (error !== YIELD_TO_MICROTASKS) throw error;
      return;
    }
    this.scheduled = false;
    if (next !== 0) {
      this.referenced = next > 0;
      this.schedule(Math.abs(next) - this.now());
    }
    this.updateHold();
  }
}

class ImmediateWakeup {
  process: () => void = () => {};
  readonly info: object;
  private readonly words = new Uint32Array(3);
  private readonly loop: EventLoop;
  private readonly hold: Hold;
  private queued = false;

  private readonly timers: TimerWakeup;

  constructor(loop: EventLoop, timers: TimerWakeup) {
    this.loop = loop;
    this.timers = timers;
    this.hold = new Hold(loop);
    this.info = watchCount(this.words, () => this.queue());
  }

  reference(referenced: boolean): void {
    this.hold.set(referenced);
  }

  private queue(): void {
    if (this.queued) return;
    this.queued = true;
    this.loop.enqueue(() => this.runImmediates());
  }

  private runImmediates(): void {
    this.queued = false;
    if (this.timers.hurry()) return this.queue();
    if (this.words[COUNT] === 0 && this.words[HAS_OUTSTANDING] === 0) return;
    try {
      this.process();
    } catch (error) {
      this.queue();
      if (error !== YIELD_TO_MICROTASKS) throw error;
      return;
    }
    if (this.words[REF_COUNT] === 0) this.hold.set(false);
    if (this.words[COUNT] !== 0 || this.words[HAS_OUTSTANDING] === 1) this.queue();
  }
}

/** Node announces an immediate only by raising the count, `immediateInfo[kCount]++`: the write is the wake-up. */
function watchCount(words: Uint32Array, added: () => void): object {
  const plain = (index: number) => ({
    get: () => words[index] as number,
    set: (value: number) => { words[index] = value; },
  });
  return Object.defineProperties({}, {
    [COUNT]: {
      get: () => words[COUNT] as number,
      set: (value: number) => {
        const grew = value > (words[COUNT] as number);
        words[COUNT] = value;
        if (grew) added();
      },
    },
    [REF_COUNT]: plain(REF_COUNT),
    [HAS_OUTSTANDING]: plain(HAS_OUTSTANDING),
  });
}
