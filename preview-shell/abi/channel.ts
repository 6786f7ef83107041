/**
 * The system call channel of one thread: shared memory between the thread (client) and the kernel (server).
 *
 *     control: Int32[8]   STATE, SEQUENCE, LENGTH, STATUS, two words of idle.ts      data: CHANNEL_DATA_BYTES
 *
 * One call is in flight at a time. STATE goes IDLE -> REQUEST (client) -> RESPONSE (kernel) -> IDLE (client).
 * STATUS is 0, or a negative errno; then the data is a detail string. The reply repeats SEQUENCE, and the client checks it.
 */
import { Reader, Writer, CodecOverflow, type Value } from './codec.ts';
import { SysError, errnoName } from './errno.ts';

const STATE = 0;
const SEQUENCE = 1;
const LENGTH = 2;
const STATUS = 3;
export const CONTROL_WORDS = 8;

const IDLE = 0;
const REQUEST = 1;
const RESPONSE = 2;

/** Room for one request or one reply. Bulk transfers above it are split by the caller (`MAX_TRANSFER`). */
export const CHANNEL_DATA_BYTES = 1 << 20;
/** The most bytes that one read or write call moves, with room left for the other arguments. */
export const MAX_TRANSFER = CHANNEL_DATA_BYTES - 4096;

export function createChannelMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(CONTROL_WORDS * 4 + CHANNEL_DATA_BYTES);
}

/** The thread's end. `call` blocks the thread until the kernel has answered. */
export class ChannelClient {
  private readonly control: Int32Array;
  private readonly writer: Writer;
  private readonly reader: Reader;
  private sequence = 0;

  constructor(memory: SharedArrayBuffer) {
    this.control = new Int32Array(memory, 0, CONTROL_WORDS);
    const data = new Uint8Array(memory, CONTROL_WORDS * 4);
    this.writer = new Writer(data);
    this.reader = new Reader(data);
  }

  /** @throws {SysError} with the kernel's error name. */
  call(operation: string, ...args: Value[]): Value {
    const { control } = this;
    const sequence = ++this.sequence;
    control[LENGTH] = this.encode(operation, args);
    control[SEQUENCE] = sequence;
    Atomics.store(control, STATE, REQUEST);
    Atomics.notify(control, STATE);
    // A wait may end for no reason: look again until the state says so.
    while (Atomics.load(control, STATE) !== RESPONSE) Atomics.wait(control, STATE, REQUEST);
    if (control[SEQUENCE] !== sequence) throw new SysError('EPROTO', `reply ${control[SEQUENCE]} to call ${sequence} (${operation})`);
    const status = control[STATUS] as number;
    const result = this.reader.decode(control[LENGTH] as number);
    Atomics.store(control, STATE, IDLE);
    if (status < 0) throw new SysError(errnoName(status), typeof result === 'string' ? result : undefined);
    return result;
  }

  private encode(operation: string, args: Value[]): number {
    try {
      return this.writer.encode([operation, ...args]);
    } catch (error) {
      if (error instanceof CodecOverflow) throw new SysError('EMSGSIZE', `${operation}: ${error.message}`);
      throw error;
    }
  }
}

/** Handles one call. May answer later (the thread stays blocked), and throws a `SysError` to fail it. */
export type CallHandler = (operation: string, args: readonly Value[]) => Value | void | Promise<Value | void>;

/** The kernel's end: waits without blocking, answers in order. Ends when `signal` aborts. */
export class ChannelServer {
  private readonly control: Int32Array;
  private readonly writer: Writer;
  private readonly reader: Reader;
  private readonly handler: CallHandler;
  private readonly signal: AbortSignal;
  private blocked = 0;
  private blockedSince: number | undefined;

  constructor(memory: SharedArrayBuffer, handler: CallHandler, signal: AbortSignal) {
    this.control = new Int32Array(memory, 0, CONTROL_WORDS);
    const data = new Uint8Array(memory, CONTROL_WORDS * 4);
    this.writer = new Writer(data);
    this.reader = new Reader(data);
    this.handler = handler;
    this.signal = signal;
    // Wakes the wait, which would keep the memory of an ended thread alive for ever.
    signal.addEventListener('abort', () => Atomics.notify(this.control, STATE), { once: true });
    this.listen();
  }

  /** Milliseconds that the thread has waited for calls that were answered later: it slept in them. Calls that are answered at once are work. */
  get blockedTime(): number {
    return this.blocked + (this.blockedSince === undefined ? 0 : performance.now() - this.blockedSince);
  }

  /** A loop, not a recursion: a thread may ask again before the answer to its last call has returned. */
  private listen(): void {
    const { control } = this;
    while (!this.signal.aborted) {
      const state = Atomics.load(control, STATE);
      if (state === REQUEST) {
        if (!this.serve()) return;
        continue;
      }
      const wait = Atomics.waitAsync(control, STATE, state);
      if (wait.async) void wait.value.then(() => this.listen());
      else queueMicrotask(() => this.listen());
      return;
    }
  }

  /** @returns whether the call is answered; one that is answered later listens again by itself */
  private serve(): boolean {
    let result: Value | void | Promise<Value | void>;
    try {
      const request = this.reader.decode(this.control[LENGTH] as number) as Value[];
      result = this.handler(request[0] as string, request.slice(1));
    } catch (error) {
      this.fail(error);
      return true;
    }
    if (!(result instanceof Promise)) {
      this.answer(0, result as Value);
      return true;
    }
    this.blockedSince = performance.now();
    void result.then((value) => this.answer(0, value as Value), (error: unknown) => this.fail(error)).then(() => this.listen());
    return false;
  }

  private fail(error: unknown): void {
    if (error instanceof SysError) this.answer(error.errno, error.message);
    else this.answer(new SysError('EIO').errno, `the kernel failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  private answer(status: number, value: Value): void {
    this.blocked = this.blockedTime;
    this.blockedSince = undefined;
    if (this.signal.aborted) return;
    const { control } = this;
    try {
      control[LENGTH] = this.writer.encode(value);
      control[STATUS] = status;
    } catch (error) {
      if (!(error instanceof CodecOverflow)) throw error;
      control[LENGTH] = this.writer.encode(error.message);
      control[STATUS] = new SysError('EMSGSIZE').errno;
    }
    Atomics.store(control, STATE, RESPONSE);
    Atomics.notify(control, STATE);
  }
}
