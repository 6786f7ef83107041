import { native } from '../../natives.ts';
import { carry, type Carried } from '../messaging/carried.ts';
import { HdrHistogram } from './hdr-histogram.ts';

const NANOSECONDS = 1e6;
/** What Node gives the histogram of the event loop's delay: one nanosecond to one hour, three digits. */
const LONGEST_DELAY = 3.6e12;

const nanoseconds = (): number => Math.round(native.performance.now() * NANOSECONDS);

/** The handle under node:perf_hooks' histograms (histogram.cc). Numbers beyond 2^53 lose digits, as they do in Node without BigInt. */
export class Histogram {
  readonly #values: HdrHistogram;
  #exceeds = 0;
  #last = 0;

  constructor(lowest: number | bigint = 1, highest: number | bigint = Number.MAX_SAFE_INTEGER, figures = 3) {
    this.#values = new HdrHistogram(Number(lowest), Number(highest), figures);
  }

  /** In Node a clone and its original count together. */
  [carry](): Carried {
    return { binding: 'performance', data: undefined };
  }

  count(): number { return this.#values.count; }
  countBigInt(): bigint { return BigInt(this.#values.count); }
  exceeds(): number { return this.#exceeds; }
  exceedsBigInt(): bigint { return BigInt(this.#exceeds); }
  min(): number { return this.#values.min(); }
  /** Of an empty histogram the largest signed 64-bit integer, which no number holds. */
  minBigInt(): bigint { return this.#values.min() === HdrHistogram.EMPTY_MINIMUM ? 2n ** 63n - 1n : BigInt(this.#values.min()); }
  max(): number { return this.#values.max(); }
  maxBigInt(): bigint { return BigInt(this.#values.max()); }
  mean(): number { return this.#values.mean(); }
  stddev(): number { return this.#values.stddev(); }
  percentile(percentile: number): number { return this.#values.valueAtPercentile(percentile); }
  percentileBigInt(percentile: number): bigint { return BigInt(this.#values.valueAtPercentile(percentile)); }

  percentiles(into: Map<number, number>): void {
    for (const [percentile, value] of this.#values.percentiles()) into.set(percentile, value);
  }

  percentilesBigInt(into: Map<number, bigint>): void {
    for (const [percentile, value] of this.#values.percentiles()) into.set(percentile, BigInt(value));
  }

  reset(): void {
    this.#values.reset();
    this.#exceeds = 0;
    this.#last = 0;
  }

  record(value: number | bigint): void {
    if (!this.#values.record(Number(value))) this.#exceeds++;
  }

  /** Nanoseconds since the last call; the first one only starts the clock. */
  recordDelta(): void {
    const now = nanoseconds();
    const delta = now - this.#last;
    if (this.#last > 0 && delta > 0) this.record(delta);
    this.#last = now;
  }

  add(other: Histogram): void {
    this.#exceeds += other.#exceeds + this.#values.add(other.#values);
  }
}

/** The time between the runs of a timer, in nanoseconds. It does not keep the thread alive. */
export class EventLoopDelay extends Histogram {
  readonly #resolution: number;
  #timer: number | undefined;

  /** @param resolution milliseconds */
  constructor(resolution: number) {
    super(1, LONGEST_DELAY);
    this.#resolution = resolution;
  }

  start(reset?: boolean): void {
    if (this.#timer !== undefined) return;
    if (reset === true) this.reset();
    this.#next();
  }

  stop(): void {
    native.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #next(): void {
    this.#timer = native.setTimeout(() => {
      this.recordDelta();
      this.#next();
    }, this.#resolution);
  }
}
