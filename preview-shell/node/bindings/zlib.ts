/** node:zlib's handles (node_zlib.cc). */
import crc32 from 'pako/lib/zlib/crc32.js';
import type { BindingContext } from '../context.ts';
import { ZlibContext, type ZlibFailure } from './zlib/context.ts';
import { encodeUtf8 } from './string-bytes.ts';

type OnError = (message: string, errno: number, code: string) => void;

export function create(ctx: BindingContext): Record<string, unknown> {
  class Zlib {
    onerror: OnError | undefined;
    readonly #mode: number;
    #context: ZlibContext | undefined;
    #state: Uint32Array = new Uint32Array(2);
    #callback: () => void = () => {};
    #busy = false;
    #closing = false;

    constructor(mode: number) {
      this.#mode = mode;
    }

    init(windowBits: number, level: number, memLevel: number, strategy: number, state: Uint32Array, callback: () => void, dictionary?: Uint8Array): void {
      this.#state = state;
      this.#callback = callback;
      this.#context = new ZlibContext(this.#mode, { windowBits, level, memLevel, strategy, dictionary });
      const failure = this.#context.init();
      if (failure !== undefined) throw Object.assign(new Error(failure.message), { errno: failure.error, code: failure.code });
    }

    params(level: number, strategy: number): void {
      this.#report(this.#context?.params(level, strategy));
    }

    reset(): void {
      this.#report(this.#context?.reset());
    }

    write(flush: number, input: Uint8Array | null, inputAt: number, inputLength: number, output: Uint8Array, outputAt: number, outputLength: number): void {
      this.#busy = true;
      ctx.loop.complete(() => {
        this.#busy = false;
        if (this.#closing) return this.close();
        this.#run(flush, input, inputAt, inputLength, output, outputAt, outputLength);
        if (this.#report(this.#context?.check())) return undefined;
        Reflect.apply(this.#callback, this, []);
        if (this.#closing) this.close();
        return undefined;
      });
    }

    writeSync(flush: number, input: Uint8Array | null, inputAt: number, inputLength: number, output: Uint8Array, outputAt: number, outputLength: number): void {
      this.#run(flush, input, inputAt, inputLength, output, outputAt, outputLength);
      this.#report(this.#context?.check());
    }

    close(): void {
      if (this.#busy) {
        this.#closing = true;
        return;
      }
      this.#context?.close();
      this.#context = undefined;
    }

    getAsyncId(): number {
      return 0;
    }

    #run(flush: number, input: Uint8Array | null, inputAt: number, inputLength: number, output: Uint8Array, outputAt: number, outputLength: number): void {
      if (this.#context === undefined) throw new Error('already closed');
      const bytes = input === null ? undefined : view(input, inputAt, inputLength);
      const { room, left } = this.#context.run(flush, bytes, view(output, outputAt, outputLength));
      this.#state[0] = room;
      this.#state[1] = left;
    }

    /** @returns whether there was a failure */
    #report(failure: ZlibFailure | undefined): boolean {
      if (failure === undefined) return false;
      this.#busy = false;
      this.onerror?.(failure.message, failure.error, failure.code);
      if (this.#closing) this.close();
      return true;
    }
  }

  return {
    Zlib,
    BrotliEncoder: unsupported('Brotli'), BrotliDecoder: unsupported('Brotli'), ZstdCompress: unsupported('Zstandard'), ZstdDecompress: unsupported('Zstandard'),
    crc32: (data: string | ArrayBufferView, value = 0) => {
      const bytes = typeof data === 'string' ? encodeUtf8(data) : view(data, 0, data.byteLength);
      return crc32(value, bytes, bytes.length, 0) >>> 0;
    },
  };
}

const view = (buffer: ArrayBufferView, at: number, length: number): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset + at, length);

function unsupported(what: string) {
  return class {
    constructor() {
      throw Object.assign(new Error(`${what} compression is not supported in the container.`), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
    }
  };
}
