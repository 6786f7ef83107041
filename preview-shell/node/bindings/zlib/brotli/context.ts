/** One Brotli compressor or decompressor (BrotliEncoderContext and BrotliDecoderContext, node_zlib.cc). */
import { ZLIB } from '../../tables/constants.ts';
import type { CompressionContext, Progress, ZlibFailure } from '../compression-context.ts';
import { Z } from '../codes.ts';
import { BrotliError, RESULT, type BrotliLibrary, type Step } from './library.ts';

/** BrotliEncoderOperation. */
export const OPERATION = { process: 0, flush: 1, finish: 2, emitMetadata: 3 } as const;
/** BrotliEncoderParameter: of these the library takes the first; mode, window, block size and size hint are advice, and any window is read by every decoder. */
const PARAMETER = { quality: 1, largeWindow: 6 } as const;
const UNSET = 0xffffffff;
const DEFAULT_QUALITY = 11;
/** The library copies what it is given: no more at a time than it soon takes. */
const SLICE = 65536;
const NOTHING = new Uint8Array(0);

/** @throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM for the format with windows beyond 24 bits, which RFC 7932 does not have */
function refuseLargeWindow(value: number | undefined): void {
  if (value === undefined || value === UNSET || value === 0) return;
  throw Object.assign(new Error('Brotli with large windows is not supported in the container.'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}

export class BrotliEncoderContext implements CompressionContext {
  private readonly library: BrotliLibrary;
  private readonly quality: number;
  private stream: number;
  private finished = false;
  private failed: ZlibFailure | undefined;

  constructor(library: BrotliLibrary, parameters: Uint32Array) {
    refuseLargeWindow(parameters[PARAMETER.largeWindow]);
    const quality = parameters[PARAMETER.quality] ?? UNSET;
    this.library = library;
    this.quality = quality === UNSET ? DEFAULT_QUALITY : Math.min(quality, DEFAULT_QUALITY);
    this.stream = library.openCompressor(this.quality);
  }

  run(operation: number, input: Uint8Array | undefined, output: Uint8Array): Progress {
    if (operation !== OPERATION.process && operation !== OPERATION.finish) return this.refuse(input, output);
    const source = input ?? NOTHING;
    let taken = 0;
    let made = 0;
    while (made < output.length && !this.finished) {
      const ends = taken === source.length;
      if (ends && operation !== OPERATION.finish) break;
      const step = this.step(ends ? undefined : source.subarray(taken, taken + SLICE), output.length - made);
      if (step === undefined) break;
      output.set(step.output, made);
      made += step.output.length;
      taken += step.taken;
      this.finished = ends && step.code === RESULT.success;
    }
    return { room: output.length - made, left: source.length - taken };
  }

  check(): ZlibFailure | undefined {
    return this.failed;
  }

  reset(): undefined {
    this.close();
    this.stream = this.library.openCompressor(this.quality);
    this.finished = false;
    this.failed = undefined;
    return undefined;
  }

  params(): undefined {
    return undefined;
  }

  close(): void {
    this.library.closeCompressor(this.stream);
  }

  private step(input: Uint8Array | undefined, room: number): Step | undefined {
    try {
      return this.library.compress(this.stream, input, room);
    } catch (error) {
      if (!(error instanceof BrotliError)) throw error;
      this.failed = { message: 'Compression failed', error: -1, code: 'ERR_BROTLI_COMPRESSION_FAILED' };
      return undefined;
    }
  }

  /** The library has no way to end a block early, nor one to add metadata. */
  private refuse(input: Uint8Array | undefined, output: Uint8Array): Progress {
    this.failed = { message: 'Flushing a Brotli stream before its end is not supported in the container.', error: -1, code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' };
    return { room: output.length, left: input?.length ?? 0 };
  }
}

const ERROR_NAMES = new Map(Object.entries(ZLIB).flatMap(([name, value]) => (name.startsWith('BROTLI_DECODER_ERROR') ? [[value, name.slice('BROTLI_DECODER'.length)] as const] : [])));

export class BrotliDecoderContext implements CompressionContext {
  private readonly library: BrotliLibrary;
  private stream: number;
  private operation = 0;
  private code: number = RESULT.needsInput;
  private failed: ZlibFailure | undefined;

  constructor(library: BrotliLibrary, parameters: Uint32Array) {
    // Here it is the second parameter of the decoder's own.
    refuseLargeWindow(parameters[1]);
    this.library = library;
    this.stream = library.openDecompressor();
  }

  run(operation: number, input: Uint8Array | undefined, output: Uint8Array): Progress {
    this.operation = operation;
    const source = input ?? NOTHING;
    let taken = 0;
    let made = 0;
    while (made < output.length && this.code !== RESULT.success) {
      const step = this.step(source.subarray(taken, taken + SLICE), output.length - made);
      if (step === undefined) break;
      this.code = step.code;
      output.set(step.output, made);
      made += step.output.length;
      taken += step.taken;
      if (step.code === RESULT.needsInput && taken === source.length) break;
    }
    return { room: output.length - made, left: source.length - taken };
  }

  check(): ZlibFailure | undefined {
    if (this.failed !== undefined) return this.failed;
    // As zlib tells of an early end.
    return this.operation === OPERATION.finish && this.code === RESULT.needsInput ? { message: 'unexpected end of file', error: Z.bufError, code: 'Z_BUF_ERROR' } : undefined;
  }

  reset(): undefined {
    this.close();
    this.stream = this.library.openDecompressor();
    this.code = RESULT.needsInput;
    this.failed = undefined;
    return undefined;
  }

  params(): undefined {
    return undefined;
  }

  close(): void {
    this.library.closeDecompressor(this.stream);
  }

  private step(input: Uint8Array, room: number): Step | undefined {
    try {
      return this.library.decompress(this.stream, input, room);
    } catch (error) {
      if (!(error instanceof BrotliError)) throw error;
      this.failed = { message: 'Decompression failed', error: error.errno, code: `ERR_${ERROR_NAMES.get(error.errno) ?? '_ERROR_UNREACHABLE'}` };
      return undefined;
    }
  }
}
