/**
 * The brotli-wasm package (the Rust port of Brotli) in WebAssembly, without the package's own loader, which is asynchronous: one instance for a
 * thread, made on first use. Pointers are addresses in its memory; an object of ours is known to it by its index in `objects`.
 */
import { native } from '../../../natives.ts';

interface BrotliExports {
  memory: WebAssembly.Memory;
  compressstream_new(hasQuality: boolean, quality: number): number;
  compressstream_compress(result: number, stream: number, input: number, length: number, room: number): void;
  __wbg_compressstream_free(stream: number): void;
  decompressstream_new(): number;
  decompressstream_decompress(result: number, stream: number, input: number, length: number, room: number): void;
  __wbg_decompressstream_free(stream: number): void;
  __wbg_get_brotlistreamresult_code(result: number): number;
  __wbg_get_brotlistreamresult_buf(pair: number, result: number): void;
  __wbg_get_brotlistreamresult_input_offset(result: number): number;
  __wbg_brotlistreamresult_free(result: number): void;
  __wbindgen_malloc(bytes: number): number;
  __wbindgen_free(pointer: number, bytes: number): void;
  __wbindgen_add_to_stack_pointer(bytes: number): number;
}

/** BrotliStreamResultCode of the package. */
export const RESULT = { success: 1, needsInput: 2, needsOutput: 3 } as const;

export interface Step {
  code: number;
  output: Uint8Array;
  /** Bytes of the input that were taken. */
  taken: number;
}

/** What the library reports; it carries Brotli's own number where there is one. */
export class BrotliError extends Error {
  readonly errno: number;
  constructor(message: string) {
    super(message);
    this.errno = Number(/Error code (-\d+)/.exec(message)?.[1] ?? 0);
  }
}

const STACK_FRAME = 16;

export class BrotliLibrary {
  private readonly wasm: BrotliExports;
  private readonly objects = new Map<number, Error>();
  private objectCount = 0;

  constructor(module: WebAssembly.Module) {
    const keep = (error: Error): number => (this.objects.set(++this.objectCount, error), this.objectCount);
    // Its other imports serve its one-shot functions, and messages of a panic.
    const wbg = {
      __wbindgen_error_new: (at: number, length: number) => keep(new BrotliError(this.text(at, length))),
      __wbindgen_string_new: (at: number, length: number) => keep(new BrotliError(this.text(at, length))),
      __wbindgen_object_drop_ref: (index: number) => void this.objects.delete(index),
      __wbindgen_throw: (at: number, length: number) => { throw new BrotliError(this.text(at, length)); },
      __wbg_error_09919627ac0992f5: (at: number, length: number) => { throw new BrotliError(this.text(at, length)); },
      __wbg_new_693216e109162396: () => keep(new BrotliError('panic')),
    };
    const unused = Object.fromEntries(native.WebAssembly.Module.imports(module).map(({ name }) => [name, () => { throw new BrotliError(`unexpected call of ${name}`); }]));
    this.wasm = new native.WebAssembly.Instance(module, { wbg: { ...unused, ...wbg } }).exports as unknown as BrotliExports;
  }

  /** @param quality 0 to 11 */
  openCompressor(quality: number): number {
    return this.wasm.compressstream_new(true, quality);
  }

  openDecompressor(): number {
    return this.wasm.decompressstream_new();
  }

  closeCompressor(stream: number): void {
    this.wasm.__wbg_compressstream_free(stream);
  }

  closeDecompressor(stream: number): void {
    this.wasm.__wbg_decompressstream_free(stream);
  }

  /** @param input undefined: that was all. @throws {BrotliError} */
  compress(stream: number, input: Uint8Array | undefined, room: number): Step {
    const at = input === undefined ? 0 : this.copyIn(input);
    return this.step((result) => this.wasm.compressstream_compress(result, stream, at, input?.length ?? 0, room));
  }

  /** @throws {BrotliError} */
  decompress(stream: number, input: Uint8Array, room: number): Step {
    const at = this.copyIn(input);
    return this.step((result) => this.wasm.decompressstream_decompress(result, stream, at, input.length, room));
  }

  /** The library frees what it is given. */
  private copyIn(input: Uint8Array): number {
    const at = this.wasm.__wbindgen_malloc(input.length);
    new Uint8Array(this.wasm.memory.buffer).set(input, at);
    return at;
  }

  /** A call answers (result, error, failed) in a frame on the library's stack. */
  private step(call: (frame: number) => void): Step {
    const frame = this.wasm.__wbindgen_add_to_stack_pointer(-STACK_FRAME);
    try {
      call(frame);
      const [result, error, failed] = this.words(frame, 3);
      if (failed !== 0) throw this.take(error as number);
      return this.read(result as number, frame);
    } finally {
      this.wasm.__wbindgen_add_to_stack_pointer(STACK_FRAME);
    }
  }

  private read(result: number, frame: number): Step {
    const code = this.wasm.__wbg_get_brotlistreamresult_code(result);
    const taken = this.wasm.__wbg_get_brotlistreamresult_input_offset(result);
    this.wasm.__wbg_get_brotlistreamresult_buf(frame, result);
    const [at = 0, length = 0] = this.words(frame, 2);
    const output = new Uint8Array(this.wasm.memory.buffer, at, length).slice();
    this.wasm.__wbindgen_free(at, length);
    this.wasm.__wbg_brotlistreamresult_free(result);
    return { code, output, taken };
  }

  private words(at: number, count: number): Int32Array {
    return new Int32Array(this.wasm.memory.buffer, at, count).slice();
  }

  private take(index: number): Error {
    const error = this.objects.get(index) ?? new BrotliError('unknown');
    this.objects.delete(index);
    return error;
  }

  private text(at: number, length: number): string {
    return new native.TextDecoder().decode(new Uint8Array(this.wasm.memory.buffer, at, length));
  }
}
