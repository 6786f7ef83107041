/**
 * A high dynamic range histogram, with the buckets of HdrHistogram_c, which Node's has (hdr_histogram.c): values are exact to a number of decimal
 * digits. Only the buckets in use are kept.
 */
export class HdrHistogram {
  /** Of an empty histogram, as in Node: the largest signed 64-bit integer. */
  static readonly EMPTY_MINIMUM = 2 ** 63;

  readonly #highest: number;
  readonly #unitMagnitude: number;
  readonly #halfMagnitude: number;
  readonly #counts = new Map<number, number>();
  #total = 0;
  #smallest = HdrHistogram.EMPTY_MINIMUM;
  #largest = 0;

  /** @param figures digits to which values are exact, 1 to 5 */
  constructor(lowest: number, highest: number, figures: number) {
    this.#highest = highest;
    this.#unitMagnitude = Math.floor(Math.log2(lowest));
    this.#halfMagnitude = Math.ceil(Math.log2(2 * 10 ** figures)) - 1;
  }

  get count(): number {
    return this.#total;
  }

  /** @returns false for a value that does not fit */
  record(value: number, times = 1): boolean {
    if (value < 0 || value > this.#highest) return false;
    const index = this.#indexOf(value);
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + times);
    this.#total += times;
    if (value > this.#largest) this.#largest = value;
    if (value > 0 && value < this.#smallest) this.#smallest = value;
    return true;
  }

  reset(): void {
    this.#counts.clear();
    this.#total = 0;
    this.#smallest = HdrHistogram.EMPTY_MINIMUM;
    this.#largest = 0;
  }

  /** @returns how many values of the other one did not fit */
  add(other: HdrHistogram): number {
    let dropped = 0;
    for (const [index, times] of other.#ordered()) if (!this.record(other.#valueAt(index), times)) dropped += times;
    return dropped;
  }

  min(): number {
    if (this.#counts.has(0)) return 0;
    return this.#smallest === HdrHistogram.EMPTY_MINIMUM ? this.#smallest : this.#valueAt(this.#indexOf(this.#smallest));
  }

  max(): number {
    return this.#largest === 0 ? 0 : this.#highestIn(this.#indexOf(this.#largest));
  }

  mean(): number {
    let sum = 0;
    for (const [index, times] of this.#counts) sum += this.#middleOf(index) * times;
    return sum / this.#total;
  }

  stddev(): number {
    const mean = this.mean();
    let sum = 0;
    for (const [index, times] of this.#counts) sum += (this.#middleOf(index) - mean) ** 2 * times;
    return Math.sqrt(sum / this.#total);
  }

  valueAtPercentile(percentile: number): number {
    const wanted = Math.max(1, Math.floor((Math.min(percentile, 100) / 100) * this.#total + 0.5));
    let seen = 0;
    for (const [index, times] of this.#ordered()) {
      seen += times;
      if (seen >= wanted) return this.#highestIn(index);
    }
    return this.#highestIn(0);
  }

  /** Percentile and value, in steps that halve what is left to 100. */
  *percentiles(): Generator<[percentile: number, value: number]> {
    let next = 0;
    let seen = 0;
    let value = 0;
    for (const [index, times] of this.#ordered()) {
      seen += times;
      value = this.#valueAt(index);
      while (next <= (100 * seen) / this.#total) {
        yield [next, value];
        next += 100 / 2 ** (Math.floor(Math.log2(100 / (100 - next))) + 1);
        if (seen >= this.#total) break;
      }
    }
    yield [100, value];
  }

  #ordered(): [index: number, times: number][] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }

  #indexOf(value: number): number {
    const bucket = Math.max(0, bitLength(value) - this.#unitMagnitude - (this.#halfMagnitude + 1));
    const half = 2 ** this.#halfMagnitude;
    return (bucket + 1) * half + Math.floor(value / 2 ** (bucket + this.#unitMagnitude)) - half;
  }

  /** Exponent of the width of a bucket's steps, and the step. */
  #stepOf(index: number): { width: number; step: number } {
    const half = 2 ** this.#halfMagnitude;
    const bucket = Math.floor(index / half) - 1;
    const within = index % half;
    return bucket < 0 ? { width: 2 ** this.#unitMagnitude, step: within } : { width: 2 ** (bucket + this.#unitMagnitude), step: within + half };
  }

  #valueAt(index: number): number {
    const { width, step } = this.#stepOf(index);
    return step * width;
  }

  #highestIn(index: number): number {
    return this.#valueAt(index) + this.#stepOf(index).width - 1;
  }

  #middleOf(index: number): number {
    return this.#valueAt(index) + Math.floor(this.#stepOf(index).width / 2);
  }
}

function bitLength(value: number): number {
  const high = Math.floor(value / 2 ** 32);
  return high > 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(value >>> 0);
}
