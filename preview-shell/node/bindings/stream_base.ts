/** The interface of a stream handle for streams that are no descriptors: a JavaScript stream, an encrypted one (src/stream_base.cc). */
import { HandleWrap, type ReqWrap } from './handles.ts';
import { encodeAscii, encodeChunks, encodeLatin1, encodeUcs2, encodeUtf8 } from './string-bytes.ts';
import { ARRAY_BUFFER_OFFSET, BYTES_WRITTEN, LAST_WRITE_WAS_ASYNC, READ_BYTES_OR_ERROR, streamBaseState, type StreamListener } from './stream_wrap.ts';

export abstract class StreamBase extends HandleWrap {
  onread: unknown = undefined;
  bytesRead = 0;
  bytesWritten = 0;
  #userBuffer: Uint8Array | undefined;
  #listener: StreamListener | undefined;

  get fd(): number {
    return -1;
  }

  get isStreamBase(): boolean {
    return true;
  }

  get _externalStream(): this {
    return this;
  }

  abstract readStart(): number;
  abstract readStop(): number;
  abstract shutdown(req: ReqWrap): number;
  /** Writes bytes; 0 with `async` told through `wrote`, or -errno. */
  protected abstract writeBytes(req: ReqWrap, bytes: Uint8Array): number;

  useUserBuffer(buffer: Uint8Array): number {
    this.#userBuffer = buffer;
    return 0;
  }

  setListener(listener: StreamListener | undefined): void {
    this.#listener = listener;
  }

  writeBuffer(req: ReqWrap, bytes: Uint8Array): number {
    return this.writeBytes(req, bytes);
  }

  writeUtf8String(req: ReqWrap, text: string): number {
    return this.writeBytes(req, encodeUtf8(text));
  }

  writeLatin1String(req: ReqWrap, text: string): number {
    return this.writeBytes(req, encodeLatin1(text));
  }

  writeAsciiString(req: ReqWrap, text: string): number {
    return this.writeBytes(req, encodeAscii(text));
  }

  writeUcs2String(req: ReqWrap, text: string): number {
    return this.writeBytes(req, encodeUcs2(text));
  }

  writev(req: ReqWrap, chunks: readonly unknown[], allBuffers: boolean): number {
    return this.writeBytes(req, encodeChunks(chunks, allBuffers));
  }

  callOnread(nread: number, buffer: ArrayBuffer | undefined, offset: number): unknown {
    const state = streamBaseState(this.bindingContext);
    state[READ_BYTES_OR_ERROR] = nread;
    state[ARRAY_BUFFER_OFFSET] = offset;
    return this.makeCallback(this.onread, [buffer]);
  }

  /** Bytes for the reader. */
  protected emitData(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytesRead += bytes.length;
    if (this.#listener !== undefined) this.#listener.data(bytes);
    else if (this.#userBuffer !== undefined) this.#fill(this.#userBuffer, bytes);
    else this.callOnread(bytes.length, bytes.buffer, bytes.byteOffset);
  }

  /** The end, or an error, for the reader. */
  protected emitEnd(status: number): void {
    if (this.#listener !== undefined) this.#listener.end(status);
    else this.callOnread(status, undefined, 0);
  }

  protected wrote(bytes: number, isAsync: boolean): void {
    const state = streamBaseState(this.bindingContext);
    state[BYTES_WRITTEN] = bytes;
    state[LAST_WRITE_WAS_ASYNC] = isAsync ? 1 : 0;
    this.bytesWritten += bytes;
  }

  #fill(buffer: Uint8Array, bytes: Uint8Array<ArrayBuffer>): void {
    let target = buffer;
    for (let at = 0; at < bytes.length; ) {
      const n = Math.min(target.length, bytes.length - at);
      target.set(bytes.subarray(at, at + n));
      at += n;
      const next = this.callOnread(n, undefined, 0);
      if (next instanceof Uint8Array) target = this.#userBuffer = next;
    }
  }
}

