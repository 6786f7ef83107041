/** RSA itself (RFC 8017, 5). Not in constant time: see keys/numbers.ts. */
import { openSslError } from '../errors.ts';
import { modulusSize, type RsaKey } from '../keys/model.ts';
import { bigintOf, bytesOfBigint, modPow } from '../keys/numbers.ts';

export const rsaError = {
  tooLargeForModulus: () => openSslError('02000084', 'rsa routines', 'data too large for modulus'),
  tooLargeForKey: () => openSslError('0200006E', 'rsa routines', 'data too large for key size'),
  tooSmallForKey: () => openSslError('0200007A', 'rsa routines', 'data too small for key size'),
  longerThanModulus: () => openSslError('0200006C', 'rsa routines', 'data greater than mod len'),
  digestTooBig: () => openSslError('02000070', 'rsa routines', 'digest too big for rsa key'),
  invalidPadding: () => openSslError('0200008A', 'rsa routines', 'invalid padding'),
  oaep: () => openSslError('02000079', 'rsa routines', 'oaep decoding error'),
  unknownPadding: () => openSslError('02000076', 'rsa routines', 'unknown padding type'),
} as const;

/** @returns as many bytes as the modulus has */
export function rsaPublic(key: RsaKey, block: Uint8Array): Uint8Array {
  const message = representative(key, block);
  return bytesOfBigint(modPow(message, key.e, key.n), modulusSize(key));
}

export function rsaPrivate(key: RsaKey, block: Uint8Array): Uint8Array {
  const message = representative(key, block);
  const { secret } = key;
  if (secret === undefined) throw new TypeError('A public key has no private operation.');
  const { p, q, dp, dq, qi, d } = secret;
  const one = modPow(message % p, dp, p);
  const other = modPow(message % q, dq, q);
  const result = other + q * ((((one - other) * qi) % p + p) % p);
  // A wrong result of the shortcut would tell the primes; then, and with a key whose parts do not belong together, the long way.
  const sound = modPow(result, key.e, key.n) === message;
  return bytesOfBigint(sound ? result : modPow(message, d, key.n), modulusSize(key));
}

function representative(key: RsaKey, block: Uint8Array): bigint {
  if (block.length > modulusSize(key)) throw rsaError.longerThanModulus();
  const value = bigintOf(block);
  if (value >= key.n) throw rsaError.tooLargeForModulus();
  return value;
}
