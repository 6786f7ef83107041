/**
 * Modules of Node's library that a spare thread runs before it knows its program. Node keeps the like in its snapshot; here each costs its compiling and
 * running in each thread, which a program would wait for. What is in these lists neither looks at the process when it runs nor keeps what it saw.
 */
import { OPTIONS_READ_EARLY } from './options-read-early.ts';

/** What any import brings, and `fs`. */
const FOR_MODULES = [
  'internal/modules/esm/loader', 'internal/fs/promises', 'internal/fs/streams', 'internal/modules/esm/translators', 'internal/modules/esm/resolve', 'internal/modules/esm/load', 'internal/modules/esm/module_job',
  'internal/modules/esm/initialize_import_meta', 'internal/source_map/source_map', 'module', 'perf_hooks',
] as const;

/** What a server brings besides. */
const FOR_SERVERS = ['crypto', 'net', 'http', 'zlib', 'child_process', 'os', 'dns', 'tls', 'https', 'readline', 'readline/promises', 'timers/promises', 'util/types'] as const;

/** How much a spare thread runs ahead: what worker threads have use for, or a process. */
export type Preload = 'modules' | 'servers';

export const PRELOADED: Record<Preload, readonly string[]> = { modules: FOR_MODULES, servers: [...FOR_MODULES, ...FOR_SERVERS] };

/** Whether a program with these options must have its library run after they are known. */
export function readsOptionsEarly({ execArgv, env }: { readonly execArgv: readonly string[]; readonly env: Readonly<Record<string, string>> }): boolean {
  const given = [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)];
  return given.some((option) => OPTIONS_READ_EARLY.has(option.replace(/=.*$/s, '').replace(/^--no-/, '--').replaceAll('_', '-')));
}
