/**
 * How long a thread's event loop has had nothing to do, in two words of its channel (abi/channel.ts), so that the kernel knows without asking a thread that
 * may be busy. Milliseconds; both sides count from the epoch, because each worker's own clock begins elsewhere.
 */
import { CONTROL_WORDS } from './channel.ts';

/** Control words: idle time that is over; and since when it is idle, `BUSY` while something runs. */
const TOTAL = 4;
const SINCE = 5;
const BUSY = -1;
/** What fits into a word: 24 days, after which a difference starts anew. */
const WRAP = 2 ** 31;

type Clock = Pick<Performance, 'timeOrigin' | 'now'>;
const moment = (clock: Clock): number => Math.trunc(clock.timeOrigin + clock.now()) % WRAP;

/** The thread's end. */
export class IdleReport {
  private readonly words: Int32Array;
  private readonly clock: Clock;

  constructor(channel: SharedArrayBuffer, clock: Clock) {
    this.words = new Int32Array(channel, 0, CONTROL_WORDS);
    this.clock = clock;
    Atomics.store(this.words, SINCE, BUSY);
  }

  begin(): void {
    Atomics.store(this.words, SINCE, moment(this.clock));
  }

  /** `total`: all that it has been idle, this time included. */
  end(total: number): void {
    Atomics.store(this.words, TOTAL, Math.min(Math.trunc(total), WRAP - 1));
    Atomics.store(this.words, SINCE, BUSY);
  }
}

/** Of a thread that has said nothing yet it is 0: starting is work. */
export function idleTime(channel: SharedArrayBuffer, clock: Clock = performance): number {
  const words = new Int32Array(channel, 0, CONTROL_WORDS);
  const since = Atomics.load(words, SINCE);
  const total = Atomics.load(words, TOTAL);
  // Zero is what fresh memory holds.
  if (since === BUSY || since === 0) return total;
  return total + Math.max(0, moment(clock) - since);
}
