/** Random bytes, and keys made from secrets (crypto_random.cc, crypto_pbkdf2.cc, crypto_scrypt.cc, crypto_hkdf.cc, crypto_keygen.cc). */
import { hkdf } from '@noble/hashes/hkdf.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import type { BindingContext } from '../../context.ts';
import { native } from '../../natives.ts';
import { arrayBufferOf, bytesOf, type Source } from './bytes.ts';
import { canonicalDigest, isExtendable, namedDigest } from './digests.ts';
import { nodeError } from './errors.ts';
import { jobClass, preparedJobClass, type Work } from './jobs.ts';
import { secretOf, type KeyClasses } from './key-object.ts';
import { fillRandom, randomBytes } from './random.ts';

export function createRandomAndDerivation(ctx: BindingContext, keys: KeyClasses): Record<string, unknown> {
  return {
    RandomBytesJob: jobClass(ctx, (buffer: Source, offset: number, size: number) => fillRandom(bytesOf(buffer).subarray(offset, offset + size))),
    PBKDF2Job: preparedJobClass(ctx, preparePbkdf2),
    ScryptJob: preparedJobClass(ctx, prepareScrypt),
    HKDFJob: preparedJobClass(ctx, prepareHkdf),
    SecretKeyGenJob: jobClass(ctx, (bits: number) => keys.wrap(randomBytes(Math.floor(bits / 8)))),
  };
}

/** Digests that the browser derives with by itself. */
const BROWSER_DIGESTS: Readonly<Record<string, string>> = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

function preparePbkdf2(passwordSource: Source, saltSource: Source, iterations: number, length: number, digest: string): Work | (() => ArrayBuffer) {
  const hash = namedDigest(digest);
  const [password, salt] = [bytesOf(passwordSource).slice(), bytesOf(saltSource).slice()];
  const now = (): ArrayBuffer => {
    if (length === 0 || isExtendable(digest)) throw derivationFailed();
    return arrayBufferOf(pbkdf2(hash, password, salt, { c: iterations, dkLen: length }));
  };
  const name = BROWSER_DIGESTS[canonicalDigest(digest)];
  // Empty passwords are not keys to every browser.
  if (name === undefined || length === 0 || password.length === 0) return now;
  const { subtle } = native.crypto;
  return {
    now,
    later: async () => subtle.deriveBits({ name: 'PBKDF2', hash: name, salt, iterations }, await subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']), length * 8),
  };
}

const derivationFailed = (): Error => new Error('Deriving bits failed');

type ScryptArgs = [password: Source, salt: Source, N: number, r: number, p: number, maxmem: number, length: number];

/** RFC 7914, 2, and the memory that OpenSSL counts for it (providers/implementations/kdfs/scrypt.c). */
function checkScrypt([, , N, r, p, maxmem]: ScryptArgs): void {
  const invalid = (why = ''): Error => nodeError('ERR_CRYPTO_INVALID_SCRYPT_PARAMS', `Invalid scrypt params${why}`);
  if (N < 2 || !Number.isInteger(Math.log2(N)) || r < 1 || p < 1 || p > (2 ** 30 - 1) / r || (16 * r <= 53 && N >= 2 ** (16 * r))) throw invalid();
  if (128 * r * p + 32 * r * (N + 2) * 4 > maxmem) throw invalid(': error:030000AC:digital envelope routines::memory limit exceeded');
}

function prepareScrypt(...args: ScryptArgs): () => ArrayBuffer {
  checkScrypt(args);
  const [passwordSource, saltSource, N, r, p, maxmem, length] = args;
  const [password, salt] = [bytesOf(passwordSource).slice(), bytesOf(saltSource).slice()];
  return () => (length === 0 ? new ArrayBuffer(0) : arrayBufferOf(scrypt(password, salt, { N, r, p, dkLen: length, maxmem: maxmem + 128 * r * (p + 2) })));
}

function prepareHkdf(name: string, key: unknown, saltSource: Source, infoSource: Source, length: number): () => ArrayBuffer {
  const digest = namedDigest(name);
  if (length > digest.outputLen * 255) throw nodeError('ERR_CRYPTO_INVALID_KEYLEN');
  const [secret, salt, info] = [secretOf(key), bytesOf(saltSource).slice(), bytesOf(infoSource).slice()];
  return () => {
    if (length === 0 || isExtendable(name)) throw derivationFailed();
    return arrayBufferOf(hkdf(digest, secret, salt, info, length));
  };
}
