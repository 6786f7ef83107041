/** `internalBinding('fs_dir')` (src/node_dir.cc). */
import type { BindingContext } from '../context.ts';
import { readEntries } from './fs/names.ts';
import { FsSupport, pathText } from './fs/support.ts';
import { AsyncWrap } from './handles.ts';

export function create(ctx: BindingContext): Record<string, unknown> {
  const binding = ctx.internalBinding('fs');
  const fs = new FsSupport(ctx);
  // One symbol chooses the promise style in both bindings.
  Object.assign(fs, { kUsePromises: binding['kUsePromises'] });

  class DirHandle extends AsyncWrap {
    readonly #names: string[];
    readonly #types: number[];
    #at = 0;

    constructor(names: string[], types: number[]) {
      super(ctx, 'DIRHANDLE');
      this.#names = names;
      this.#types = types;
    }

    /** Name and type in turn, at most `bufferSize` entries; null at the end. */
    read(encoding: unknown, bufferSize: number, req: unknown): unknown {
      return fs.run(req, { syscall: 'scandir' }, () => {
        if (this.#at >= this.#names.length) return null;
        const end = Math.min(this.#names.length, this.#at + bufferSize);
        const entries: unknown[] = [];
        for (; this.#at < end; this.#at++) entries.push(fs.encode(this.#names[this.#at] ?? '', encoding), this.#types[this.#at]);
        return entries;
      });
    }

    close(req: unknown): unknown {
      return fs.run(req, { syscall: 'closedir' }, () => undefined);
    }
  }

  const open = (path: string) => {
    const { names, types } = readEntries(fs, path);
    return new DirHandle(names, types);
  };
  return {
    DirHandle,
    opendir(path: unknown, _encoding: unknown, req: unknown) {
      const text = pathText(path);
      return fs.run(req, { syscall: 'opendir', path: text }, () => open(text));
    },
    // Node's own error names no path here.
    opendirSync: (path: unknown) => fs.sync({ syscall: 'opendir' }, () => open(pathText(path))),
  };
}
