/** Socket addresses and lists of blocked ones (node_sockaddr.cc). */
import { carry, type Carried, revives } from './messaging/carried.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const V4_BITS = 32;
const V6_BITS = 128;
const MAPPED_PREFIX = 0xffff_0000_0000n;

interface Detail {
  address?: string;
  port?: number;
  family?: number;
  flowlabel?: number;
}

class SocketAddress {
  readonly value: bigint;
  readonly family: number;
  readonly text: string;
  readonly #port: number;
  readonly #flowlabel: number;

  constructor(address: string, port: number, family: number, flowlabel: number) {
    this.value = family === AF_INET6 ? parseV6(address) : parseV4(address);
    this.family = family;
    this.text = address;
    this.#port = port;
    this.#flowlabel = flowlabel;
  }

  detail(into: Detail): Detail {
    return Object.assign(into, { address: this.text, port: this.#port, family: this.family, flowlabel: this.#flowlabel });
  }

  flowlabel(): number {
    return this.#flowlabel;
  }

  [carry](): Carried {
    return { binding: 'block_list', data: [this.text, this.#port, this.family, this.#flowlabel] };
  }
}

interface Rule {
  text: string;
  matches(address: SocketAddress): boolean;
}

class BlockList {
  readonly #rules: Rule[] = [];

  addAddress(address: SocketAddress): void {
    this.#rules.unshift({ text: `Address: ${name(address)} ${address.text}`, matches: (other) => asFamily(other, address.family) === address.value });
  }

  /** @returns false when the end lies before the start */
  addRange(start: SocketAddress, end: SocketAddress): boolean {
    if (start.value > end.value) return false;
    this.#rules.unshift({
      text: `Range: ${name(start)} ${start.text}-${end.text}`,
      matches: (other) => {
        const value = asFamily(other, start.family);
        return value !== undefined && value >= start.value && value <= end.value;
      },
    });
    return true;
  }

  addSubnet(network: SocketAddress, prefix: number): void {
    const shift = BigInt((network.family === AF_INET6 ? V6_BITS : V4_BITS) - prefix);
    this.#rules.unshift({
      text: `Subnet: ${name(network)} ${network.text}/${prefix}`,
      matches: (other) => {
        const value = asFamily(other, network.family);
        return value !== undefined && value >> shift === network.value >> shift;
      },
    });
  }

  check(address: SocketAddress): boolean {
    return this.#rules.some((rule) => rule.matches(address));
  }

  /** In Node a clone and its original are one list. */
  [carry](): Carried {
    return { binding: 'block_list', data: undefined };
  }

  getRules(): string[] {
    return this.#rules.map(({ text }) => text);
  }
}

export function create(): Record<string, unknown> {
  revives('block_list', (parts: [string, number, number, number]) => new SocketAddress(...parts));
  return { BlockList, SocketAddress, AF_INET, AF_INET6 };
}

const name = ({ family }: SocketAddress): string => (family === AF_INET6 ? 'IPv6' : 'IPv4');

/** An IPv4 address matches rules of IPv6 in its mapped form, and the other way round (RFC 4291, 2.5.5.2). */
function asFamily({ value, family }: SocketAddress, wanted: number): bigint | undefined {
  if (family === wanted) return value;
  if (wanted === AF_INET6) return MAPPED_PREFIX | value;
  return value >> 32n === 0xffffn ? value & 0xffff_ffffn : undefined;
}

/** @throws {Error} ERR_INVALID_ADDRESS */
function parseV4(text: string): bigint {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) throw invalid();
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

/** @throws {Error} ERR_INVALID_ADDRESS */
function parseV6(text: string): bigint {
  const bare = text.replace(/%.*$/, '').replace(/(?<=:)(\d+\.\d+\.\d+\.\d+)$/, (v4) => {
    const value = parseV4(v4);
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  });
  const halves = bare.split('::');
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [before = [], after = []] = groups;
  const missing = 8 - before.length - after.length;
  const all = halves.length === 2 ? [...before, ...Array.from({ length: Math.max(missing, 1) }, () => '0'), ...after] : before;
  if (halves.length > 2 || all.length !== 8 || !all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) throw invalid();
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

const invalid = (): Error => Object.assign(new Error('Invalid socket address'), { code: 'ERR_INVALID_ADDRESS' });
