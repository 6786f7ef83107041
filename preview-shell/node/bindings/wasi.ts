/** node:wasi (node_wasi.cc), by a library over this thread's own node:fs. */
import { WASI as Preview } from '@tybys/wasm-util';
import type { BindingContext } from '../context.ts';

type Functions = Record<string, (...args: never[]) => unknown>;

export function create(ctx: BindingContext): Record<string, unknown> {
  class WASI {
    constructor(args: string[], env: string[], preopens: string[], stdio: [number, number, number]) {
      const fs = (ctx.hooks['requireBuiltin'] as (id: string) => unknown)('fs');
      const made = new Preview({
        version: 'preview1', args, fs: fs as never,
        env: Object.fromEntries(env.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)])),
        preopens: Object.fromEntries(preopens.flatMap((path, at) => (at % 2 === 0 ? [[path, preopens[at + 1] ?? path]] : []))),
        stdin: stdio[0], stdout: stdio[1], stderr: stdio[2],
      } as ConstructorParameters<typeof Preview>[0]);
      // Node's class takes the functions from the handle's own properties, and the way to set the memory as one of them.
      Object.assign(this, { ...(made.wasiImport as unknown as Functions), _setMemory: memorySetter(made) });
    }
  }
  return { WASI };
}

/** The library keeps it under a symbol of its own. */
function memorySetter(made: object): unknown {
  const key = Object.getOwnPropertySymbols(made).find(({ description }) => description === 'kSetMemory');
  if (key === undefined) throw new Error('@tybys/wasm-util has no setter of memory where it had one.');
  return (made as Record<symbol, unknown>)[key];
}
