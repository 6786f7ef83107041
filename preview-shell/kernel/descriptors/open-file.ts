/**
 * An open file description (POSIX 3.258): what one or more descriptors refer to. Files, pipe ends, terminals and sockets implement it.
 * It ends when the last descriptor that refers to it is closed (`release`).
 */
import type { Value } from '../../abi/codec.ts';

export type DescriptorKind = 'file' | 'directory' | 'pipe' | 'tty' | 'tcp' | 'unix' | 'device';

/** Where bytes that the description produces go once a thread has asked for them (`stream.readStart`). */
export interface ByteSink {
  /** `null` is the end of the stream. Never called again after the end or an error. The bytes belong to the sink. */
  data(bytes: Uint8Array | null): void;
  error(code: string): void;
  /** False while bytes must not go here (a reader outside a terminal's foreground process group waits). */
  eligible?(): boolean;
}

/** One reader that bytes are pushed to. A description shared by several processes may have several; each byte goes to one. */
export interface StreamReader {
  stop(): void;
  /** The reader has consumed this many bytes: as many more may come. */
  acknowledge(bytes: number): void;
}

export interface OpenFile {
  readonly kind: DescriptorKind;
  /**
   * Blocking read: up to `length` bytes; an empty array is end of file. `position` null reads at, and moves, the file offset.
   * A promise keeps the calling thread blocked. With `signal` the wait ends with EINTR.
   */
  read(length: number, position: number | null, signal: AbortSignal): Uint8Array | Promise<Uint8Array> | PackedRange;
  /** Takes all bytes (the caller splits). Answers when there is room for them, so that a blocking writer blocks. */
  write(bytes: Uint8Array, position: number | null, signal: AbortSignal): number | Promise<number>;
  /** The fields of `struct stat` as Node's fs binding orders them (18 numbers), see kernel/disk. */
  stat(): Value;
  /** Starts pushing bytes to the sink, at most STREAM_WINDOW_BYTES beyond what the reader has acknowledged. */
  readStart?(sink: ByteSink): StreamReader;
  /** Queues bytes without blocking; true when more may follow at once, else `onDrain` is called when there is room. */
  writeQueued?(bytes: Uint8Array, onDrain: (error?: string) => void): boolean;
  /** No more will be written (shutdown(2) with SHUT_WR). */
  shutdown?(): void;
  /** The last descriptor is gone. */
  release(): void;
}

/** Bytes that lie in a pack: the thread copies them from shared memory itself. */
export interface PackedRange {
  readonly pack: string;
  readonly offset: number;
  readonly length: number;
}
