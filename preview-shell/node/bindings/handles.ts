/** What every handle and request of Node's C++ side is (src/async_wrap.cc, src/req_wrap.h, src/handle_wrap.cc), for the bindings that have some. */
import { ERRNO, SysError } from '../../abi/errno.ts';
import type { BindingContext } from '../context.ts';
import { activeResources } from './active-resources.ts';
import { asyncHooks, type AsyncHooks } from './async-hooks.ts';

/** UV_EOF of libuv, the one code that is no errno. */
export const UV_EOF = -4095;
type Callback = (...args: never[]) => unknown;

/** The continuation data that AsyncLocalStorage reads (`async_context_frame`). */
interface ContextFrames {
  getContinuationPreservedEmbedderData(): unknown;
  setContinuationPreservedEmbedderData(frame: unknown): void;
}

/** -errno of what a system call threw; other errors are bugs and pass. */
export function errnoOf(error: unknown): number {
  if (error instanceof SysError) return error.errno;
  throw error;
}

/** -errno of a name that came in an event. */
export function errnoOfName(name: string): number {
  return -(ERRNO[name as keyof typeof ERRNO] ?? ERRNO.EIO);
}

/** Runs a system call; 0, or -errno as the handles of libuv answer. */
export function attempt(call: () => unknown): number {
  try {
    call();
    return 0;
  } catch (error) {
    return errnoOf(error);
  }
}

/** A resource with an asynchronous id; its callbacks run in the asynchronous context that it was made in. */
export class AsyncWrap {
  readonly #ctx: BindingContext;
  readonly #hooks: AsyncHooks;
  #provider: string;
  #asyncId = 0;
  #triggerAsyncId = 0;
  #frame: unknown;

  /** @param resource what the hooks are shown, where that is not the handle */
  constructor(ctx: BindingContext, provider: string, resource?: object) {
    this.#ctx = ctx;
    this.#hooks = asyncHooks(ctx);
    this.#provider = provider;
    this.asyncReset(resource);
  }

  /** Not `context`, which `fs.readFile` puts on its requests. */
  get bindingContext(): BindingContext {
    return this.#ctx;
  }

  getAsyncId(): number {
    return this.#asyncId;
  }

