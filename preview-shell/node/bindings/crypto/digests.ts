/** Message digests by OpenSSL's names, over noble's. */
import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { md5, ripemd160, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512, sha512_224, sha512_256 } from '@noble/hashes/sha2.js';
import { sha3_224, sha3_256, sha3_384, sha3_512, shake128, shake256 } from '@noble/hashes/sha3.js';
import type { CHash, CHashXOF } from '@noble/hashes/utils.js';
import { nodeError, openSslError } from './errors.ts';
import { md5sha1 } from './md5-sha1.ts';
import { sm3 } from './sm3.ts';

const DIGESTS: Readonly<Record<string, CHash>> = {
  md5, sha1, sha224, sha256, sha384, sha512, ripemd160, 'sha512-224': sha512_224, 'sha512-256': sha512_256,
  'md5-sha1': md5sha1, sm3,
  'sha3-224': sha3_224, 'sha3-256': sha3_256, 'sha3-384': sha3_384, 'sha3-512': sha3_512, blake2b512: blake2b, blake2s256: blake2s,
};
/** Digests of any length; by default those of OpenSSL 3. */
const EXTENDABLE: Readonly<Record<string, CHashXOF>> = { shake128, shake256 };

const ALIASES: Readonly<Record<string, string>> = {
  ripemd: 'ripemd160', rmd160: 'ripemd160', 'ripemd-160': 'ripemd160', 'ssl3-md5': 'md5', 'ssl3-sha1': 'sha1', 'sha1-2': 'sha1', 'sha512/224': 'sha512-224',
  'sha512/256': 'sha512-256', 'sha-1': 'sha1', 'sha-224': 'sha224', 'sha-256': 'sha256', 'sha-384': 'sha384', 'sha-512': 'sha512', 'sha2-224': 'sha224',
  'sha2-256': 'sha256', 'sha2-384': 'sha384', 'sha2-512': 'sha512', 'sha-512/224': 'sha512-224', 'sha-512/256': 'sha512-256', 'sha2-512/224': 'sha512-224',
  'sha2-512/256': 'sha512-256', 'blake2b-512': 'blake2b512', 'blake2s-256': 'blake2s256', 'shake-128': 'shake128', 'shake-256': 'shake256',
};

/** Names as `crypto.getHashes()` lists them. */
export const DIGEST_NAMES: readonly string[] = [
  'RSA-MD5', 'RSA-RIPEMD160', 'RSA-SHA1', 'RSA-SHA1-2', 'RSA-SHA224', 'RSA-SHA256', 'RSA-SHA3-224', 'RSA-SHA3-256', 'RSA-SHA3-384', 'RSA-SHA3-512', 'RSA-SHA384',
  'RSA-SHA512', 'RSA-SHA512/224', 'RSA-SHA512/256', 'RSA-SM3', 'blake2b512', 'blake2s256', 'id-rsassa-pkcs1-v1_5-with-sha3-224', 'id-rsassa-pkcs1-v1_5-with-sha3-256',
  'id-rsassa-pkcs1-v1_5-with-sha3-384', 'id-rsassa-pkcs1-v1_5-with-sha3-512', 'md5', 'md5-sha1', 'md5WithRSAEncryption', 'ripemd', 'ripemd160', 'ripemd160WithRSA',
  'rmd160', 'sha1', 'sha1WithRSAEncryption', 'sha224', 'sha224WithRSAEncryption', 'sha256', 'sha256WithRSAEncryption', 'sha3-224', 'sha3-256', 'sha3-384', 'sha3-512',
  'sha384', 'sha384WithRSAEncryption', 'sha512', 'sha512-224', 'sha512-224WithRSAEncryption', 'sha512-256', 'sha512-256WithRSAEncryption', 'sha512WithRSAEncryption',
  'shake128', 'shake256', 'sm3', 'sm3WithRSAEncryption', 'ssl3-md5', 'ssl3-sha1',
];

/** One name for the many that OpenSSL gives a digest. */
export function canonicalDigest(name: string): string {
  const lower = name.toLowerCase().replace(/^rsa-|^id-rsassa-pkcs1-v1_5-with-/, '').replace(/withrsa(?:encryption)?$/, '');
  return ALIASES[lower] ?? lower;
}

export function isExtendable(name: string): boolean {
  return Object.hasOwn(EXTENDABLE, canonicalDigest(name));
}

/** @throws ERR_CRYPTO_INVALID_DIGEST, as jobs do when they are made */
export function namedDigest(name: string): CHash {
  const digest = findDigest(name);
  if (digest === undefined) throw nodeError('ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${name}`);
  return digest;
}

export function findDigest(name: string): CHash | undefined {
  const known = canonicalDigest(name);
  if (Object.hasOwn(DIGESTS, known)) return DIGESTS[known];
  return Object.hasOwn(EXTENDABLE, known) ? EXTENDABLE[known] : undefined;
}

export interface RunningDigest {
  update(bytes: Uint8Array): unknown;
  readonly outputLen: number;
  digest(): Uint8Array;
  /** Of extendable digests: so many bytes. */
  xof?(length: number): Uint8Array;
  clone(): RunningDigest;
}

/**
 * @param length bytes, of an extendable digest
 * @returns undefined for a name that is not supported
 * @throws OpenSSL's error for a length that the digest cannot have
 */
export function startDigest(name: string, length: number | undefined): RunningDigest | undefined {
  const digest = findDigest(name);
  if (digest === undefined) return undefined;
  if (isExtendable(name)) return (digest as unknown as { create(options: { dkLen?: number }): RunningDigest }).create(length === undefined ? {} : { dkLen: length });
  if (length !== undefined && length !== digest.outputLen) throw openSslError('030000B2', 'digital envelope routines', 'not XOF or invalid length');
  return digest.create();
}
