/** Bytes that the host sends on one stream, for a reader of ours: granted again as they are read. */
import { STREAM_WINDOW } from '../../shared/protocol/host-link.ts';

/** Read bytes are granted together once they are so many. */
const GRANT_AT = STREAM_WINDOW / 4;

export class Incoming<T> {
  readonly stream: ReadableStream<T>;
  /** Bytes that the host may still send. */
  allowance = STREAM_WINDOW;
  private readonly grant: (bytes: number) => void;
  private readonly queue: { value: T; bytes: number }[] = [];
  private ungranted = 0;
  private wake: (() => void) | undefined;
  private over = false;
  private failure: unknown;

  /** `grant` tells the host that it may send more; `cancelled` that nobody reads any more. */
  constructor(grant: (bytes: number) => void, cancelled: () => void) {
    this.grant = grant;
    this.stream = new ReadableStream<T>(
      {
        pull: (controller) => this.pull(controller),
        cancel: () => {
          this.over = true;
          this.queue.length = 0;
          this.allowance = Infinity;
          cancelled();
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** `bytes` of what has come are part of no value yet, or of one that is pushed now. */
  push(value: T | undefined, bytes: number): void {
    this.allowance -= bytes;
    if (value === undefined) this.read(bytes);
    else if (!this.over) this.queue.push({ value, bytes });
    this.wake?.();
  }

  end(): void {
    this.over = true;
    this.wake?.();
  }

  fail(error: unknown): void {
    if (this.over) return;
    this.failure = error;
    this.end();
  }

  private async pull(controller: ReadableStreamDefaultController<T>): Promise<void> {
    while (this.queue.length === 0 && !this.over) await new Promise<void>((resolve) => (this.wake = resolve));
    // A reader of something that broke learns it at once, not after what is left.
    if (this.failure !== undefined) return controller.error(this.failure);
    const next = this.queue.shift();
    if (next === undefined) return controller.close();
    controller.enqueue(next.value);
    this.read(next.bytes);
  }

  private read(bytes: number): void {
    this.ungranted += bytes;
    if (this.ungranted < GRANT_AT || this.over) return;
    this.allowance += this.ungranted;
    this.grant(this.ungranted);
    this.ungranted = 0;
  }
}
