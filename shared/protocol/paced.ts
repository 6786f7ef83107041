/** Bytes that go out no faster than the other side grants (shared/protocol/host-link.ts). */
import { MAX_DATA, STREAM_WINDOW } from './host-link.ts';
import type { Data } from './host-link.ts';

interface Waiting {
  bytes: Uint8Array<ArrayBuffer>;
  text: boolean;
  last: boolean;
  /** Called once the whole of it has gone out. */
  sent: (() => void) | undefined;
}

/** One direction of one stream. What waits for credit is bounded by whoever pushes, who is told when it has gone. */
export class PacedSender {
  readonly #id: number;
  readonly #send: (data: Data) => void;
  #credit = STREAM_WINDOW;
  readonly #waiting: Waiting[] = [];
  #whenDone: (() => void) | undefined;
  #stopped = false;

  constructor(id: number, send: (data: Data) => void) {
    this.#id = id;
    this.#send = send;
  }

  push(bytes: Uint8Array<ArrayBuffer>, { text = false, last = false, sent }: { text?: boolean; last?: boolean; sent?: () => void } = {}): void {
    if (this.#stopped) return;
    this.#waiting.push({ bytes, text, last, sent });
    this.#flush();
  }

  grant(bytes: number): void {
    this.#credit += bytes;
    this.#flush();
  }

  /** Calls back when everything pushed has gone out; nothing may be pushed afterwards. */
  finish(done: () => void): void {
    this.#whenDone = done;
    this.#flush();
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
  }

  #flush(): void {
    while (!this.#stopped) {
      const [next] = this.#waiting;
      if (next === undefined) return this.#conclude();
      const length = Math.min(next.bytes.length, MAX_DATA, this.#credit);
      if (length <= 0 && next.bytes.length > 0) return;
      this.#credit -= length;
      const whole = length === next.bytes.length;
      if (whole) this.#waiting.shift();
      this.#send({ id: this.#id, bytes: next.bytes.subarray(0, length), text: next.text, last: whole && next.last });
      next.bytes = next.bytes.subarray(length);
      if (whole) next.sent?.();
    }
  }

  #conclude(): void {
    const done = this.#whenDone;
    this.#whenDone = undefined;
    done?.();
  }
}
