/**
 * Requests of the server to addresses that somebody names: only https to public addresses. A name is resolved once for each connection and the
 * connection goes to what was looked at (no rebinding); every redirect is judged anew.
 */
import { lookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { isIP } from 'node:net';
import { Agent, fetch } from 'undici';
import type { RequestInit, Response } from 'undici';
import { isPublicAddress } from './addresses.ts';

const MAX_REDIRECTS = 5;
export const CONNECT_MS = 10_000;

/** Why a request was not made, as a clause for a person. */
export class EgressRefused extends Error {}

export interface Egress {
  /** Follows redirects of GET; of others the redirect is refused. @throws {EgressRefused} */
  fetch(url: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

export type Resolve = (hostname: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;

export interface EgressOptions {
  /** Origins that are reached whatever their address: for tests, which have no public server. */
  allowedOrigins?: readonly string[];
  /** As `dns.lookup` with `all`. */
  resolve?: Resolve;
}

export function createEgress({ allowedOrigins = [], resolve = resolveAll }: EgressOptions = {}): Egress {
  const isAllowed = (url: URL) => allowedOrigins.includes(url.origin);
  const guarded = new Agent({ connect: { timeout: CONNECT_MS, lookup: guardedLookup(resolve) }, maxRedirections: 0 } as Agent.Options);
  const open = new Agent({ connect: { timeout: CONNECT_MS } });

  function check(address: string, base?: URL): URL {
    if (!URL.canParse(address, base)) throw new EgressRefused('it is no address');
    const url = new URL(address, base);
    if (url.username !== '' || url.password !== '') throw new EgressRefused('it carries a name or a password');
    if (isAllowed(url)) return url;
    if (url.protocol !== 'https:' || url.port !== '') throw new EgressRefused('only https on its usual port is fetched');
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // A name is judged when it is resolved; a number is never resolved.
    if (isIP(host) !== 0 && !isPublicAddress(host)) throw new EgressRefused('it is not a public address');
    return url;
  }

  async function follow(address: string, init: RequestInit): Promise<Response> {
    let url = check(address);
    for (let redirects = 0; ; redirects++) {
      const response = await fetch(url, { ...init, redirect: 'manual', dispatcher: isAllowed(url) ? open : guarded });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) return response;
      await response.body?.cancel();
      if (redirects >= MAX_REDIRECTS) throw new EgressRefused('it redirects too often');
      if ((init.method ?? 'GET') !== 'GET') throw new EgressRefused('it redirects what is sent to it');
      url = check(location, url);
    }
  }

  return {
    async fetch(address, init = {}) {
      try {
        return await follow(address, init);
      } catch (error) {
        throw refusalIn(error) ?? error;
      }
    },
    async close() {
      await Promise.all([guarded.destroy(), open.destroy()]);
    },
  };
}

/** The library wraps what a lookup says. */
export function refusalIn(error: unknown): EgressRefused | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof EgressRefused) return cause;
  return undefined;
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** All addresses of a name must be public: who mixes one in is not asked a second time. */
export function guardedLookup(resolve: Resolve) {
  return (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    resolve(hostname, (error, addresses) => {
      if (error !== null) return callback(error, []);
      if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) return callback(new EgressRefused('it is not a public address'), []);
      const [first] = addresses;
      if (options.all === true) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family);
    });
  };
}

export function resolveAll(hostname: string, done: (error: Error | null, addresses: LookupAddress[]) => void): void {
  lookup(hostname, { all: true }, done);
}
