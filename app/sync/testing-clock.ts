/**
 * For tests: a clock and chance of their own, so that a run that depends on timing is the same each time, and waits for nothing. Timers fire in the order of their
 * times, each when all that the one before has set off is done. Whatever is run under it must wait for timers and promises alone, not for the machine.
 */
interface Timer {
  at: number;
  order: number;
  every: number | undefined;
  run: () => void;
}

/** Turns of the real event loop without a timer, after which nothing can come any more. */
const STUCK_TURNS = 1000;

const real = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, dateNow: Date.now, performanceNow: performance.now.bind(performance), random: Math.random };

class Clock {
  now = 0;
  private readonly timers = new Map<number, Timer>();
  private next = 1;
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  install(): void {
    const handleOf = (id: number) => ({ [Symbol.toPrimitive]: () => id, id, unref() { return this; }, ref() { return this; }, hasRef: () => true });
    const add = (run: () => void, ms: number | undefined, every: boolean) => {
      const id = this.next++;
      const wait = Math.max(ms ?? 0, 1);
      this.timers.set(id, { at: this.now + wait, order: id, every: every ? wait : undefined, run });
      return handleOf(id);
    };
    const remove = (handle: unknown) => void this.timers.delete(Number((handle as { id?: number } | undefined)?.id));
    Object.assign(globalThis, {
      setTimeout: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => add(() => run(...args), ms, false),
      setInterval: (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => add(() => run(...args), ms, true),
      clearTimeout: remove,
      clearInterval: remove,
    });
    Math.random = numbersOf(this.seed);
    Date.now = () => Math.floor(this.now);
    performance.now = () => this.now;
  }

  uninstall(): void {
    const { setTimeout, clearTimeout, setInterval, clearInterval } = real;
    Object.assign(globalThis, { setTimeout, clearTimeout, setInterval, clearInterval });
    Math.random = real.random;
    Date.now = real.dateNow;
    performance.now = real.performanceNow;
  }

  /** @returns whether there was one */
  fire(): boolean {
    let first: [number, Timer] | undefined;
    for (const entry of this.timers) if (first === undefined || entry[1].at < first[1].at || (entry[1].at === first[1].at && entry[1].order < first[1].order)) first = entry;
    if (first === undefined) return false;
    const [id, timer] = first;
    this.now = Math.max(this.now, timer.at);
    if (timer.every === undefined) this.timers.delete(id);
    else Object.assign(timer, { at: timer.at + timer.every, order: this.next++ });
    timer.run();
    return true;
  }
}

/** Runs it with `setTimeout`, `setInterval`, `Date.now` and `performance.now` of a clock that stands at 0 and goes on by itself, and `Math.random` of a seed. */
export async function withOwnClock<T>(seed: number, run: () => Promise<T>): Promise<T> {
  const clock = new Clock(seed);
  clock.install();
  let over = false;
  try {
    const result = run().finally(() => {
      over = true;
    });
    // Awaited below; until then a failure is not unhandled.
    result.catch(() => undefined);
    for (let idle = 0; !over;) {
      // All promises of this moment, and what they lead to.
      await new Promise<void>((resolve) => real.setImmediate(resolve));
      if (over) break;
      idle = clock.fire() ? 0 : idle + 1;
      if (idle > STUCK_TURNS) throw new Error('It waits for something that is neither a timer nor a promise');
    }
    return await result;
  } finally {
    clock.uninstall();
  }
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
