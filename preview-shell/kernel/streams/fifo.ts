/**
 * A bounded first-in-first-out byte queue: one direction of a pipe, socket or terminal.
 *
 * Written bytes are always taken at once (they are a copy already); a write *completes* when the queue is below its high-water mark
 * again. So the queue holds at most the mark and one write for each blocked writer.
 */
import { STREAM_HIGH_WATER_BYTES, STREAM_WINDOW_BYTES } from '../../abi/events.ts';
import { SysError, type ErrnoName } from '../../abi/errno.ts';
import type { ByteSink, StreamReader } from '../descriptors/open-file.ts';

interface BlockedRead {
  length: number;
  resolve(bytes: Uint8Array): void;
  reject(error: SysError): void;
}

interface Flow {
  sink: ByteSink;
  /** Bytes that may still be sent before the reader acknowledges. */
  credit: number;
}

/** Told once: with nothing when the queue has room again, with an errno name when it broke. */
export type DrainListener = (error?: ErrnoName) => void;

export interface FifoOptions {
  /** Bytes above which writers wait. */
  highWater?: number;
  /** Bytes sent to one reader before it must acknowledge. */
  window?: number;
}

/** An end-of-file that readers see once, after which the queue goes on (a terminal's ^D). */
const END_MARK = null;

export class Fifo {
  private readonly chunks: (Uint8Array | typeof END_MARK)[] = [];
  private readonly reads: BlockedRead[] = [];
  private readonly flows: Flow[] = [];
  private drains: DrainListener[] = [];
  private readonly highWater: number;
  private readonly window: number;
  private size = 0;
  private ended = false;
  private endError: ErrnoName | undefined;
  private refusal: ErrnoName | undefined;
  private failure: ErrnoName | undefined;
  private pumping = false;

  constructor(options: FifoOptions = {}) {
    this.highWater = options.highWater ?? STREAM_HIGH_WATER_BYTES;
    this.window = options.window ?? STREAM_WINDOW_BYTES;
  }

  get length(): number {
    return this.size;
  }

  /** Blocking write. @throws {SysError} EPIPE when nobody can read any more, or what `fail` gave; EINTR by the signal. */
  write(bytes: Uint8Array, signal: AbortSignal): number | Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    // A reader may be handed the memory itself, of which nothing is left here then.
    const { length } = bytes;
    const drained = this.push(bytes, (error) => {
      signal.removeEventListener('abort', interrupt);
      if (error === undefined) resolve(length);
      else reject(new SysError(error));
    });
    const interrupt = (): void => reject(new SysError('EINTR'));
    if (drained) return length;
    signal.addEventListener('abort', interrupt, { once: true });
    return promise;
  }

  /** Queues bytes; true when the write is complete, else `onDrain` tells. @throws {SysError} EPIPE, or what `fail` or `end` gave. */
  push(bytes: Uint8Array, onDrain: DrainListener): boolean {
    if (this.failure !== undefined) throw new SysError(this.failure);
    if (this.refusal !== undefined || this.ended) throw new SysError(this.refusal ?? this.endError ?? 'EPIPE');
    if (bytes.length > 0) {
      this.chunks.push(bytes);
      this.size += bytes.length;
      this.pump();
    }
    if (this.size <= this.highWater) return true;
    this.drains.push(onDrain);
    return false;
  }

  /** Readers see one end of file when they get here; the queue goes on. */
  markEnd(): void {
    this.chunks.push(END_MARK);
    this.pump();
  }

  /** No more bytes will come: after what is queued readers see the end, or `error` (a connection that its peer reset). */
  end(error?: ErrnoName): void {
    if (this.ended) return;
    this.ended = true;
    this.endError = error;
    this.pump();
  }

  /** Nobody will read any more: writers get EPIPE, or `error`. */
  abandon(error: ErrnoName = 'EPIPE'): void {
    if (this.refusal !== undefined) return;
    this.refusal = error;
    this.chunks.length = 0;
    this.size = 0;
    this.releaseWriters(error);
  }

  /** Breaks the stream at once (a reset connection): readers and writers get the error. */
  fail(code: ErrnoName): void {
    if (this.failure !== undefined) return;
    this.failure = code;
    this.chunks.length = 0;
    this.size = 0;
    this.releaseWriters(code);
    this.pump();
  }

  /** Forgets what is queued (a terminal flushes its input on a signal). */
  drop(): void {
    this.chunks.length = 0;
    this.size = 0;
    this.releaseWriters();
  }

  /** Blocking read of at least one and at most `length` bytes; nothing at the end of file. */
  read(length: number, signal: AbortSignal): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const blocked: BlockedRead = { length, resolve, reject };
    const interrupt = (): void => {
      const at = this.reads.indexOf(blocked);
      if (at < 0) return;
      this.reads.splice(at, 1);
      reject(new SysError('EINTR'));
    };
    signal.addEventListener('abort', interrupt, { once: true });
    this.reads.push(blocked);
    this.pump();
    return promise.finally(() => signal.removeEventListener('abort', interrupt));
  }

  /** Pushes bytes to the sink as they come, within the window; what is queued already follows in a micro-task, never within the call. */
  start(sink: ByteSink): StreamReader {
    const flow: Flow = { sink, credit: this.window };
    this.flows.push(flow);
    queueMicrotask(() => this.pump());
    return {
      stop: () => this.forget(flow),
      acknowledge: (bytes) => {
        flow.credit += bytes;
        this.pump();
      },
    };
  }

  /** Looks again for somebody to give bytes to, after what `eligible` answers may have changed. */
  pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    while (this.step());
    this.pumping = false;
    if (this.size <= this.highWater) this.releaseWriters();
  }

  private step(): boolean {
    if (this.failure !== undefined) return this.finish(this.failure);
    const head = this.chunks[0];
    if (head === undefined) return this.ended && this.finish(this.endError);
    const read = this.reads.shift();
    if (read !== undefined) {
      read.resolve(this.take(head, read.length) ?? new Uint8Array(0));
      return true;
    }
    const flow = this.flows.find(({ sink, credit }) => credit > 0 && (sink.eligible?.() ?? true));
    if (flow === undefined) return false;
    const bytes = this.take(head, flow.credit);
    if (bytes === END_MARK) this.forget(flow);
    else flow.credit -= bytes.length;
    flow.sink.data(bytes);
    return true;
  }

  /** Tells one waiting reader of the end or the error; true when there was one. */
  private finish(error: ErrnoName | undefined): boolean {
    const read = this.reads.shift();
    const flow = read === undefined ? this.flows.shift() : undefined;
    if (error === undefined) {
      read?.resolve(new Uint8Array(0));
      flow?.sink.data(null);
    } else {
      read?.reject(new SysError(error));
      flow?.sink.error(error);
    }
    return read !== undefined || flow !== undefined;
  }

  private take(head: Uint8Array | typeof END_MARK, length: number): Uint8Array | typeof END_MARK {
    if (head === END_MARK || head.length <= length) {
      this.chunks.shift();
      this.size -= head?.length ?? 0;
      return head;
    }
    this.chunks[0] = head.subarray(length);
    this.size -= length;
    return head.subarray(0, length);
  }

  private forget(flow: Flow): void {
    const at = this.flows.indexOf(flow);
    if (at >= 0) this.flows.splice(at, 1);
  }

  private releaseWriters(error?: ErrnoName): void {
    const drains = this.drains;
    this.drains = [];
    for (const drain of drains) drain(error);
  }
}
