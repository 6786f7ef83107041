/** `internalBinding('fs_event_wrap')` (src/fs_event_wrap.cc): watches of the kernel. */
import type { BindingContext } from '../context.ts';
import { FsSupport, pathText } from './fs/support.ts';
import { errnoOf, HandleWrap } from './handles.ts';

export function create(ctx: BindingContext): Record<string, unknown> {
  const fs = new FsSupport(ctx);
  const active = new Map<number, FSEvent>();
  ctx.kernel.on('watch', ({ id, event, filename }) => active.get(id)?.notify(event, filename));

  class FSEvent extends HandleWrap {
    #id: number | undefined;
    #encoding: unknown;
    onchange?: (status: number, event: string, filename: unknown) => void;

    constructor() {
      super(ctx, 'FSEVENTWRAP');
    }

    get initialized(): boolean {
      return this.#id !== undefined && !this.closing;
    }

    /** @returns 0 or -errno. Not recursive: on Linux Node does that itself (internal/fs/recursive_watch). */
    start(path: unknown, persistent: boolean, _recursive: boolean, encoding: unknown): number {
      try {
        this.#id = ctx.kernel.call('fs.watch', pathText(path), false) as number;
      } catch (error) {
        return errnoOf(error);
      }
      this.#encoding = encoding;
      active.set(this.#id, this);
      if (!persistent) this.unref();
      this.setActive(true);
      return 0;
    }

    notify(event: string, filename: string): void {
      if (!this.closing) this.makeCallback(this.onchange, [0, event, fs.encode(filename, this.#encoding)]);
    }

    protected override closed(): void {
      if (this.#id === undefined) return;
      active.delete(this.#id);
      ctx.kernel.call('fs.unwatch', this.#id);
    }
  }
  return { FSEvent };
}
