/** Random bytes and primes, and keys made from secrets (crypto_random.cc, crypto_pbkdf2.cc, crypto_scrypt.cc, crypto_hkdf.cc, crypto_keygen.cc). */
import { hkdf } from '@noble/hashes/hkdf.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import type { BindingContext } from '../../context.ts';
import { native } from '../../natives.ts';
import { arrayBufferOf, bytesOf, cryptoError, type Source } from './bytes.ts';
import { findDigest } from './digests.ts';
import { jobClass } from './jobs.ts';
import { KEY_TYPE, KeyObjectHandle, secretOf } from './key-object.ts';

/** The most that `getRandomValues` gives at a time (Web Cryptography API, 10.1.1). */
const QUOTA = 65536;

export function createRandomAndDerivation(ctx: BindingContext): Record<string, unknown> {
  return {
    RandomBytesJob: jobClass(ctx, (buffer: Source, offset: number, size: number) => fillRandom(bytesOf(buffer).subarray(offset, offset + size))),
    PBKDF2Job: jobClass(ctx, (password: Source, salt: Source, iterations: number, length: number, digest: string) =>
      arrayBufferOf(pbkdf2(digestOf(digest), bytesOf(password), bytesOf(salt), { c: iterations, dkLen: length }))),
    ScryptJob: jobClass(ctx, (password: Source, salt: Source, N: number, r: number, p: number, maxmem: number, length: number) => {
      if (128 * N * r > maxmem) throw cryptoError('Invalid scrypt params: memory limit exceeded', 'ERR_CRYPTO_INVALID_SCRYPT_PARAMS');
      return arrayBufferOf(scrypt(bytesOf(password), bytesOf(salt), { N, r, p, dkLen: length, maxmem: maxmem + 128 * r * (p + 2) }));
    }),
    HKDFJob: jobClass(ctx, (digest: string, key: unknown, salt: Source, info: Source, length: number) =>
      arrayBufferOf(hkdf(digestOf(digest), secretOf(key), bytesOf(salt), bytesOf(info), length))),
    SecretKeyGenJob: jobClass(ctx, (bits: number) => {
      const handle = new KeyObjectHandle();
      const bytes = new Uint8Array(Math.floor(bits / 8));
      fillRandom(bytes);
      handle.init(KEY_TYPE.secret, bytes);
      return handle;
    }),
  };
}

function fillRandom(bytes: Uint8Array): void {
  const part = new Uint8Array(Math.min(QUOTA, bytes.length));
  for (let at = 0; at < bytes.length; at += QUOTA) {
    // By way of a copy: shared memory is refused.
    const filled = native.crypto.getRandomValues(part.subarray(0, Math.min(QUOTA, bytes.length - at)));
    bytes.set(filled, at);
  }
}

function digestOf(name: string) {
  const digest = findDigest(name);
  if (digest === undefined) throw cryptoError(`Invalid digest: ${name}`, 'ERR_CRYPTO_INVALID_DIGEST');
  return digest;
}
