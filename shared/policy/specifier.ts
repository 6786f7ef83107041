/** What a dependency's specifier means for the policy: the real name behind it, or why it is not taken from the registry. */

export type Specifier =
  | { kind: 'registry'; name: string; range: string }
  /** `file:`, `link:` and `workspace:` name something on the container's disk; the server never sees it. */
  | { kind: 'local'; name: string; target: string }
  /** git, URL and tarball specifiers. */
  | { kind: 'remote'; name: string; spec: string };

const NAME = /^(?:@[a-z0-9~_.-]+\/)?[a-z0-9~_.-]+$/i;

/** Whether `name` can be a package of a registry at all (npm's rules as far as they concern safety: no path, no URL, no leading dot). */
export function isPackageName(name: string): boolean {
  return name.length <= 214 && NAME.test(name) && !/(?:^|\/)[._]/.test(name) && name !== 'node_modules' && name !== 'favicon.ico';
}

/** Reads `"<name>": "<spec>"` of a package.json. Grammar: docs.npmjs.com/cli/v11/configuring-npm/package-json#dependencies. */
export function parseSpecifier(name: string, spec: string): Specifier {
  const text = spec.trim();
  if (/^(?:file|link|workspace):/i.test(text) || /^(?:\.{0,2}\/|~\/|\.{1,2}$)/.test(text)) return { kind: 'local', name, target: text.replace(/^[a-z]+:/i, '') };
  const alias = /^npm:(@?[^@]+)(?:@(.*))?$/i.exec(text);
  if (alias?.[1] !== undefined) return { kind: 'registry', name: alias[1], range: alias[2] ?? '*' };
  if (/[:/]/.test(text)) return { kind: 'remote', name, spec: text };
  return { kind: 'registry', name, range: text === '' ? '*' : text };
}

/** Reads a specifier as typed after `npm install`: `zod`, `zod@3`, `@scope/name@^1`, `alias@npm:real@1`, `./folder`, an address. */
export function parseTyped(typed: string): Specifier {
  if (/^(?:file|link|workspace):/i.test(typed) || /^(?:\.{0,2}\/|~\/|\.{1,2}$)/.test(typed)) return { kind: 'local', name: typed, target: typed.replace(/^[a-z]+:/i, '') };
  const match = /^(@[^/@]+\/[^@/]+|[^@/:]+)(?:@(.*))?$/s.exec(typed);
  if (match?.[1] === undefined) return { kind: 'remote', name: typed, spec: typed };
  return parseSpecifier(match[1], match[2] ?? '');
}

/** All values of an `overrides` tree with the name that each is for; `$name` refers to a direct dependency and is judged there. */
export function overrideSpecifiers(overrides: unknown, name = ''): Specifier[] {
  if (typeof overrides === 'string') return overrides.startsWith('$') || overrides === '' ? [] : [parseSpecifier(name, overrides)];
  if (typeof overrides !== 'object' || overrides === null) return [];
  return Object.entries(overrides).flatMap(([key, value]) => overrideSpecifiers(value, key === '.' ? name : key.replace(/(?<=.)@.*$/, '')));
}
