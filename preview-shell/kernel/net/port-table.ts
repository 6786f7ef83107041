/** Which socket has which address and port, and who answers a connection (bind(2), ip(7), ipv6(7)). */
import { SysError } from '../../abi/errno.ts';
import { ANY_V4, ANY_V6, isV6 } from './address.ts';

export interface Bound {
  readonly address: string;
  readonly port: number;
  /** An IPv6 socket takes IPv4 connections too, unless it was told not to. */
  readonly v6Only: boolean;
}

/** net.ipv4.ip_local_port_range of Linux. */
const FIRST_EPHEMERAL = 32768;
const LAST_EPHEMERAL = 60999;
const LAST_PORT = 65535;

export class PortTable<T extends Bound> {
  private readonly byPort = new Map<number, Set<T>>();
  private nextEphemeral = FIRST_EPHEMERAL;

  /** @throws {SysError} EADDRINUSE, EINVAL for a port out of range. */
  add(entry: T): void {
    if (!Number.isInteger(entry.port) || entry.port < 1 || entry.port > LAST_PORT) throw new SysError('EINVAL', `port ${entry.port}`);
    const others = this.byPort.get(entry.port) ?? new Set<T>();
    for (const other of others) if (conflict(entry, other)) throw new SysError('EADDRINUSE', `${entry.address}:${entry.port}`);
    others.add(entry);
    this.byPort.set(entry.port, others);
  }

  delete(entry: T): void {
    const entries = this.byPort.get(entry.port);
    entries?.delete(entry);
    if (entries?.size === 0) this.byPort.delete(entry.port);
  }

  /** A port that no socket has. @throws {SysError} EADDRINUSE when all are taken. */
  free(): number {
    for (let i = FIRST_EPHEMERAL; i <= LAST_EPHEMERAL; i++) {
      const port = this.nextEphemeral;
      this.nextEphemeral = port === LAST_EPHEMERAL ? FIRST_EPHEMERAL : port + 1;
      if (!this.byPort.has(port)) return port;
    }
    throw new SysError('EADDRINUSE', 'no port is free');
  }

  /** The entry that a connection to `address` reaches: its own address before the unspecified one. */
  find(address: string, port: number, accepts: (entry: T) => boolean): T | undefined {
    const entries = [...(this.byPort.get(port) ?? [])].filter(accepts);
    return (
      entries.find((entry) => entry.address === address) ??
      entries.find((entry) => entry.address === (isV6(address) ? ANY_V6 : ANY_V4)) ??
      entries.find((entry) => !isV6(address) && entry.address === ANY_V6 && !entry.v6Only)
    );
  }

  on(port: number): readonly T[] {
    return [...(this.byPort.get(port) ?? [])];
  }
}

function conflict(a: Bound, b: Bound): boolean {
  if (a.address === b.address) return true;
  if (isV6(a.address) === isV6(b.address)) return a.address === ANY_V4 || a.address === ANY_V6 || b.address === ANY_V4 || b.address === ANY_V6;
  const six = isV6(a.address) ? a : b;
  return six.address === ANY_V6 && !six.v6Only;
}
