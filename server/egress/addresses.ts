/** Which addresses are public: everything but what IANA's special-purpose registries (RFC 6890) keep for hosts, links and private networks. */
import { BlockList, isIP } from 'node:net';

const V4 = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24],
  ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const;
/** With the prefixes that carry an IPv4 address in them (NAT64, 6to4, Teredo, IPv4-compatible): what they lead to is not looked at. */
const V6 = [['::', 96], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['100::', 64], ['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20], ['5f00::', 16], ['fc00::', 7], ['fe80::', 10], ['fec0::', 10], ['ff00::', 8]] as const;

const refused = new BlockList();
for (const [network, bits] of V4) refused.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of V6) refused.addSubnet(network, bits, 'ipv6');

/** An IPv4-mapped IPv6 address is what its IPv4 address is. What is no address is not public. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0 || address.includes('%')) return false;
  const mapped = family === 6 ? mappedOf(address) : undefined;
  return mapped === undefined ? !refused.check(address, family === 4 ? 'ipv4' : 'ipv6') : !refused.check(mapped, 'ipv4');
}

/** `::ffff:a.b.c.d`, in either spelling. */
function mappedOf(address: string): string | undefined {
  // The URL parser writes every IPv6 address in its shortest hexadecimal form.
  const hex = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`http://[${address}]/`).hostname);
  if (hex === null) return undefined;
  const [high, low] = [parseInt(hex[1] ?? '', 16), parseInt(hex[2] ?? '', 16)];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}
