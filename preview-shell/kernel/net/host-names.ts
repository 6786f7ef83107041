/**
 * Names of other machines. A browser gives no addresses, so each name gets one of 198.18.0.0/15 (RFC 2544, never routed) when it is looked up;
 * a connection to that address is a connection to the name.
 */
import { SysError } from '../../abi/errno.ts';
import { isV4, isV6, LOOPBACK_V4, LOOPBACK_V6 } from './address.ts';

const FIRST = (198 << 24) | (18 << 16) | 1;
const COUNT = 1 << 17;
const NAME = /^(?=.{1,253}\.?$)(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})*\.?$/i;

/** What `os.hostname()` says. */
const OWN_NAME = 'terrarium';

/** Top-level domains that stand for nothing (RFC 6761, 6.2 and 6.4; RFC 6762, 22.1: not without multicast). */
const NOWHERE = new Set(['invalid', 'test', 'example', 'local']);

/** A name without a dot is one of a network that the container is not part of. */
function isNowhere(host: string): boolean {
  const labels = host.split('.');
  return labels.length === 1 || NOWHERE.has(labels[labels.length - 1] as string);
}

export class HostNames {
  private readonly addresses = new Map<string, string>();
  private readonly names = new Map<string, string>();

  /** Addresses of a name, as getaddrinfo(3) for `family` 0, 4 or 6. @throws {SysError} ENOENT for what is no name or has no such address. */
  lookup(name: string, family: number): string[] {
    const addresses = this.all(name).filter((address) => family === 0 || (family === 6) === isV6(address));
    if (addresses.length === 0) throw new SysError('ENOENT', name);
    return addresses;
  }

  /** The name that a virtual address stands for. */
  nameOf(address: string): string | undefined {
    return this.names.get(address);
  }

  private all(name: string): string[] {
    const host = name.toLowerCase().replace(/\.$/, '');
    if (isV4(host) || isV6(host)) return [host];
    if (host === 'localhost' || host.endsWith('.localhost')) return [LOOPBACK_V4, LOOPBACK_V6];
    if (host === OWN_NAME) return [LOOPBACK_V4];
    if (!NAME.test(host) || isNowhere(host)) return [];
    return [this.addresses.get(host) ?? this.assign(host)];
  }

  private assign(host: string): string {
    const number = (FIRST + (this.addresses.size % COUNT)) >>> 0;
    const address = [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
    this.addresses.set(host, address);
    this.names.set(address, host);
    return address;
  }
}
