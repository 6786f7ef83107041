/** Passwords of share links (SPEC SH6): scrypt (RFC 7914), and proof of having typed the right one. */
import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Share } from './store.ts';

const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;
const MINUTE_MS = 60_000;
const MAX_WRONG = 10;
/** How long a password that was right is not hashed again, and how long a cookie is good. */
const PROVEN_MS = 10 * MINUTE_MS;
const COOKIE_MS = 30 * 24 * 60 * MINUTE_MS;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt$${salt.toString('base64url')}$${(await derive(password, salt)).toString('base64url')}`;
}

export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, salt = '', key = ''] = hash.split('$');
  const wanted = Buffer.from(key, 'base64url');
  const given = await derive(password, Buffer.from(salt, 'base64url'));
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, COST, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

export interface Passwords {
  /** Throws 1334 after too many wrong ones from this address. */
  check(share: Share, password: string, address: string): Promise<boolean>;
  /** Value of the cookie that stands for the password. */
  prove(share: Share): string;
  isProof(share: Share, value: string): boolean;
}

export function createPasswords(key: Uint8Array, now: () => number = Date.now): Passwords {
  const sign = (text: string) => createHmac('sha256', key).update('share-password\0').update(text).digest('base64url');
  const proven = new LRUCache<string, true>({ max: 1000, ttl: PROVEN_MS });
  const wrong = new LRUCache<string, number>({ max: 10_000, ttl: MINUTE_MS });
  // A new password ends what the old one gave.
  const signed = (share: Share, expires: string) => sign(`${share.id}\0${share.password ?? ''}\0${expires}`);
  return {
    async check(share, password, address) {
      if (share.password === undefined) return true;
      const known = sign(`${share.id}\0${share.password}\0${password}`);
      if (proven.has(known)) return true;
      const who = `${share.id} ${address}`;
      const failures = wrong.get(who) ?? 0;
      if (failures >= MAX_WRONG) throw TerrariumError.of('E-TERRARIUM-1334');
      // Counted before the work, so that many at a time do not pass together.
      wrong.set(who, failures + 1);
      if (password.length > 1024 || !(await isPassword(password, share.password))) return false;
      wrong.delete(who);
      proven.set(known, true);
      return true;
    },
    prove(share) {
      const expires = String(now() + COOKIE_MS);
      return `${expires}.${signed(share, expires)}`;
    },
    isProof(share, value) {
      const [expires = '', mac = ''] = value.split('.');
      const wanted = Buffer.from(signed(share, expires));
      const given = Buffer.from(mac);
      return given.length === wanted.length && timingSafeEqual(given, wanted) && Number(expires) > now();
    },
  };
}
