/** Moving bytes between buffers of the thread and descriptors, through a channel that carries at most MAX_TRANSFER at a time. */
import { MAX_TRANSFER } from '../../../abi/channel.ts';
import type { Value } from '../../../abi/codec.ts';
import type { FsSupport } from './support.ts';

export type Position = number | null;

/** What Node's JavaScript passes: -1, null or undefined is the file's own position. */
export function positionOf(value: unknown): Position {
  if (typeof value === 'bigint') return value < 0n ? null : Number(value);
  return typeof value === 'number' && value >= 0 ? value : null;
}

export function bytesOf(view: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return ArrayBuffer.isView(view) ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(view);
}

interface Range {
  readonly pack: string;
  readonly offset: number;
  readonly length: number;
}

export function isRange(value: Value): value is Range & { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && 'pack' in value;
}

/** Copies a part of a pack, from shared memory where the thread has it. */
export function copyRange(fs: FsSupport, range: Range, target: Uint8Array): void {
  const shared = fs.ctx.packs?.get(range.pack);
  if (shared !== undefined) {
    target.set(new Uint8Array(shared, range.offset, range.length));
    return;
  }
  for (let at = 0; at < range.length; at += MAX_TRANSFER) {
    target.set(fs.call('fs.packBytes', range.pack, range.offset + at, Math.min(MAX_TRANSFER, range.length - at)) as Uint8Array, at);
  }
}

/** read(2), or pread(2) with a position; short only where the system call is. */
export function readInto(fs: FsSupport, fd: number, target: Uint8Array, position: Position): number {
  let done = 0;
  while (done < target.length) {
    const wanted = Math.min(MAX_TRANSFER, target.length - done);
    const result = fs.call('fs.read', fd, wanted, position === null ? null : position + done);
    const length = take(fs, result, target.subarray(done));
    done += length;
    if (length < wanted) break;
  }
  return done;
}

function take(fs: FsSupport, result: Value, target: Uint8Array): number {
  if (isRange(result)) {
    copyRange(fs, result, target);
    return result.length;
  }
  const bytes = result as Uint8Array;
  target.set(bytes);
  return bytes.length;
}

export function writeFrom(fs: FsSupport, fd: number, bytes: Uint8Array, position: Position): number {
  let done = 0;
  do {
    const part = bytes.subarray(done, done + MAX_TRANSFER);
    done += fs.call('fs.write', fd, part, position === null ? null : position + done) as number;
  } while (done < bytes.length);
  return done;
}

const CHUNK = 512 * 1024;

/** Everything from the current position on. */
export function readToEnd(fs: FsSupport, fd: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const part = new Uint8Array(CHUNK);
    const length = readInto(fs, fd, part, null);
    if (length === 0) break;
    parts.push(part.subarray(0, length));
    total += length;
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
