/** Hosts as environments and deployments name them: `api.example.com`, or `*.example.com` for every name below it (not itself). */

/** A name of at least two labels (RFC 1123, 2.1), lower case; the last one is no number, so that no spelling of an IPv4 address is a name (WHATWG URL, "ends in a number"). */
const NAME = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$|0x[0-9a-f]*$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Names that never lead to a public host (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const LOCAL = /(?:^|\.)(?:localhost|local|internal|home\.arpa|invalid|test|onion|localdomain)$/;

/** In lower case and without the final dot. */
export const hostName = (host: string): string => host.toLowerCase().replace(/\.$/, '');

export function isHostPattern(text: string): boolean {
  const name = text.startsWith('*.') ? text.slice(2) : text;
  return NAME.test(name) && !LOCAL.test(name);
}

/** `host` as a URL has it. `*` matches all. */
export function matchesHost(pattern: string, host: string): boolean {
  const name = hostName(host);
  if (pattern === '*') return true;
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) && name.length > pattern.length - 1 : name === pattern;
}
