import type { StartThreadNote } from './thread-request.ts';

/**
 * What the kernel tells a thread unasked, on the thread's MessagePort, and what the thread tells the kernel without waiting.
 * Both ends are built together from one source (the same hashed bundle), so the version is checked once, in `ThreadInit`.
 */
export const ABI_VERSION = 1;

/**
 * Kernel -> thread. `fd` is a descriptor of the thread's process; `stream` is what `stream.attach` answered for it. A number `fd` may
 * be closed and mean something else while an event is on its way, a `stream` never: receivers compare it.
 */
export type KernelEvent =
  /** Bytes that arrived on a descriptor after `stream.readStart`; `null` is the end; `error` is an errno name. */
  | { type: 'data'; fd: number; stream: number; bytes: Uint8Array<ArrayBuffer> | null; error?: string }
  /** A `stream.write` that answered false is complete (one event for each, in order); `error` when it broke. */
  | { type: 'drain'; fd: number; stream: number; error?: string }
  /** A connection was accepted by the listening descriptor `fd`. */
  | { type: 'connection'; fd: number; stream: number; accepted: number }
  /** The outcome of `net.connect` on `fd`. */
  | { type: 'connect'; fd: number; stream: number; error?: string; detail?: string }
  | { type: 'child-exit'; pid: number; code: number; signal: string | null }
  | { type: 'signal'; signal: number }
  | { type: 'watch'; id: number; event: 'change' | 'rename'; filename: string }
  /** A thread that this thread started has ended. */
  | { type: 'thread-exit'; threadId: number; code: number; error?: string };

/** Thread -> kernel, no answer. */
export type ThreadNote =
  | StartThreadNote
  /** The thread has handed `bytes` of `stream` to its program: the kernel may send as many more. */
  | { type: 'ack'; stream: number; bytes: number };

/** Bytes that the kernel sends for one descriptor before it waits for acknowledgements. */
export const STREAM_WINDOW_BYTES = 512 * 1024;
/** Bytes queued in a pipe or socket above which `stream.write` reports that it is full. */
export const STREAM_HIGH_WATER_BYTES = 64 * 1024;
