/**
 * Names and addresses (src/cares_wrap.cc). getaddrinfo asks the kernel: loopback names are loopback, other names get a virtual address that
 * stands for the name (kernel/net/host-names.ts). DNS queries proper are ENOTIMP: a browser has no resolver.
 */
import { canonical, isV4 } from '../../kernel/net/address.ts';
import type { BindingContext } from '../context.ts';
import { errnoOf, errnoOfName, ReqWrap } from './handles.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const AF_UNSPEC = 0;
const DNS_ORDER_VERBATIM = 0;
const DNS_ORDER_IPV4_FIRST = 1;
const DNS_ORDER_IPV6_FIRST = 2;
/** UV_EAI_NONAME, which Node shows as ENOTFOUND. */
const EAI_NONAME = -3008;
const ARES_ENOTIMP = 'ENOTIMP';
const SERVICES: Readonly<Record<number, string>> = { 21: 'ftp', 22: 'ssh', 25: 'smtp', 53: 'domain', 80: 'http', 443: 'https' };
const QUERIES = ['queryAny', 'queryA', 'queryAaaa', 'queryCaa', 'queryCname', 'queryMx', 'queryNs', 'queryTlsa', 'queryTxt', 'querySrv', 'queryPtr',
  'queryNaptr', 'querySoa', 'getHostByAddr'] as const;

export function create(ctx: BindingContext): Record<string, unknown> {
  class GetAddrInfoReqWrap extends ReqWrap {
    constructor() {
      super(ctx, 'GETADDRINFOREQWRAP');
    }
  }
  class GetNameInfoReqWrap extends ReqWrap {
    constructor() {
      super(ctx, 'GETNAMEINFOREQWRAP');
    }
  }
  class QueryReqWrap extends ReqWrap {
    constructor() {
      super(ctx, 'QUERYWRAP');
    }
  }
  return {
    GetAddrInfoReqWrap, GetNameInfoReqWrap, QueryReqWrap,
    ChannelWrap: channelClass(),
    getaddrinfo: (req: ReqWrap, name: string, family: number, _hints: number, order: number) => lookup(ctx, req, name, family, order),
    getnameinfo: (req: ReqWrap, address: string, port: number) => {
      const host = ctx.kernel.call('net.nameOf', address) ?? (isLoopback(address) ? 'localhost' : address);
      req.completeLater(null, host, SERVICES[port] ?? String(port));
      return 0;
    },
    canonicalizeIP: (address: string) => canonicalOrUndefined(String(address)),
    convertIpv6StringToBuffer: (address: string) => ipv6Bytes(ctx, address),
    strerror: (code: string | number) => `DNS error ${code}`,
    AF_INET, AF_INET6, AF_UNSPEC, AI_ADDRCONFIG: 32, AI_ALL: 16, AI_V4MAPPED: 8, DNS_ORDER_VERBATIM, DNS_ORDER_IPV4_FIRST, DNS_ORDER_IPV6_FIRST,
  };
}

function lookup(ctx: BindingContext, req: ReqWrap, name: string, family: number, order: number): number {
  try {
    const addresses = ctx.kernel.call('net.lookup', name, family) as string[];
    const first = order === DNS_ORDER_IPV6_FIRST ? (address: string) => address.includes(':') : (address: string) => !address.includes(':');
    const ordered = order === DNS_ORDER_VERBATIM ? addresses : [...addresses.filter(first), ...addresses.filter((address) => !first(address))];
    req.completeLater(null, ordered);
  } catch (error) {
    const errno = errnoOf(error);
    req.completeLater(errno === errnoOfName('ENOENT') ? EAI_NONAME : errno);
  }
  return 0;
}

/** A c-ares channel: it remembers the servers it is told, and answers each query with ENOTIMP. */
function channelClass(): new () => object {
  class ChannelWrap {
    #servers: [string, number][] = [['127.0.0.1', 53]];

    getServers(): [string, number][] {
      return this.#servers.map(([host, port]) => [host, port]);
    }

    setServers(servers: [number, string, number][]): number {
      this.#servers = servers.map(([, host, port]) => [host, port]);
      return 0;
    }

    setLocalAddress(): void {}

    cancel(): void {}
  }
  for (const query of QUERIES) {
    Object.defineProperty(ChannelWrap.prototype, query, {
      configurable: true, writable: true,
      value: (req: ReqWrap) => {
        req.completeLater(ARES_ENOTIMP);
        return 0;
      },
    });
  }
  return ChannelWrap;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function canonicalOrUndefined(address: string): string | undefined {
  try {
    return canonical(address);
  } catch {
    return undefined;
  }
}

/** The 16 bytes of an IPv6 address; undefined for what is none. */
function ipv6Bytes(ctx: BindingContext, address: string): Uint8Array | undefined {
  const text = canonicalOrUndefined(address);
  if (text === undefined || !address.includes(':')) return undefined;
  const bytes = new Uint8Array(16);
  if (isV4(text)) bytes.set([0xff, 0xff, ...text.split('.').map(Number)], 10);
  else setGroups(bytes, text);
  const { Buffer } = ctx.global as { Buffer?: { prototype: object } };
  return Buffer === undefined ? bytes : (Object.setPrototypeOf(bytes, Buffer.prototype) as Uint8Array);
}

function setGroups(bytes: Uint8Array, text: string): void {
  const [head = '', tail = ''] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  groups.forEach((group, i) => {
    const value = Number.parseInt(group, 16);
    bytes[2 * i] = value >> 8;
    bytes[2 * i + 1] = value & 0xff;
  });
}
