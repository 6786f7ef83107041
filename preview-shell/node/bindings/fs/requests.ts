import type { BindingContext } from '../../context.ts';
import { AsyncWrap, ReqWrap } from '../handles.ts';
import { carry, type Carried, revives } from '../messaging/carried.ts';
import type { FsSupport } from './support.ts';

/** The classes that JavaScript makes itself or gets back. One set per thread: each is bound to its context. */
export function requestClasses(fs: FsSupport) {
  const ctx: BindingContext = fs.ctx;

  class FSReqCallback extends ReqWrap {
    readonly bigint: boolean;
    constructor(bigint?: boolean) {
      super(ctx, 'FSREQCALLBACK');
      this.bigint = bigint === true;
    }
  }
  // In Node a request shows nothing of its own but what JavaScript puts on it.
  Object.defineProperty(FSReqCallback.prototype, Symbol.toStringTag, { value: 'FSReqCallback', configurable: true });

  class FileHandle extends AsyncWrap {
    #fd: number;
    #closing: Promise<unknown> | undefined;

    constructor(fd: number) {
      super(ctx, 'FILEHANDLE');
      this.#fd = fd;
    }

    get fd(): number {
      return this.#fd;
    }

    /** Closes the descriptor; the promise settles on a later turn. */
    close(): Promise<unknown> {
      const fd = this.#fd;
      this.#fd = -1;
      this.#closing ??= fs.run(fs.kUsePromises, { syscall: 'close' }, () => fs.call('fs.close', fd)) as Promise<unknown>;
      return this.#closing;
    }

    get mustBeListed(): true {
      return true;
    }

    [carry](): Carried {
      return { binding: 'fs', data: this.releaseFD() };
    }

    /** Lets go of the descriptor without closing it. */
    releaseFD(): number {
      const fd = this.#fd;
      this.#fd = -1;
      return fd;
    }
  }

  revives('fs', (fd: number) => new FileHandle(fd));
  return { FSReqCallback, FileHandle };
}
