/** Streams of bytes over descriptors of the kernel (src/stream_base.cc, src/stream_wrap.cc). */
import { MAX_TRANSFER } from '../../abi/channel.ts';
import type { KernelEvent } from '../../abi/events.ts';
import type { BindingContext } from '../context.ts';
import { attempt, errnoOf, errnoOfName, HandleWrap, ReqWrap, UV_EOF } from './handles.ts';
import { encodeAscii, encodeChunks, encodeLatin1, encodeUcs2, encodeUtf8 } from './string-bytes.ts';

/** Positions in `streamBaseState`, by which a call tells Node's JavaScript more than it returns. */
export const READ_BYTES_OR_ERROR = 0;
export const ARRAY_BUFFER_OFFSET = 1;
export const BYTES_WRITTEN = 2;
export const LAST_WRITE_WAS_ASYNC = 3;
const STATE_FIELDS = 4;

const EBADF = errnoOfName('EBADF');
const ECANCELED = errnoOfName('ECANCELED');
const EINVAL = errnoOfName('EINVAL');
const LAST_STDIO = 2;
/** Consumed bytes are reported to the kernel in steps of this size, well inside STREAM_WINDOW_BYTES. */
const ACKNOWLEDGE_STEP_BYTES = 64 * 1024;

const states = new WeakMap<BindingContext, Int32Array>();

export function streamBaseState(ctx: BindingContext): Int32Array {
  const state = states.get(ctx) ?? new Int32Array(STATE_FIELDS);
  states.set(ctx, state);
  return state;
}

/** Who reads a stream instead of its `onread`: the HTTP parser that consumed it. `error` is negative. */
export interface StreamListener {
  data(bytes: Uint8Array<ArrayBuffer>): void;
  end(error: number): void;
}

interface PendingWrite {
  req: ReqWrap;
  bytes: number;
}

type StreamEvent = KernelEvent & { fd: number; stream: number };

export class LibuvStreamWrap extends HandleWrap {
  /** Called by this binding with an ArrayBuffer; set by Node's JavaScript. */
  onread: unknown = undefined;
  bytesRead = 0;
  bytesWritten = 0;
  #fd = -1;
  #stream = -1;
  #reading = false;
  #blocking = false;
  #unsubscribe: (() => void) | undefined;
  /** Events that came while the program was not reading; they wait for `readStart`. */
  readonly #held: StreamEvent[] = [];
  #flushing = false;
  #unacknowledged = 0;
  readonly #writes: PendingWrite[] = [];
  #userBuffer: Uint8Array | undefined;
  #listener: StreamListener | undefined;

  get fd(): number {
    return this.#fd;
  }

  get isStreamBase(): boolean {
    return true;
  }

  /** In Node a pointer for other native code; here the stream itself. */
  get _externalStream(): this {
    return this;
  }

  get writeQueueSize(): number {
    return this.#writes.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The kernel's number for this use of the descriptor; negative before there is one. */
  get stream(): number {
    return this.#stream;
  }

  /** Takes a descriptor over. @throws {SysError} EBADF */
  adopt(fd: number): void {
    this.#stream = this.bindingContext.kernel.call('stream.attach', fd) as number;
    this.#fd = fd;
    this.#unsubscribe = this.bindingContext.kernel.onDescriptor(fd, (event) => {
      if ('stream' in event && event.stream === this.#stream) this.handle(event);
    });
  }

