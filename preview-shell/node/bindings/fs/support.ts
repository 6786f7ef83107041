/** What all parts of the `fs` binding share: the three calling styles, errors as Node's C++ makes them, names and paths. */
import { SysError } from '../../../abi/errno.ts';
import type { Value } from '../../../abi/codec.ts';
import type { BindingContext } from '../../context.ts';
import { AsyncWrap, ReqWrap } from '../handles.ts';
import { nameCache } from './name-cache.ts';

/** What an error says of the call that failed (src/api/exceptions.cc, UVException). */
export interface CallSite {
  readonly syscall: string;
  readonly path?: string | undefined;
  readonly dest?: string | undefined;
}

interface UvBinding {
  getErrorMap(): Map<number, [name: string, message: string]>;
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A path as Node passes it: text, or the bytes of a Buffer. @throws {SysError} EILSEQ for bytes that are no UTF-8: names here are text */
export function pathText(path: unknown): string {
  if (typeof path === 'string') return path;
  if (!(path instanceof Uint8Array)) return String(path);
  try {
    return strictDecoder.decode(new Uint8Array(path));
  } catch {
    throw new SysError('EILSEQ', 'a path that is not UTF-8');
  }
}

export class FsSupport {
  readonly ctx: BindingContext;
  /** The third calling style: the call answers a promise. */
  readonly kUsePromises = Symbol('fs_use_promises_symbol');
  private errors: Map<number, [string, string]> | undefined;

  constructor(ctx: BindingContext) {
    this.ctx = ctx;
  }

  call(operation: string, ...args: Value[]): Value {
    return this.ctx.kernel.call(operation, ...args);
  }

  /** 0 for what is no directory, 1 for a directory, negative for what cannot be had. */
  moduleStat(path: string): number {
    return nameCache(this.ctx).stat(path);
  }

  /** `req` chooses the style: nothing (throws), `kUsePromises`, or a request whose `oncomplete` is called on a later turn. */
  run(req: unknown, site: CallSite, operation: () => unknown): unknown {
    if (req === undefined) return this.sync(site, operation);
    if (req === this.kUsePromises) return this.promise(site, operation);
    if (!(req instanceof ReqWrap)) throw new TypeError(`${site.syscall}: not a request`);
    try {
      const result = operation();
      if (result === undefined) req.completeLater(null);
      else req.completeLater(null, result);
    } catch (error) {
      req.completeLater(this.exception(error, site, 0));
    }
    return undefined;
  }

  sync<T>(site: CallSite, operation: () => T): T {
    try {
      return operation();
    } catch (error) {
      throw this.exception(error, site);
    }
  }

  private promise(site: CallSite, operation: () => unknown): Promise<unknown> {
    const request = new AsyncWrap(this.ctx, 'FSREQPROMISE');
    return new Promise((resolve, reject) => {
      const settle = (how: () => void): void => this.ctx.loop.complete(() => {
        request.runInContext(how, []);
        request.destroyed();
      });
      try {
        const result = operation();
        settle(() => resolve(result));
      } catch (error) {
        const exception = this.exception(error, site, 0);
        settle(() => reject(exception));
      }
    });
  }

  /**
   * UVException for a system call's error; anything else as it is.
   * @param frames in its stack: none for what completes later, which nothing called
   */
  exception(error: unknown, site: CallSite, frames = Error.stackTraceLimit + OWN_FRAMES): unknown {
    if (!(error instanceof SysError)) return error;
    const { path, dest } = site;
    const target = path === undefined ? '' : ` '${path}'${dest === undefined ? '' : ` -> '${dest}'`}`;
    const exception = errorWithFrames(frames, `${error.code}: ${this.message(error.errno)}, ${site.syscall}${target}`);
    Object.assign(exception, { errno: error.errno, code: error.code, syscall: site.syscall });
    if (path !== undefined) Object.assign(exception, { path });
    if (dest !== undefined) Object.assign(exception, { dest });
    return exception;
  }

  private message(errno: number): string {
    this.errors ??= (this.ctx.internalBinding('uv') as unknown as UvBinding).getErrorMap();
    return this.errors.get(errno)?.[1] ?? 'unknown error';
  }

  /** A descriptor as a program gave it. @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE */
  descriptor(fd: unknown): number {
    if (typeof fd === 'number' && Number.isInteger(fd) && fd >= 0) return fd;
    const { getValidatedFd } = (this.ctx.hooks.requireBuiltin as (id: string) => unknown)('internal/fs/utils') as { getValidatedFd(fd: unknown): number };
    return getValidatedFd(fd);
  }

  /** A name in the encoding that was asked for. */
  encode(text: string, encoding: unknown): unknown {
    if (encoding === undefined || encoding === null || encoding === 'utf8' || encoding === 'utf-8') return text;
    const buffer = this.buffer.from(text);
    return encoding === 'buffer' ? buffer : buffer.toString(encoding as BufferEncoding);
  }

  /** Node's own Buffer, there once its bootstrap has run. */
  get buffer(): typeof Buffer {
    return (this.ctx.global as unknown as { Buffer: typeof Buffer }).Buffer;
  }
}

/** Frames of the runtime between a program's call and its error, which are left out of the trace and must not count for its length. */
const OWN_FRAMES = 8;

function errorWithFrames(frames: number, message: string): Error {
  const { stackTraceLimit } = Error;
  if (typeof stackTraceLimit === 'number') Error.stackTraceLimit = frames;
  try {
    return new Error(message);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
