/** New key pairs. */
import { randomBytes } from '../random.ts';
import { OKP_CURVES, type EcCurve, type OkpType } from './curves.ts';
import { ecFromSecret, okpFromSecret, type EcKey, type OkpKey, type PssLimits, type RsaKey } from './model.ts';
import { bitLength, bytesOfBigint, gcd, modInverse } from './numbers.ts';
import { randomBelow, randomPrime } from './primes.ts';

/** OpenSSL makes no shorter modulus (RSA_MIN_MODULUS_BITS). */
export const MIN_RSA_BITS = 512;

/**
 * FIPS 186-5, A.1.3, without its tests of distance for lengths that it does not allow.
 * @param bits of the modulus, at least `MIN_RSA_BITS`
 * @param e odd, and more than 1
 */
export function generateRsa(bits: number, e: bigint, type: RsaKey['type'] = 'rsa', pss?: PssLimits): RsaKey {
  for (;;) {
    const one = rsaPrime(Math.ceil(bits / 2), e);
    const other = rsaPrime(Math.floor(bits / 2), e);
    const [p, q] = one > other ? [one, other] : [other, one];
    const n = p * q;
    if (p === q || bitLength(n) !== bits) continue;
    const d = modInverse(e, ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n));
    if (bitLength(d) * 2 <= bits) continue;
    return { type, n, e, secret: { d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: modInverse(q, p) }, pss };
  }
}

/** A prime whose predecessor has nothing in common with the exponent. */
function rsaPrime(bits: number, e: bigint): bigint {
  for (;;) {
    const prime = randomPrime(bits);
    if (gcd(prime - 1n, e) === 1n) return prime;
  }
}

export function generateEc(curve: EcCurve): EcKey {
  const order = curve.ecdsa.Point.Fn.ORDER;
  return ecFromSecret(curve, bytesOfBigint(1n + randomBelow(order - 1n), curve.size));
}

export function generateOkp(type: OkpType): OkpKey {
  const curve = OKP_CURVES[type];
  return okpFromSecret(curve, randomBytes(curve.size));
}

/** A secret exponent in [1, limit). */
export function randomExponent(limit: bigint): bigint {
  return 1n + randomBelow(limit - 1n);
}

