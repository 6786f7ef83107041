import { readFileSync } from 'node:fs';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { BrotliDecoderContext, BrotliEncoderContext, OPERATION } from './context.ts';
import { BrotliLibrary } from './library.ts';
import type { CompressionContext } from '../compression-context.ts';

const wasm = new URL('../../../../../node_modules/brotli-wasm/pkg.web/brotli_wasm_bg.wasm', import.meta.url);
const library = new BrotliLibrary(new WebAssembly.Module(readFileSync(wasm)));
const text = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `line ${(i * i) % 977}\n`).join(''));
const parameters = (set: Record<number, number> = {}): Uint32Array => Object.assign(new Uint32Array(9).fill(-1), set);

/** Drives a context with chunks of input into little room, as the streams of node:zlib do. */
function drive(context: CompressionContext, chunks: readonly Uint8Array[], room = 512): Buffer {
  const made: Buffer[] = [];
  for (const [index, chunk] of chunks.entries()) {
    const operation = index === chunks.length - 1 ? OPERATION.finish : OPERATION.process;
    let rest = chunk;
    for (let full = true; full;) {
      const output = new Uint8Array(room);
      const progress = context.run(operation, rest, output);
      const failure = context.check();
      if (failure !== undefined) throw Object.assign(new Error(failure.message), failure);
      made.push(Buffer.from(output.subarray(0, room - progress.room)));
      rest = rest.subarray(rest.length - progress.left);
      full = progress.room === 0;
    }
  }
  context.close();
  return Buffer.concat(made);
}

const chunksOf = (bytes: Uint8Array, size: number): Uint8Array[] => Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

test.each([0, 1, 5, 9, 11])('Node reads what is compressed with quality %d', (quality) => {
  const compressed = drive(new BrotliEncoderContext(library, parameters({ 1: quality })), chunksOf(text, 30_000));
  expect(zlib.brotliDecompressSync(compressed).equals(text)).toBe(true);
  expect(compressed.length).toBeLessThan(text.length / 2);
});

test('reads what Node compressed, in chunks of any size', () => {
  const compressed = zlib.brotliCompressSync(text);
  for (const size of [7, 1000, compressed.length]) expect(drive(new BrotliDecoderContext(library, parameters()), chunksOf(compressed, size)).equals(text)).toBe(true);
});

test('nothing at all is a stream too', () => {
  expect(zlib.brotliDecompressSync(drive(new BrotliEncoderContext(library, parameters()), [new Uint8Array(0)]))).toHaveLength(0);
});

test('leaves what follows the end of the stream', () => {
  const context = new BrotliDecoderContext(library, parameters());
  expect(context.run(OPERATION.process, Buffer.concat([zlib.brotliCompressSync('hello'), Buffer.from('tail')]), new Uint8Array(100))).toEqual({ room: 95, left: 4 });
});

test('tells of an early end and of rubbish as Node does', () => {
  const context = (): BrotliDecoderContext => new BrotliDecoderContext(library, parameters());
  expect(() => drive(context(), [zlib.brotliCompressSync(text).subarray(0, 50)])).toThrow(expect.objectContaining({ message: 'unexpected end of file', code: 'Z_BUF_ERROR', error: -5 }));
  expect(() => drive(context(), [Buffer.from('ffffffff', 'hex')])).toThrow(expect.objectContaining({ message: 'Decompression failed', code: 'ERR__ERROR_FORMAT_PADDING_2', error: -15 }));
});

test('begins anew after a reset', () => {
  const context = new BrotliEncoderContext(library, parameters());
  context.run(OPERATION.process, text, new Uint8Array(10));
  context.reset();
  expect(zlib.brotliDecompressSync(drive(context, [Buffer.from('again')])).toString()).toBe('again');
});

test('a flush, and large windows, are refused by name', () => {
  const context = new BrotliEncoderContext(library, parameters());
  context.run(OPERATION.flush, undefined, new Uint8Array(10));
  expect(context.check()?.code).toBe('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
  expect(() => new BrotliEncoderContext(library, parameters({ 6: 1 }))).toThrow(expect.objectContaining({ code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' }));
});
