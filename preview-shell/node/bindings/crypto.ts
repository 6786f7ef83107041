/** node:crypto (src/crypto), over noble's audited libraries and the browser's random numbers. */
import type { BindingContext } from '../context.ts';
import { createCiphers } from './crypto/ciphers/cipher-base.ts';
import { CONSTANTS } from './crypto/constants.ts';
import { createDiffieHellman } from './crypto/diffie-hellman.ts';
import { unsupported } from './crypto/errors.ts';
import { createEcdh } from './crypto/ecdh.ts';
import { createHashing, timingSafeEqual } from './crypto/hashing.ts';
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
    ...Object.fromEntries(UNSUPPORTED_FUNCTIONS.map((name) => [name, () => { throw unsupported(name); }])),
    ...createHashing(ctx),
    ...createCiphers(ctx),
    ...createRandomAndDerivation(ctx, keys),
    ...keys.binding,
    ...createKeyGeneration(ctx, keys),
    ...createSigning(ctx),
    ...createRsaCiphers(ctx),
    ...createDiffieHellman(ctx),
    ...createEcdh(ctx),
    ...createWebJobs(ctx),
    // Memory of a page is never locked.
    secureBuffer: (length: number) => new Uint8Array(length),
    timingSafeEqual,
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

function unsupportedClass(name: string) {
  return { [name]: class {
    constructor() {
      throw unsupported(name);
    }
  } }[name];
}
