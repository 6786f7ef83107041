/** Curves by the names of OpenSSL, of JWK (RFC 7518, 8037) and by their object identifiers. */
import type { p256 } from '@noble/curves/nist.js';
import type * as NobleCurves from './noble-curves.ts';

/** The bundler's: a module that is required is evaluated when it is. Most programs that load `node:crypto` want a digest alone. */
declare const require: (path: string) => unknown;

export const curves = (): typeof NobleCurves => require('./noble-curves.ts') as typeof NobleCurves;

export interface EcCurve {
  /** OpenSSL's name. */
  readonly name: string;
  readonly jwk: string;
  readonly oid: string;
  /** Bytes of a coordinate. */
  readonly size: number;
  readonly ecdsa: typeof p256;
}

const CURVES: readonly EcCurve[] = [
  { name: 'prime256v1', jwk: 'P-256', oid: '1.2.840.10045.3.1.7', size: 32, get ecdsa() { return curves().p256; } },
  { name: 'secp256k1', jwk: 'secp256k1', oid: '1.3.132.0.10', size: 32, get ecdsa() { return curves().secp256k1; } },
  { name: 'secp384r1', jwk: 'P-384', oid: '1.3.132.0.34', size: 48, get ecdsa() { return curves().p384; } },
  { name: 'secp521r1', jwk: 'P-521', oid: '1.3.132.0.35', size: 66, get ecdsa() { return curves().p521; } },
];

export const CURVE_NAMES: readonly string[] = CURVES.map(({ name }) => name);

/** By OpenSSL's name or NIST's. */
export function findCurve(name: string): EcCurve | undefined {
  return CURVES.find((curve) => curve.name === name || (curve.jwk === name && name.startsWith('P-')));
}

export const findCurveByJwk = (name: string | undefined): EcCurve | undefined => CURVES.find(({ jwk }) => jwk === name);
export const findCurveByOid = (oid: string): EcCurve | undefined => CURVES.find((curve) => curve.oid === oid);

/** Curves whose keys are plain bytes (RFC 8410). */
export type OkpType = 'ed25519' | 'ed448' | 'x25519' | 'x448';

export interface OkpCurve {
  readonly type: OkpType;
  readonly jwk: string;
  readonly oid: string;
  /** OpenSSL's number, EVP_PKEY_... */
  readonly nid: number;
  /** Bytes of either key. */
  readonly size: number;
  getPublicKey(secret: Uint8Array): Uint8Array;
}

export const OKP_CURVES: Readonly<Record<OkpType, OkpCurve>> = {
  x25519: { type: 'x25519', jwk: 'X25519', oid: '1.3.101.110', nid: 1034, size: 32, getPublicKey: (secret) => curves().x25519.getPublicKey(secret) },
  x448: { type: 'x448', jwk: 'X448', oid: '1.3.101.111', nid: 1035, size: 56, getPublicKey: (secret) => curves().x448.getPublicKey(secret) },
  ed25519: { type: 'ed25519', jwk: 'Ed25519', oid: '1.3.101.112', nid: 1087, size: 32, getPublicKey: (secret) => curves().ed25519.getPublicKey(secret) },
  ed448: { type: 'ed448', jwk: 'Ed448', oid: '1.3.101.113', nid: 1088, size: 57, getPublicKey: (secret) => curves().ed448.getPublicKey(secret) },
};

export function findOkp(matches: (curve: OkpCurve) => boolean): OkpCurve | undefined {
  return Object.values(OKP_CURVES).find(matches);
}
