/** Random bytes, and keys made from secrets (crypto_random.cc, crypto_pbkdf2.cc, crypto_scrypt.cc, crypto_hkdf.cc, crypto_keygen.cc). */
import { hkdf } from '@noble/hashes/hkdf.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import type { BindingContext } from '../../context.ts';
import { arrayBufferOf, bytesOf, type Source } from './bytes.ts';
import { findDigest, isExtendable, namedDigest } from './digests.ts';
import { nodeError } from './errors.ts';
import { jobClass } from './jobs.ts';
import { secretOf, type KeyClasses } from './key-object.ts';
import { fillRandom, randomBytes } from './random.ts';

export function createRandomAndDerivation(ctx: BindingContext, keys: KeyClasses): Record<string, unknown> {
  return {
    RandomBytesJob: jobClass(ctx, (buffer: Source, offset: number, size: number) => fillRandom(bytesOf(buffer).subarray(offset, offset + size))),
    PBKDF2Job: jobClass(ctx, (password: Source, salt: Source, iterations: number, length: number, digest: string) => {
      if (length === 0 || isExtendable(digest)) throw derivationFailed();
      return arrayBufferOf(pbkdf2(namedDigest(digest), bytesOf(password), bytesOf(salt), { c: iterations, dkLen: length }));
    }, (_password, _salt, _iterations, _length, digest) => void namedDigest(digest)),
    ScryptJob: jobClass(ctx, deriveScrypt, checkScrypt),
    HKDFJob: jobClass(ctx, (digest: string, key: unknown, salt: Source, info: Source, length: number) => {
      if (length === 0 || isExtendable(digest)) throw derivationFailed();
      return arrayBufferOf(hkdf(namedDigest(digest), secretOf(key), bytesOf(salt), bytesOf(info), length));
    }, (digest, _key, _salt, _info, length) => {
      if (length > namedDigest(digest).outputLen * 255 && findDigest(digest) !== undefined) throw nodeError('ERR_CRYPTO_INVALID_KEYLEN');
    }),
    SecretKeyGenJob: jobClass(ctx, (bits: number) => keys.wrap(randomBytes(Math.floor(bits / 8)))),
  };
}

const derivationFailed = (): Error => new Error('Deriving bits failed');

type ScryptArgs = [password: Source, salt: Source, N: number, r: number, p: number, maxmem: number, length: number];

/** RFC 7914, 2, and the memory that OpenSSL counts for it (providers/implementations/kdfs/scrypt.c). */
function checkScrypt(...[, , N, r, p, maxmem]: ScryptArgs): void {
  const invalid = (why = ''): Error => nodeError('ERR_CRYPTO_INVALID_SCRYPT_PARAMS', `Invalid scrypt params${why}`);
  if (N < 2 || !Number.isInteger(Math.log2(N)) || r < 1 || p < 1 || p > (2 ** 30 - 1) / r || (16 * r <= 53 && N >= 2 ** (16 * r))) throw invalid();
  if (128 * r * p + 32 * r * (N + 2) * 4 > maxmem) throw invalid(': error:030000AC:digital envelope routines::memory limit exceeded');
}

function deriveScrypt(...[password, salt, N, r, p, maxmem, length]: ScryptArgs): ArrayBuffer {
  if (length === 0) return new ArrayBuffer(0);
  return arrayBufferOf(scrypt(bytesOf(password), bytesOf(salt), { N, r, p, dkLen: length, maxmem: maxmem + 128 * r * (p + 2) }));
}
