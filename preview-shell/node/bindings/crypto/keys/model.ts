/** A key as its numbers. */
import { bytesOfBigint } from './numbers.ts';
import type { EcCurve, OkpCurve } from './curves.ts';

export interface RsaSecret {
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  /** d mod (p - 1), d mod (q - 1), q ** -1 mod p. */
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qi: bigint;
}

/** What an RSA-PSS key allows (RFC 4055, 3.1); digests by OpenSSL's names. */
export interface PssLimits {
  readonly hash: string;
  readonly mgfHash: string;
  /** Bytes. */
  readonly saltLength: number;
}

export interface RsaKey {
  readonly type: 'rsa' | 'rsa-pss';
  readonly n: bigint;
  readonly e: bigint;
  readonly secret?: RsaSecret;
  readonly pss?: PssLimits;
}

export interface EcKey {
  readonly type: 'ec';
  readonly curve: EcCurve;
  /** Uncompressed: 4, x, y. */
  readonly point: Uint8Array;
  readonly secret?: Uint8Array;
}

export interface OkpKey {
  readonly type: OkpCurve['type'];
  readonly curve: OkpCurve;
  readonly point: Uint8Array;
  readonly secret?: Uint8Array;
}

export interface DhKey {
  readonly type: 'dh';
  readonly p: bigint;
  readonly g: bigint;
  readonly y: bigint;
  readonly secret?: bigint;
}

export type AsymmetricKey = RsaKey | EcKey | OkpKey | DhKey;

export function isOkp(key: AsymmetricKey): key is OkpKey {
  return key.type === 'ed25519' || key.type === 'ed448' || key.type === 'x25519' || key.type === 'x448';
}

export function isRsa(key: AsymmetricKey): key is RsaKey {
  return key.type === 'rsa' || key.type === 'rsa-pss';
}

/** The same key without its secret. */
export function publicPart<K extends AsymmetricKey>(key: K): K {
  return { ...key, secret: undefined };
}

/** The key of an elliptic curve with this secret. @throws when it is not in the curve's range */
export function ecFromSecret(curve: EcCurve, secret: Uint8Array): EcKey {
  return { type: 'ec', curve, point: curve.ecdsa.getPublicKey(secret, false), secret };
}

export function okpFromSecret(curve: OkpCurve, secret: Uint8Array): OkpKey {
  return { type: curve.type, curve, point: curve.getPublicKey(secret), secret };
}

/** Bytes of the modulus. */
export function modulusSize(key: { n: bigint }): number {
  return bytesOfBigint(key.n).length;
}
