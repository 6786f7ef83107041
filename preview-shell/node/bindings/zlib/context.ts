/** One compressor or decompressor (ZlibContext, node_zlib.cc) over pako's port of zlib. */
import ZStream from 'pako/lib/zlib/zstream.js';
import deflate from 'pako/lib/zlib/deflate.js';
import inflate from 'pako/lib/zlib/inflate.js';
import { codeName, MODE, Z } from './codes.ts';
import type { CompressionContext, Progress, ZlibFailure } from './compression-context.ts';

export interface ZlibSettings {
  windowBits: number;
  level: number;
  memLevel: number;
  strategy: number;
  dictionary: Uint8Array | undefined;
}

const GZIP_WRAPPER = 16;
const AUTOMATIC_WRAPPER = 32;
/** First byte of gzip (RFC 1952, 2.3.1); no zlib stream begins with it. */
const GZIP_MAGIC = 0x1f;
const CONFIGURED = ['max_lazy_match', 'good_match', 'nice_match', 'max_chain_length'] as const;

export class ZlibContext implements CompressionContext {
  private readonly mode: number;
  private readonly settings: ZlibSettings;
  private stream = new ZStream();
  private error: number = Z.ok;
  private flush = 0;
  /** Of `unzip`: whether what came is gzip, whose files may have several members; undefined before the first byte. */
  private isGzip: boolean | undefined;

  constructor(mode: number, settings: ZlibSettings) {
    this.mode = mode;
    this.settings = settings;
  }

  private get compresses(): boolean {
    return this.mode === MODE.deflate || this.mode === MODE.gzip || this.mode === MODE.deflateRaw;
  }

  init(): ZlibFailure | undefined {
    const { level, memLevel, strategy, dictionary } = this.settings;
    const windowBits = this.windowBits();
    this.error = this.compresses ? deflate.deflateInit2(this.stream, level, Z.deflated, windowBits, memLevel, strategy) : inflate.inflateInit2(this.stream, windowBits);
    if (this.error !== Z.ok) return this.failure('Init error');
    return dictionary === undefined ? undefined : this.setDictionary(dictionary);
  }

  run(flush: number, input: Uint8Array | undefined, output: Uint8Array): Progress {
    const { stream } = this;
    this.flush = flush;
    if (input !== undefined && input.length > 0) this.isGzip ??= input[0] === GZIP_MAGIC;
    stream.input = input ?? new Uint8Array(0);
    stream.next_in = 0;
    stream.avail_in = input?.length ?? 0;
    stream.output = output;
    stream.next_out = 0;
    stream.avail_out = output.length;
    this.error = this.compresses ? deflate.deflate(stream, flush) : this.inflate(flush);
    return { room: stream.avail_out, left: stream.avail_in };
  }

  check(): ZlibFailure | undefined {
    switch (this.error) {
      case Z.ok:
      case Z.bufError: return this.stream.avail_out !== 0 && this.flush === Z.finish ? { ...this.failure('unexpected end of file'), message: 'unexpected end of file', error: Z.bufError, code: 'Z_BUF_ERROR' } : undefined;
      case Z.streamEnd: return undefined;
      case Z.needDict: return this.failure(this.settings.dictionary === undefined ? 'Missing dictionary' : 'Bad dictionary', true);
      default: return this.failure('Zlib error');
    }
  }

  reset(): ZlibFailure | undefined {
    this.isGzip = undefined;
    this.error = this.compresses ? deflate.deflateReset(this.stream) : inflate.inflateReset(this.stream);
    if (this.error !== Z.ok) return this.failure('Failed to reset stream');
    return this.settings.dictionary === undefined ? undefined : this.setDictionary(this.settings.dictionary);
  }

  /** The stream was flushed before: from here on blocks are made with these settings. */
  params(level: number, strategy: number): ZlibFailure | undefined {
    if (!this.compresses || this.stream.state === null) return undefined;
    const sample = new ZStream();
    if (deflate.deflateInit2(sample, level, Z.deflated, this.windowBits(), this.settings.memLevel, strategy) !== Z.ok || sample.state === null) return this.failure('Failed to set parameters');
    Object.assign(this.stream.state, { level: sample.state['level'], strategy }, Object.fromEntries(CONFIGURED.map((name) => [name, sample.state?.[name]])));
    return undefined;
  }

  close(): void {
    if (this.stream.state === null) return;
    if (this.compresses) deflate.deflateEnd(this.stream);
    else inflate.inflateEnd(this.stream);
  }

  private windowBits(): number {
    const { windowBits } = this.settings;
    switch (this.mode) {
      case MODE.gzip:
      case MODE.gunzip: return windowBits + GZIP_WRAPPER;
      case MODE.unzip: return windowBits + AUTOMATIC_WRAPPER;
      case MODE.deflateRaw:
      case MODE.inflateRaw: return -windowBits;
      default: return windowBits;
    }
  }

  private setDictionary(dictionary: Uint8Array): ZlibFailure | undefined {
    if (this.mode === MODE.deflate || this.mode === MODE.deflateRaw) this.error = deflate.deflateSetDictionary(this.stream, dictionary);
    else if (this.mode === MODE.inflateRaw) this.error = inflate.inflateSetDictionary(this.stream, dictionary);
    return this.error === Z.ok ? undefined : this.failure('Failed to set dictionary');
  }

  private inflate(flush: number): number {
    const { stream } = this;
    let error = inflate.inflate(stream, flush);
    const { dictionary } = this.settings;
    if (error === Z.needDict && this.mode !== MODE.inflateRaw && dictionary !== undefined) {
      error = inflate.inflateSetDictionary(stream, dictionary);
      error = error === Z.ok ? inflate.inflate(stream, flush) : error === Z.dataError ? Z.needDict : error;
    }
    // Bytes after the end may be another member of the file; zeros are padding.
    const members = this.mode === MODE.gunzip || (this.mode === MODE.unzip && this.isGzip === true);
    while (stream.avail_in > 0 && members && error === Z.streamEnd && stream.input?.[stream.next_in] !== 0) {
      inflate.inflateReset(stream);
      error = inflate.inflate(stream, flush);
    }
    return error;
  }

  private failure(message: string, always = false): ZlibFailure {
    const own = this.stream.msg;
    return { message: !always && typeof own === 'string' && own !== '' ? own : message, error: this.error, code: codeName(this.error) };
  }
}
