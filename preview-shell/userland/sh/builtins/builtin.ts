import type { Executor } from '../exec/executor.ts';

/** A command that changes the shell itself. Resolves to its exit status. */
export type Builtin = (shell: Executor, args: string[], name: string) => Promise<number> | number;