  getProviderType(): number {
    return (this.#ctx.internalBinding('async_wrap') as { Providers: Record<string, number> }).Providers[this.#provider] ?? 0;
  }

  /** Of the class in C++ (MemoryInfoName): 'PipeWrap' for 'PIPEWRAP'. */
  get resourceName(): string {
    return NAMES[this.#provider] ?? this.#provider;
  }

  /** A new id and context, for a handle that is used again (a socket of an HTTP agent). */
  asyncReset(resource: object = this, provider = this.#provider): void {
    this.destroyed();
    this.#provider = provider;
    this.#triggerAsyncId = this.#hooks.triggerForNew;
    this.#asyncId = this.#hooks.newId();
    this.#frame = frames(this.#ctx)?.getContinuationPreservedEmbedderData();
    this.#hooks.emitInit(this.#asyncId, provider, this.#triggerAsyncId, resource);
  }

  /** AsyncWrap::MakeCallback */
  makeCallback(callback: unknown, args: readonly unknown[], self: unknown = this): unknown {
    if (typeof callback !== 'function') return undefined;
    const run = (): unknown => this.runInContext(callback as Callback, args, self);
    return this.#ctx.loop.makeCallback(run, undefined, []);
  }

  /** Runs `callback` at once in the resource's context. What it throws passes. */
  runInContext(callback: Callback, args: readonly unknown[], self: unknown = this): unknown {
    const continuation = frames(this.#ctx);
    const outer = continuation?.getContinuationPreservedEmbedderData();
    continuation?.setContinuationPreservedEmbedderData(this.#frame);
    try {
      return this.#hooks.run(this.#asyncId, this.#triggerAsyncId, this, callback, self, args);
    } finally {
      continuation?.setContinuationPreservedEmbedderData(outer);
    }
  }

  get triggerAsyncId(): number {
    return this.#triggerAsyncId;
  }

  /** The hooks hear of the resource's end. */
  destroyed(): void {
    this.#hooks.queueDestroy(this.#asyncId);
    this.#asyncId = 0;
  }
}

const NAMES: Readonly<Record<string, string>> = {
  DIRHANDLE: 'DirHandle', FILEHANDLE: 'FileHandle', FSEVENTWRAP: 'FSEventWrap', FSREQCALLBACK: 'FSReqCallback', FSREQPROMISE: 'FSReqPromise', GETADDRINFOREQWRAP: 'GetAddrInfoReqWrap',
  GETNAMEINFOREQWRAP: 'GetNameInfoReqWrap', MESSAGEPORT: 'MessagePort', PIPECONNECTWRAP: 'PipeConnectWrap', PIPESERVERWRAP: 'PipeServerWrap', PIPEWRAP: 'PipeWrap', PROCESSWRAP: 'ProcessWrap',
  QUERYWRAP: 'QueryReqWrap', SHUTDOWNWRAP: 'ShutdownWrap', SIGNALWRAP: 'SignalWrap', STATWATCHER: 'StatWatcher', TCPCONNECTWRAP: 'TCPConnectWrap', TCPSERVERWRAP: 'TCPServerWrap',
  TCPWRAP: 'TCPSocketWrap', TTYWRAP: 'TTYWrap', UDPSENDWRAP: 'SendWrap', UDPWRAP: 'UDPWrap', WORKER: 'Worker', WRITEWRAP: 'WriteWrap', ZLIB: 'Zlib',
};

/** A request: alive, and keeping the thread alive, from `dispatched` to `complete`. */
export class ReqWrap extends AsyncWrap {
  #release: (() => void) | undefined;

  dispatched(): void {
    this.#release ??= this.bindingContext.loop.hold();
    activeResources(this.bindingContext).requests.add(this);
  }

  /** Calls `oncomplete`, which Node's JavaScript has set. */
  complete(...args: unknown[]): void {
    const release = this.#release;
    this.#release = undefined;
    activeResources(this.bindingContext).requests.delete(this);
    this.makeCallback((this as { oncomplete?: unknown }).oncomplete, args);
    this.destroyed();
    release?.();
  }

  /** Completes on a later turn of the loop. */
  completeLater(...args: unknown[]): void {
    this.dispatched();
    this.bindingContext.loop.enqueue(() => this.complete(...args));
  }
}

/** A handle: keeps the thread alive while it is active and referenced, and while it closes (uv_handle_t). */
export class HandleWrap extends AsyncWrap {
  #referenced = true;
  #active = false;
  #closing = false;
  #release: (() => void) | undefined;

  ref(): void {
    this.#referenced = true;
    this.#update();
  }

  unref(): void {
    this.#referenced = false;
    this.#update();
  }

  hasRef(): boolean {
    return this.#referenced && !this.#closing;
  }

  /** Whether `close` was called. */
  get closing(): boolean {
    return this.#closing;
  }

  close(callback?: unknown): void {
    if (this.#closing) return;
    this.#closing = true;
    this.closed();
    this.setActive(false);
    this.bindingContext.loop.complete(() => {
      this.makeCallback(callback, []);
      this.destroyed();
    });
  }

  /** What a kind of handle lets go of. */
  protected closed(): void {}

  protected setActive(active: boolean): void {
    this.#active = active && !this.#closing;
    const { handles } = activeResources(this.bindingContext);
    if (this.#active) handles.add(this);
    else handles.delete(this);
    this.#update();
  }

  #update(): void {
    const holding = this.#active && this.#referenced;
    if (holding) this.#release ??= this.bindingContext.loop.hold();
    else {
      this.#release?.();
      this.#release = undefined;
    }
  }
}

/** Positions in the list of internal/util.js: 'TCP', 'TTY', 'UDP', 'FILE', 'PIPE', 'UNKNOWN', 'INVALID'. */
const HANDLE_TYPES: Readonly<Record<string, number>> = { tcp: 0, tty: 1, file: 3, directory: 5, pipe: 4, unix: 4, device: 3 };
const INVALID_HANDLE = 6;
const UNKNOWN_HANDLE = 5;

/** `guessHandleType` of the `util` binding (uv_guess_handle). */
export function guessHandleType(ctx: BindingContext, fd: number): number {
  const kind = ctx.kernel.call('fd.kind', fd);
  if (typeof kind !== 'string') return INVALID_HANDLE;
  return HANDLE_TYPES[kind] ?? UNKNOWN_HANDLE;
}

function frames(ctx: BindingContext): ContextFrames | undefined {
  return ctx.hooks['asyncContext'] as ContextFrames | undefined;
}