  readStart(): number {
    if (this.#stream < 0) return EBADF;
    const status = attempt(() => this.#reading || this.bindingContext.kernel.call('stream.readStart', this.#stream));
    if (status !== 0) return status;
    this.#reading = true;
    this.updateActive(this.#reading);
    if (this.#held.length > 0) this.#flushLater();
    return 0;
  }

  readStop(): number {
    if (!this.#reading) return 0;
    this.#reading = false;
    this.updateActive(this.#reading);
    return this.closing ? 0 : attempt(() => this.bindingContext.kernel.call('stream.readStop', this.#stream));
  }

  /** Reads into a buffer of the program (`onread` of net.connect). */
  useUserBuffer(buffer: Uint8Array): number {
    this.#userBuffer = buffer;
    return 0;
  }

  setBlocking(blocking: boolean): number {
    this.#blocking = blocking;
    return 0;
  }

  /** Hands all that is read to `listener` until it is given back with `undefined`. */
  setListener(listener: StreamListener | undefined): void {
    this.#listener = listener;
  }

  writeBuffer(req: ReqWrap, bytes: Uint8Array): number {
    return this.write(req, bytes);
  }

  writeUtf8String(req: ReqWrap, text: string, handle?: object): number {
    // Descriptors are not sent over channels: the caller turns this into an error of `send`.
    return handle === undefined || handle === null ? this.write(req, encodeUtf8(text)) : errnoOfName('ENOTSUP');
  }

  writeLatin1String(req: ReqWrap, text: string): number {
    return this.write(req, encodeLatin1(text));
  }

  writeAsciiString(req: ReqWrap, text: string): number {
    return this.write(req, encodeAscii(text));
  }

  writeUcs2String(req: ReqWrap, text: string): number {
    return this.write(req, encodeUcs2(text));
  }

  /** `chunks` are buffers, or text and encoding in turn. */
  writev(req: ReqWrap, chunks: readonly unknown[], allBuffers: boolean): number {
    return this.write(req, encodeChunks(chunks, allBuffers));
  }

  shutdown(req: ReqWrap): number {
    if (this.#stream < 0) return errnoOfName('ENOTCONN');
    const status = attempt(() => this.bindingContext.kernel.call('stream.shutdown', this.#stream));
    if (status === 0) req.completeLater(0);
    return status;
  }

  /** An event of the kernel for this stream. Servers and connecting sockets add their own. */
  protected handle(event: StreamEvent): void {
    if (event.type === 'drain') this.#drained(event.error);
    else if (event.type !== 'data') return;
    else if (this.#reading && this.#held.length === 0) this.#deliver(event);
    else this.#held.push(event);
  }

  /** libuv: a stream is active while it reads. */
  protected updateActive(reading: boolean): void {
    this.setActive(reading);
  }

  protected override closed(): void {
    this.#unsubscribe?.();
    this.#reading = false;
    // libuv never closes the standard descriptors: what the process writes later must not land in another file.
    const call = this.#fd <= LAST_STDIO ? 'stream.detach' : 'stream.close';
    if (this.#stream >= 0) attempt(() => this.bindingContext.kernel.call(call, this.#stream));
    for (const { req } of this.#writes.splice(0)) this.bindingContext.loop.enqueue(() => req.complete(ECANCELED, this, undefined));
  }

  /** Queues bytes; `req` completes now or later, which the state fields tell. */
  protected write(req: ReqWrap, bytes: Uint8Array): number {
    const state = streamBaseState(this.bindingContext);
    state[BYTES_WRITTEN] = bytes.length;
    state[LAST_WRITE_WAS_ASYNC] = 0;
    if (this.#stream < 0) return EBADF;
    try {
      const complete = this.#send(bytes);
      this.bytesWritten += bytes.length;
      if (complete) return 0;
    } catch (error) {
      return errnoOf(error);
    }
    req.dispatched();
    this.#writes.push({ req, bytes: bytes.length });
    state[LAST_WRITE_WAS_ASYNC] = 1;
    return 0;
  }

  /** One system call moves at most MAX_TRANSFER; the pieces before the last wait for room, so that memory stays bounded. */
  #send(bytes: Uint8Array): boolean {
    const { kernel } = this.bindingContext;
    let at = 0;
    for (; bytes.length - at > MAX_TRANSFER; at += MAX_TRANSFER) {
      this.#sendPiece(bytes.subarray(at, at + MAX_TRANSFER));
    }
    const last = bytes.subarray(at);
    if (!this.#blocking) return kernel.call('stream.write', this.#stream, last) === true;
    kernel.call('stream.writeBlocking', this.#stream, last);
    return true;
  }

  #sendPiece(piece: Uint8Array): void {
    if (this.#blocking) this.bindingContext.kernel.call('stream.writeBlocking', this.#stream, piece);
    else this.bindingContext.kernel.call('stream.writePart', this.#stream, piece);
  }

  #drained(error: string | undefined): void {
    this.#writes.shift()?.req.complete(error === undefined ? 0 : errnoOfName(error), this, undefined);
  }

  #flushLater(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.bindingContext.loop.enqueue(() => {
      this.#flushing = false;
      while (this.#reading) {
        const event = this.#held.shift();
        if (event === undefined) return;
        this.#deliver(event);
      }
    });
  }

  #deliver(event: StreamEvent): void {
    if (event.type !== 'data') return;
    if (event.bytes === null) this.#end(event.error === undefined ? UV_EOF : errnoOfName(event.error));
    else this.#data(event.bytes);
  }

  #data(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytesRead += bytes.length;
    if (this.#listener !== undefined) this.#listener.data(bytes);
    else if (this.#userBuffer !== undefined) this.#fill(this.#userBuffer, bytes);
    else this.callOnread(bytes.length, bytes.buffer, bytes.byteOffset);
    this.#acknowledge(bytes.length);
  }

  /** `onread` may answer with the buffer for the next bytes. */
  #fill(buffer: Uint8Array, bytes: Uint8Array): void {
    const n = Math.min(buffer.length, bytes.length);
    buffer.set(bytes.subarray(0, n));
    const next = this.callOnread(n, undefined, 0);
    if (next instanceof Uint8Array) this.#userBuffer = next;
    if (n === bytes.length) return;
    const rest = new Uint8Array(bytes.subarray(n));
    if (this.#reading) this.#fill(this.#userBuffer ?? buffer, rest);
    else this.#held.unshift({ type: 'data', fd: this.#fd, stream: this.#stream, bytes: rest });
  }

  #end(status: number): void {
    this.#reading = false;
    this.updateActive(this.#reading);
    if (this.#listener !== undefined) this.#listener.end(status);
    else this.callOnread(status, undefined, 0);
  }

  /** CallJSOnreadMethod of stream_base.cc. */
  callOnread(nread: number, buffer: ArrayBuffer | undefined, offset: number): unknown {
    const state = streamBaseState(this.bindingContext);
    state[READ_BYTES_OR_ERROR] = nread;
    state[ARRAY_BUFFER_OFFSET] = offset;
    return this.makeCallback(this.onread, [buffer]);
  }

  #acknowledge(bytes: number): void {
    this.#unacknowledged += bytes;
    if (this.#unacknowledged < ACKNOWLEDGE_STEP_BYTES || this.closing) return;
    this.bindingContext.kernel.note({ type: 'ack', stream: this.#stream, bytes: this.#unacknowledged });
    this.#unacknowledged = 0;
  }
}

/** Opens a descriptor in a stream handle: `open(fd)` of Pipe and TCP. */
export function openDescriptor(handle: LibuvStreamWrap, fd: number): number {
  if (handle.fd >= 0) return EINVAL;
  return attempt(() => handle.adopt(fd));
}

export function create(ctx: BindingContext): Record<string, unknown> {
  class WriteWrap extends ReqWrap {
    constructor() {
      super(ctx, 'WRITEWRAP');
    }
  }
  class ShutdownWrap extends ReqWrap {
    constructor() {
      super(ctx, 'SHUTDOWNWRAP');
    }
  }
  return {
    LibuvStreamWrap, WriteWrap, ShutdownWrap,
    kReadBytesOrError: READ_BYTES_OR_ERROR,
    kArrayBufferOffset: ARRAY_BUFFER_OFFSET,
    kBytesWritten: BYTES_WRITTEN,
    kLastWriteWasAsync: LAST_WRITE_WAS_ASYNC,
    streamBaseState: streamBaseState(ctx),
  };
}
