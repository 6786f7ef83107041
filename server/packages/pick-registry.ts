import type { NpmOptions } from './registry.ts';

/** The registry for a package: its scope's (`@scope:registry`), else the default (docs.npmjs.com/cli/v11/using-npm/scope). */
export default function pickRegistry(name: string, options: NpmOptions): string {
  const scope = name.startsWith('@') ? name.slice(0, name.indexOf('/')) : undefined;
  const own = scope === undefined ? undefined : options[`${scope}:registry`];
  return String(own ?? options['registry']);
}

/** Scopes with a registry of their own: what they hold is private until it is granted. */
export function privateScopes(options: NpmOptions): Set<string> {
  return new Set(Object.keys(options).flatMap((key) => (/^@[^/:]+:registry$/.test(key) ? [key.slice(0, key.indexOf(':'))] : [])));
}

export const scopeOf = (name: string): string | undefined => (name.startsWith('@') ? name.slice(0, name.indexOf('/')) : undefined);
