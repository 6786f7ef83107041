import { expect, test } from 'vitest';
import { loadCrypto } from './testing.ts';

/** [CR3] of SPEC.md. */
const crypto = loadCrypto();
const UNAVAILABLE = expect.objectContaining({ code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' }) as unknown;

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('It threw nothing.');
}

test('[CR3] certificates, DSA and explicit curves say that they are not to be had', () => {
  expect(thrown(() => new crypto.X509Certificate('x'))).toEqual(UNAVAILABLE);
  expect(thrown(() => crypto.generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }))).toEqual(UNAVAILABLE);
  expect(thrown(() => crypto.generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }))).toEqual(UNAVAILABLE);
  expect(thrown(() => crypto.setEngine('x'))).toEqual(UNAVAILABLE);
  const { privateKey } = crypto.generateKeyPairSync('ed25519');
  expect(thrown(() => privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-128-ctr', passphrase: 'x' }))).toEqual(UNAVAILABLE);
});

test('[CR3] ciphers and curves that are not listed are unknown, with Node\'s own codes', () => {
  expect(crypto.getCiphers()).not.toContain('des-ede3-cbc');
  expect(thrown(() => crypto.createCipheriv('des-ede3-cbc', Buffer.alloc(24), Buffer.alloc(8)))).toMatchObject({ code: 'ERR_CRYPTO_UNKNOWN_CIPHER' });
  expect(crypto.getCurves()).not.toContain('secp224r1');
  expect(thrown(() => crypto.createECDH('secp224r1'))).toMatchObject({ code: 'ERR_CRYPTO_INVALID_CURVE' });
});
