/** The prime and the generator of Diffie-Hellman, with OpenSSL's checks (crypto/dh). */
import { bytesOf, type Source } from './bytes.ts';
import { nodeError, openSslError } from './errors.ts';
import { groupSecretBits, isGroupPrime } from './keys/dh-groups.ts';
import { randomExponent } from './keys/generate.ts';
import { bigintOf, bitLength, bytesOfBigint, modPow } from './keys/numbers.ts';
import { isPrime, randomPrime } from './keys/primes.ts';

/** DH_CHECK_... and DH_MODULUS_... */
const CHECK = { notPrime: 0x01, notSafe: 0x02, badGenerator: 0x08, tooSmall: 0x80, tooLarge: 0x100 } as const;
const MIN_BITS = 512;
const MAX_BITS = 10_000;

const dhError = (packed: string, reason: string): Error => openSslError(packed, 'Diffie-Hellman routines', reason);

export class DhParameters {
  readonly p: bigint;
  readonly g: bigint;
  readonly verifyError: number;
  /** Bits of a secret in a group that is known to be good. */
  readonly #secretBits: number | undefined;

  constructor(p: bigint, g: bigint, verifyError: number) {
    this.p = p;
    this.g = g;
    this.verifyError = verifyError;
    this.#secretBits = g === 2n ? groupSecretBits(p) : undefined;
  }

  /** Bytes of a shared secret. */
  get size(): number {
    return bytesOfBigint(this.p).length;
  }

  newSecret(): bigint {
    return randomExponent(this.#secretBits === undefined ? this.p - 1n : 1n << BigInt(this.#secretBits));
  }

  publicOf(secret: bigint): bigint {
    return modPow(this.g, secret, this.p);
  }

  /** DH_check_pub_key, in Node's words. */
  checkPublic(bytes: Uint8Array): bigint {
    const key = bigintOf(bytes);
    const invalid = (): Error => nodeError('ERR_CRYPTO_INVALID_KEYTYPE', 'Unspecified validation error');
    if (key <= 1n) throw nodeError('ERR_CRYPTO_INVALID_KEYLEN', 'Supplied key is too small');
    if (key >= this.p - 1n) throw invalid();
    if (this.#secretBits !== undefined && modPow(key, (this.p - 1n) / 2n, this.p) !== 1n) throw invalid();
    return key;
  }
}

/** Parameters that somebody gave. */
export function parametersOf(p: bigint, g: bigint): DhParameters {
  return new DhParameters(p, g, g === 2n && isGroupPrime(p) ? 0 : check(p, g));
}

function check(p: bigint, g: bigint): number {
  const bits = bitLength(p);
  if (bits > MAX_BITS) return CHECK.tooLarge;
  const small = bits < MIN_BITS ? CHECK.tooSmall : 0;
  const generator = g <= 1n || g >= p - 1n ? CHECK.badGenerator : 0;
  const prime = isPrime(p) ? (isPrime((p - 1n) / 2n) ? 0 : CHECK.notSafe) : CHECK.notPrime;
  return small | generator | prime;
}

/** @param sizeOrPrime bits of a prime that is to be made, or a prime. @throws OpenSSL's errors */
export function newParameters(sizeOrPrime: number | Source, generator: number | Source): DhParameters {
  const g = typeof generator === 'number' ? BigInt(generator) : bigintOf(bytesOf(generator));
  if (typeof sizeOrPrime === 'number' && sizeOrPrime < 2) throw dhError('0280007E', 'modulus too small');
  if (g <= 1n) throw dhError('02800065', 'bad generator');
  if (typeof sizeOrPrime !== 'number') return parametersOf(bigintOf(bytesOf(sizeOrPrime)), g);
  if (sizeOrPrime < MIN_BITS) throw nodeError('ERR_INVALID_ARG_VALUE', 'Invalid DH parameters');
  return new DhParameters(safePrimeFor(sizeOrPrime, g), g, 0);
}

/** A safe prime in which the generator makes the whole of the larger half, or all: OpenSSL's choice of remainders (dh_builtin_genparams). */
function safePrimeFor(bits: number, g: bigint): bigint {
  if (g === 2n) return randomPrime(bits, { safe: true, add: 24n, rem: 23n });
  if (g === 5n) return randomPrime(bits, { safe: true, add: 60n, rem: 59n });
  return randomPrime(bits, { safe: true, add: 12n, rem: 11n });
}
