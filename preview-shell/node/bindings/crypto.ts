/** node:crypto (src/crypto), over noble's audited libraries and the browser's random numbers. */
import type { BindingContext } from '../context.ts';
import { bytesOf, cryptoError, type Source } from './crypto/bytes.ts';
import { createCiphers } from './crypto/ciphers/cipher-base.ts';
import { CONSTANTS } from './crypto/constants.ts';
import { createDiffieHellman } from './crypto/diffie-hellman.ts';
import { createHashing, equalBytes } from './crypto/hashing.ts';
import { createKeyGeneration } from './crypto/keygen-jobs.ts';
import { createKeys } from './crypto/key-object.ts';
import { CURVE_NAMES } from './crypto/keys/curves.ts';
import { createRandomAndDerivation } from './crypto/random-and-derivation.ts';
import { createRsaCiphers } from './crypto/rsa/cipher.ts';
import { createSigning } from './crypto/signing.ts';
import { createWebJobs } from './crypto/web-jobs.ts';

/** What is left out: making one, or calling it, says so. */
const UNSUPPORTED_CLASSES = ['DsaKeyPairGenJob', 'SecureContext'];
const UNSUPPORTED_FUNCTIONS = ['certVerifySpkac', 'certExportPublicKey', 'certExportChallenge', 'parseX509', 'resetRootCertStore', 'setEngine', 'setFipsCrypto'];

export function create(ctx: BindingContext): Record<string, unknown> {
  const keys = createKeys(ctx);
  return {
    ...CONSTANTS,
    ...Object.fromEntries(UNSUPPORTED_CLASSES.map((name) => [name, unsupportedClass(name)])),
    ...Object.fromEntries(UNSUPPORTED_FUNCTIONS.map((name) => [name, () => unsupported(name)])),
    ...createHashing(ctx),
    ...createCiphers(ctx),
    ...createRandomAndDerivation(ctx, keys),
    ...keys.binding,
    ...createKeyGeneration(ctx, keys),
    ...createSigning(ctx),
    ...createRsaCiphers(ctx),
    ...createDiffieHellman(ctx),
    ...createWebJobs(ctx),
    // Memory of a page is never locked.
    secureBuffer: (length: number) => new Uint8Array(length),
    timingSafeEqual: (a: Source, b: Source) => {
      const [left, right] = [bytesOf(a), bytesOf(b)];
      if (left.length !== right.length) throw Object.assign(new RangeError('Input buffers must have the same byte length'), { code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH' });
      return equalBytes(left, right);
    },
    getSSLCiphers: () => [],
    getCurves: () => [...CURVE_NAMES],
    getFipsCrypto: () => 0,
    testFipsCrypto: () => false,
    getOpenSSLSecLevelCrypto: () => 1,
    secureHeapUsed: () => undefined,
    // The browser has its own roots, and its connections are its own.
    getBundledRootCertificates: () => [], getSystemCACertificates: () => [], getExtraCACertificates: () => [], getUserRootCertificates: () => [],
    startLoadingCertificatesOffThread: () => undefined,
  };
}

function unsupported(name: string): never {
  throw cryptoError(`crypto: ${name} is not supported in the container.`, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
}

function unsupportedClass(name: string) {
  return { [name]: class {
    constructor() {
      unsupported(name);
    }
  } }[name];
}
