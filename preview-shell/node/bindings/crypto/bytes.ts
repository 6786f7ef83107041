/** What crosses between Node's crypto library and ours. */
import type { BindingContext } from '../../context.ts';
import { encodeText } from '../string-bytes.ts';

export type Source = string | ArrayBufferView | ArrayBufferLike;

/** Own bytes of what a program gave; noble takes no shared memory for granted, so views stay views. */
export function bytesOf(source: Source, encoding?: string): Uint8Array {
  if (typeof source === 'string') return encodeText(source, encoding === undefined || encoding === 'buffer' ? 'utf8' : encoding);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return new Uint8Array(source);
}

interface NodeBuffer {
  toString(encoding: string): string;
}

/** A Buffer, or its text in an encoding. */
export function output(ctx: BindingContext, bytes: Uint8Array, encoding?: string): unknown {
  const { Buffer } = ctx.global as unknown as { Buffer: { from(buffer: ArrayBufferLike, offset: number, length: number): NodeBuffer } };
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return encoding === undefined || encoding === 'buffer' ? buffer : buffer.toString(encoding);
}

/** The bytes in a buffer of their own. */
export function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}
