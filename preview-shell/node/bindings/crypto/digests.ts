/** Message digests by OpenSSL's names, over noble's. */
import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { md5, ripemd160, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512, sha512_224, sha512_256 } from '@noble/hashes/sha2.js';
import { sha3_224, sha3_256, sha3_384, sha3_512, shake128, shake256 } from '@noble/hashes/sha3.js';
import type { CHash, CHashXOF } from '@noble/hashes/utils.js';

const DIGESTS: Readonly<Record<string, CHash>> = {
  md5, sha1, sha224, sha256, sha384, sha512, ripemd160, 'sha512-224': sha512_224, 'sha512-256': sha512_256,
  'sha3-224': sha3_224, 'sha3-256': sha3_256, 'sha3-384': sha3_384, 'sha3-512': sha3_512, blake2b512: blake2b, blake2s256: blake2s,
};
/** Digests of any length; by default those of OpenSSL 3. */
const EXTENDABLE: Readonly<Record<string, CHashXOF>> = { shake128, shake256 };

const ALIASES: Readonly<Record<string, string>> = {
  ripemd: 'ripemd160', rmd160: 'ripemd160', 'ssl3-md5': 'md5', 'ssl3-sha1': 'sha1', 'sha512/224': 'sha512-224', 'sha512/256': 'sha512-256',
  'sha-1': 'sha1', 'sha-224': 'sha224', 'sha-256': 'sha256', 'sha-384': 'sha384', 'sha-512': 'sha512', 'rsa-sha1-2': 'sha1',
};

/** Names as `crypto.getHashes()` lists them. */
export const DIGEST_NAMES: readonly string[] = [
  'RSA-MD5', 'RSA-RIPEMD160', 'RSA-SHA1', 'RSA-SHA1-2', 'RSA-SHA224', 'RSA-SHA256', 'RSA-SHA3-224', 'RSA-SHA3-256', 'RSA-SHA3-384', 'RSA-SHA3-512', 'RSA-SHA384',
  'RSA-SHA512', 'RSA-SHA512/224', 'RSA-SHA512/256', 'blake2b512', 'blake2s256', 'md5', 'ripemd', 'ripemd160', 'rmd160', 'sha1', 'sha224', 'sha256', 'sha3-224', 'sha3-256',
  'sha3-384', 'sha3-512', 'sha384', 'sha512', 'sha512-224', 'sha512-256', 'shake128', 'shake256', 'ssl3-md5', 'ssl3-sha1',
];

function canonical(name: string): string {
  const lower = name.toLowerCase().replace(/^rsa-/, '').replace(/withrsa(?:encryption)?$/, '');
  return ALIASES[lower] ?? lower;
}

export function findDigest(name: string): CHash | undefined {
  return DIGESTS[canonical(name)] ?? EXTENDABLE[canonical(name)];
}

export interface RunningDigest {
  update(bytes: Uint8Array): unknown;
  digest(): Uint8Array;
  clone(): RunningDigest;
}

/** @returns undefined for a name, or a length, that is not supported */
export function startDigest(name: string, length: number | undefined): RunningDigest | undefined {
  const extendable = EXTENDABLE[canonical(name)];
  if (extendable !== undefined) return (extendable as unknown as { create(options: { dkLen?: number }): RunningDigest }).create(length === undefined ? {} : { dkLen: length });
  const digest = DIGESTS[canonical(name)];
  if (digest === undefined || (length !== undefined && length !== digest.outputLen)) return undefined;
  return digest.create();
}
