/**
 * What every binding is given. One per thread. A spare Worker runs Node's bootstrap before it knows which thread it will be: `image`, `threadId`,
 * `isMainThread`, `packs`, `startedAt` and the kernel are to be asked for when they are needed, never when a binding is made.
 */
import type { ChannelClient } from '../abi/channel.ts';
import type { KernelEvent, ThreadNote } from '../abi/events.ts';
import type { ProcessImage } from '../abi/thread.ts';

export interface EventLoop {
  /** Milliseconds for which the thread waited for something to do. */
  readonly idleTime: number;
  /** Keeps the thread alive until the returned function is called (calling it twice is harmless). */
  hold(): () => void;
  /** Runs `callback` on a later turn, in order, through `makeCallback`. Does not keep the thread alive by itself. */
  enqueue(callback: () => void): void;
  /** `hold` until run, then `enqueue`: for the completion of a request. */
  complete(callback: () => void): void;
  /** Calls into JavaScript as Node's C++ does: then nextTick queue and micro-tasks; an exception becomes an uncaught exception. */
  makeCallback(callback: (...args: never[]) => unknown, self: unknown, args: readonly unknown[]): unknown;
}

export interface KernelLink {
  /** Blocking system call. @throws {SysError} */
  call: ChannelClient['call'];
  note(note: ThreadNote, transfer?: Transferable[]): void;
  /** Events for a descriptor (`data`, `drain`, `connection`, `connect`); returns the unsubscribe. Delivered on a turn of the loop. */
  onDescriptor(fd: number, listener: (event: KernelEvent & { fd: number }) => void): () => void;
  /** All other events by type. */
  on<T extends KernelEvent['type']>(type: T, listener: (event: Extract<KernelEvent, { type: T }>) => void): () => void;
}

export interface BindingContext {
  readonly loop: EventLoop;
  readonly kernel: KernelLink;
  readonly image: ProcessImage;
  readonly threadId: number;
  readonly isMainThread: boolean;
  /** Milliseconds on the clock of `native.performance` at which the thread was given its program; the Worker may be older. */
  readonly startedAt: number;
  /** Node's `process` object (its prototype chain is set up by Node's own bootstrap). */
  readonly process: Record<PropertyKey, unknown>;
  readonly global: typeof globalThis;
  internalBinding(name: string): Record<string, unknown>;
  /** Packs in shared memory, by hash (ThreadStart.packs and those that came later). */
  readonly packs?: ReadonlyMap<string, SharedArrayBuffer>;
  /** ThreadStart.names; undefined before the thread has its program. */
  readonly names?: Int32Array;
  readonly primordials: Record<string, unknown>;
  /** Callbacks that Node's JavaScript registers with its host (errors, task queue, promises); set by the bindings, called by the loop. */
  readonly hooks: Hooks;
}

/** Set through bindings such as `errors.setPrepareStackTraceCallback`; the loop and the bootstrap call them. */
export interface Hooks {
  prepareStackTrace?: (realm: unknown, error: unknown, trace: unknown[]) => unknown;
  enhanceStackBefore?: (error: unknown) => unknown;
  enhanceStackAfter?: (error: unknown) => unknown;
  maybeCacheGeneratedSourceMap?: (content: string) => void;
  [name: string]: unknown;
}

export type BindingFactory = (ctx: BindingContext) => Record<string, unknown>;
