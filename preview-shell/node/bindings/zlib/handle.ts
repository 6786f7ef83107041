/** What node:zlib's streams drive: the engine of a format, run now or on a later turn (CompressionStream, node_zlib.cc). */
import type { BindingContext } from '../../context.ts';
import { AsyncWrap } from '../handles.ts';
import type { CompressionContext, ZlibFailure } from './compression-context.ts';

type OnError = (message: string, errno: number, code: string) => void;

export abstract class CompressionHandle extends AsyncWrap {
  onerror: OnError | undefined;
  #engine: CompressionContext | undefined;
  #state: Uint32Array = new Uint32Array(2);
  #callback: () => void = () => {};
  #busy = false;
  #closing = false;

  constructor(ctx: BindingContext) {
    super(ctx, 'ZLIB');
  }

  protected open(engine: CompressionContext, state: Uint32Array, callback: () => void): void {
    this.#engine = engine;
    this.#state = state;
    this.#callback = callback;
  }

  params(level: number, strategy: number): void {
    this.#report(this.#engine?.params(level, strategy));
  }

  reset(): void {
    this.#report(this.#engine?.reset());
  }

  write(flush: number, input: Uint8Array | null, inputAt: number, inputLength: number, output: Uint8Array, outputAt: number, outputLength: number): void {
    this.#busy = true;
    this.bindingContext.loop.complete(() => {
      this.#busy = false;
      if (this.#closing) return this.close();
      this.#run(flush, input, inputAt, inputLength, output, outputAt, outputLength);
      if (this.#report(this.#engine?.check())) return undefined;
      this.runInContext(this.#callback, []);
      if (this.#closing) this.close();
      return undefined;
    });
  }

  writeSync(flush: number, input: Uint8Array | null, inputAt: number, inputLength: number, output: Uint8Array, outputAt: number, outputLength: number): void {
    this.#run(flush, input, inputAt, inputLength, output, outputAt, outputLength);
    this.#report(this.#engine?.check());
  }

  close(): void {
    if (this.#busy) {
      this.#closing = true;
      return;
    }
    this.#engine?.close();
    this.#engine = undefined;
    this.destroyed();
  }

  #run(flush: number, input: Uint8Array | null, inputAt: number, inputLength: number, output: Uint8Array, outputAt: number, outputLength: number): void {
    if (this.#engine === undefined) throw new Error('already closed');
    const bytes = input === null ? undefined : view(input, inputAt, inputLength);
    const { room, left } = this.#engine.run(flush, bytes, view(output, outputAt, outputLength));
    this.#state[0] = room;
    this.#state[1] = left;
  }

  /** @returns whether there was a failure */
  #report(failure: ZlibFailure | undefined): boolean {
    if (failure === undefined) return false;
    this.#busy = false;
    if (this.onerror !== undefined) this.runInContext(this.onerror, [failure.message, failure.error, failure.code]);
    if (this.#closing) this.close();
    return true;
  }
}

export const view = (buffer: ArrayBufferView, at: number, length: number): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset + at, length);
