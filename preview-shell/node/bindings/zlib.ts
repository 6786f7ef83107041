/** node:zlib's handles (node_zlib.cc). */
import crc32 from 'pako/lib/zlib/crc32.js';
import type { BindingContext } from '../context.ts';
import { BrotliDecoderContext, BrotliEncoderContext } from './zlib/brotli/context.ts';
import { brotli } from './zlib/brotli/load.ts';
import { ZlibContext } from './zlib/context.ts';
import { CompressionHandle, view } from './zlib/handle.ts';
import { encodeUtf8 } from './string-bytes.ts';

export function create(ctx: BindingContext): Record<string, unknown> {
  class Zlib extends CompressionHandle {
    readonly #mode: number;

    constructor(mode: number) {
      super(ctx);
      this.#mode = mode;
    }

    init(windowBits: number, level: number, memLevel: number, strategy: number, state: Uint32Array, callback: () => void, dictionary?: Uint8Array): void {
      const engine = new ZlibContext(this.#mode, { windowBits, level, memLevel, strategy, dictionary });
      this.open(engine, state, callback);
      const failure = engine.init();
      if (failure !== undefined) throw Object.assign(new Error(failure.message), { errno: failure.error, code: failure.code });
    }
  }

  class BrotliEncoder extends CompressionHandle {
    constructor() {
      super(ctx);
    }

    init(parameters: Uint32Array, state: Uint32Array, callback: () => void): void {
      this.open(new BrotliEncoderContext(brotli(), parameters), state, callback);
    }
  }

  class BrotliDecoder extends CompressionHandle {
    constructor() {
      super(ctx);
    }

    init(parameters: Uint32Array, state: Uint32Array, callback: () => void): void {
      this.open(new BrotliDecoderContext(brotli(), parameters), state, callback);
    }
  }

  return {
    Zlib, BrotliEncoder, BrotliDecoder,
    ZstdCompress: unsupported('Zstandard'), ZstdDecompress: unsupported('Zstandard'),
    crc32: (data: string | ArrayBufferView, value = 0) => {
      const bytes = typeof data === 'string' ? encodeUtf8(data) : view(data, 0, data.byteLength);
      return crc32(value, bytes, bytes.length, 0) >>> 0;
    },
  };
}

function unsupported(what: string) {
  return class {
    constructor() {
      throw Object.assign(new Error(`${what} compression is not supported in the container.`), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
    }
  };
}
