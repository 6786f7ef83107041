/** Which ES modules of a package a `require()` can reach: the ones that are worth having as function bodies (shared/module-code/sync-body.ts). */
import { posix } from 'node:path';

/** Conditions under which Node's `require` never looks (nodejs.org/api/packages.html, "Conditional exports"), and those of other runtimes. */
const NOT_FOR_REQUIRE = new Set(['import', 'types', 'module', 'browser', 'worker', 'deno', 'bun', 'react-native', 'edge-light', 'workerd', 'development', 'script', 'svelte', 'style', 'sass']);

export interface EntryManifest {
  main?: unknown;
  exports?: unknown;
}

/** Paths inside the package that `exports` or `main` offer to `require`; patterns are left out. */
export function requireEntries({ main, exports }: EntryManifest): string[] {
  if (exports !== undefined && exports !== null) return [...new Set(targets(exports))].map(inside);
  return [inside(typeof main === 'string' && main !== '' ? main : 'index.js')];
}

function targets(value: unknown): string[] {
  if (typeof value === 'string') return value.includes('*') ? [] : [value];
  if (Array.isArray(value)) return value.flatMap(targets);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, nested]) => (NOT_FOR_REQUIRE.has(key) || key.includes('*') ? [] : targets(nested)));
}

const inside = (path: string): string => posix.normalize(path).replace(/^\.?\/+/, '');

/** `entries` and what they import by relative path. `importsOf`: specifiers of an ES module, undefined for other files. */
export function reachable(entries: readonly string[], importsOf: (path: string) => readonly string[] | undefined): Set<string> {
  const found = new Set<string>();
  const queue = [...entries];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const imports = found.has(path) ? undefined : importsOf(path);
    if (imports === undefined) continue;
    found.add(path);
    for (const specifier of imports) if (/^\.\.?\//.test(specifier)) queue.push(posix.join(posix.dirname(path), specifier));
  }
  return found;
}
