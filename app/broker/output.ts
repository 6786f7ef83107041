import { MAX_CHUNK } from '../../shared/protocol/broker-constants.ts';

/**
 * Reads a process's output no faster than the app grants credit, so that `yes` fills the broker's stream queue and not the page.
 * `grant` adds UTF-16 units; `stop` ends reading for good.
 */
export class PacedOutput {
  #credit: number;
  #wake: (() => void) | undefined;
  #stopped = false;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #send: (data: string) => void;

  constructor(stream: ReadableStream<string>, credit: number, send: (data: string) => void) {
    this.#reader = stream.getReader();
    this.#credit = credit;
    this.#send = send;
  }

  grant(units: number): void {
    this.#credit += units;
    this.#wake?.();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#reader.cancel();
  }

  /** Settles when the stream has ended or `stop` was called. */
  async run(): Promise<void> {
    for (;;) {
      await this.#credited();
      if (this.#stopped) return;
      const { done, value } = await this.#reader.read();
      if (done) return;
      await this.#forward(value);
    }
  }

  async #forward(text: string): Promise<void> {
    for (let at = 0; at < text.length && !this.#stopped; ) {
      await this.#credited();
      const chunk = text.slice(at, at + Math.min(MAX_CHUNK, this.#credit));
      this.#credit -= chunk.length;
      this.#send(chunk);
      at += chunk.length;
    }
  }

  async #credited(): Promise<void> {
    while (this.#credit <= 0 && !this.#stopped) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#wake = undefined;
  }
}
