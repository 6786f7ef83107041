import { OUTPUT_WINDOW } from '../../shared/protocol/broker.ts';
import type { AppToBroker, TerminalSize } from '../../shared/protocol/broker.ts';

export interface ContainerProcess {
  /** All that the process and its children print; ends when the last of them has. Paced: an unread stream stops the sender. */
  readonly output: ReadableStream<string>;
  /** The exit code; rejects with a `TerrariumError` when the container goes away first. */
  readonly exit: Promise<number>;
  /** Bytes for the process's terminal or standard input, as UTF-8 text. Does nothing after the exit. */
  write(data: string): void;
  resize(size: TerminalSize): void;
  kill(): void;
}

/** The app's end of one spawned process. `receive*` are called by the client that owns the port. */
export class ProcessEnd implements ContainerProcess {
  readonly output: ReadableStream<string>;
  readonly exit: Promise<number>;
  readonly #id: number;
  readonly #send: (message: AppToBroker) => void;
  readonly #exit = Promise.withResolvers<number>();
  readonly #queue: string[] = [];
  #queued = 0;
  #ended = false;
  #exited = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(id: number, send: (message: AppToBroker) => void) {
    this.#id = id;
    this.#send = send;
    this.exit = this.#exit.promise;
    // Whoever spawns may not care how it ends; an unobserved failure must not count as an unhandled rejection.
    this.exit.catch(() => {});
    this.output = new ReadableStream<string>({ pull: (controller) => this.#pull(controller), cancel: () => this.#discard() }, { highWaterMark: 0 });
  }

  write(data: string): void {
    this.#send({ type: 'input', process: this.#id, data });
  }

  resize(size: TerminalSize): void {
    this.#send({ type: 'resize', process: this.#id, size });
  }

  kill(): void {
    this.#send({ type: 'kill', process: this.#id });
  }

  /** Nothing more will come: it exited and its output ended. */
  get finished(): boolean {
    return this.#ended && this.#exited;
  }

  /** Returns false when the sender broke the credit it was given. */
  receiveOutput(data: string): boolean {
    if (this.#ended) return true;
    this.#queue.push(data);
    this.#queued += data.length;
    this.#wake?.();
    return this.#queued <= OUTPUT_WINDOW;
  }

  receiveEnd(): void {
    this.#ended = true;
    this.#wake?.();
  }

  receiveExit(code: number): void {
    this.#exited = true;
    this.#exit.resolve(code);
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#exit.reject(error);
    this.#wake?.();
  }

  async #pull(controller: ReadableStreamDefaultController<string>): Promise<void> {
    while (this.#queue.length === 0 && !this.#ended && this.#failure === undefined) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const text = this.#take();
    if (text !== '') controller.enqueue(text);
    else if (this.#failure !== undefined) controller.error(this.#failure);
    else controller.close();
  }

  /** All that has come so far, as one chunk; what is taken is granted again. */
  #take(): string {
    const text = this.#queue.splice(0).join('');
    this.#queued = 0;
    if (text !== '') this.#send({ type: 'credit', process: this.#id, units: text.length });
    return text;
  }

  /** Nobody reads any more: the process must not block on a full window. */
  #discard(): void {
    this.#ended = true;
    this.#queue.length = 0;
    this.#send({ type: 'credit', process: this.#id, units: Number.MAX_SAFE_INTEGER });
  }
}
