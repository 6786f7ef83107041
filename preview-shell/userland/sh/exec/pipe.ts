import { BrokenPipe } from '../../lib/errors.ts';
import type { Input, Output } from '../../lib/streams.ts';
import { encode } from '../../lib/text.ts';

const CAPACITY = 64 * 1024;

/** A pipe(2) inside of this process: a writer waits while it is full, and learns that nobody reads any more. */
export class MemoryPipe implements Input, Output {
  readonly isTTY = false;
  readonly columns = 80;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #writersClosed = false;
  #readerClosed = false;
  #wake: (() => void)[] = [];

  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#size -= chunk.length;
        this.#signal();
        return chunk;
      }
      if (this.#writersClosed) return undefined;
      await this.#changed();
    }
  }

  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.unshift(bytes);
    this.#size += bytes.length;
  }

  async write(data: string | Uint8Array): Promise<void> {
    const bytes = typeof data === 'string' ? encode(data) : data;
    if (this.#readerClosed) throw new BrokenPipe();
    if (bytes.length === 0) return;
    // A copy: the writer may use its memory again.
    this.#chunks.push(bytes.slice());
    this.#size += bytes.length;
    this.#signal();
    while (this.#size > CAPACITY) {
      if (this.#readerClosed) throw new BrokenPipe();
      await this.#changed();
    }
  }

  flush(): void {}

  closeWriter(): void {
    this.#writersClosed = true;
    this.#signal();
  }

  closeReader(): void {
    this.#readerClosed = true;
    this.#chunks = [];
    this.#size = 0;
    this.#signal();
  }

  #signal(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }
}
