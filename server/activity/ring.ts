/** Records of one kind of one environment: the newest that fit, oldest first (SPEC V3, V4). */
import type { ActivityEntry } from './activity.ts';

interface Held {
  entry: ActivityEntry;
  bytes: number;
}

export interface RingLimits {
  records: number;
  bytes: number;
}

export class Ring {
  readonly #limits: RingLimits;
  /** What stands before `#first` was dropped and is cut off now and then. */
  #held: Held[] = [];
  #first = 0;
  bytes = 0;
  /** Cursor of the last record that was dropped. */
  droppedThrough = 0;

  constructor(limits: RingLimits) {
    this.#limits = limits;
  }

  push(entry: ActivityEntry, bytes: number): void {
    this.#held.push({ entry, bytes });
    this.bytes += bytes;
    while (this.size > 1 && (this.size > this.#limits.records || this.bytes > this.#limits.bytes)) this.dropOldest();
  }

  get size(): number {
    return this.#held.length - this.#first;
  }

  get oldest(): number | undefined {
    return this.#held[this.#first]?.entry.cursor;
  }

  dropOldest(): void {
    const held = this.#held[this.#first];
    if (held === undefined) return;
    this.#first++;
    this.bytes -= held.bytes;
    this.droppedThrough = held.entry.cursor;
    if (this.#first < 64 || this.#first * 2 < this.#held.length) return;
    this.#held = this.#held.slice(this.#first);
    this.#first = 0;
  }

  /** Records after the cursor, oldest first. */
  after(cursor: number, limit: number): ActivityEntry[] {
    const from = this.#indexAfter(cursor);
    return this.#held.slice(from, from + limit).map(({ entry }) => entry);
  }

  #indexAfter(cursor: number): number {
    let [low, high] = [this.#first, this.#held.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#held[middle]?.entry.cursor ?? Infinity) <= cursor) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
