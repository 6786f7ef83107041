/** node_constants.cc: groups without a prototype, each thread its own. */
import { CRYPTO, FS, INTERNAL, OS, TRACE, ZLIB } from './tables/constants.ts';

type Group = Record<string, unknown>;

export function create(): Record<string, unknown> {
  return bare({ os: OS, fs: FS, crypto: CRYPTO, zlib: ZLIB, trace: TRACE, internal: INTERNAL });
}

function bare(group: Group): Group {
  const copy = Object.create(null) as Group;
  for (const [name, value] of Object.entries(group)) copy[name] = typeof value === 'object' && value !== null ? bare(value as Group) : value;
  return copy;
}
