/** Addresses of the container's loopback network. */
import { SysError } from '../../abi/errno.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export const ANY_V4 = '0.0.0.0';
export const ANY_V6 = '::';
export const LOOPBACK_V4 = '127.0.0.1';
export const LOOPBACK_V6 = '::1';
const MAPPED_PREFIX = '::ffff:';
const PlatformURL = globalThis.URL;
const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

export function isV6(address: string): boolean {
  return address.includes(':');
}

export function isV4(address: string): boolean {
  const parts = IPV4.exec(address);
  return parts !== null && parts.slice(1).every((part) => Number(part) <= 255);
}

/** An address in the one spelling that the network compares. @throws {SysError} EINVAL for what is no address. */
export function canonical(address: string): string {
  const text = (address.split('%', 1)[0] ?? '').toLowerCase();
  if (text.startsWith(MAPPED_PREFIX) && isV4(text.slice(MAPPED_PREFIX.length))) return text.slice(MAPPED_PREFIX.length);
  if (isV4(text)) return text;
  if (/^[0-9a-f:.]+$/.test(text) && text.includes(':')) return canonicalV6(text);
  throw new SysError('EINVAL', `${address} is not an address`);
}

/** The URL parser knows the canonical spelling (RFC 5952). */
function canonicalV6(text: string): string {
  try {
    return new PlatformURL(`http://[${text}]/`).hostname.slice(1, -1);
  } catch {
    throw new SysError('EINVAL', `${text} is not an address`);
  }
}

export function isAny(address: string): boolean {
  return address === ANY_V4 || address === ANY_V6;
}

export function isLoopback(address: string): boolean {
  return address === LOOPBACK_V6 || address.startsWith('127.');
}

/** Where a connection to `address` goes: the unspecified address means this machine (Linux). */
export function destination(address: string): string {
  if (address === ANY_V4) return LOOPBACK_V4;
  return address === ANY_V6 ? LOOPBACK_V6 : address;
}
