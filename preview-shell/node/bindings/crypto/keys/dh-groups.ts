/** The groups of RFC 2409 and RFC 3526 for Diffie-Hellman, computed as they are defined there; the generator of each is 2. */
import { nodeError } from '../errors.ts';

/** Bits, and the number that makes the formula's value a prime. */
const GROUPS: Readonly<Record<string, readonly [bits: number, addend: bigint]>> = {
  modp1: [768, 149686n], modp2: [1024, 129093n], modp5: [1536, 741804n], modp14: [2048, 124476n], modp15: [3072, 1690314n], modp16: [4096, 240904n],
  modp17: [6144, 929484n], modp18: [8192, 4743158n],
};

/** Bits of a secret that are as strong as the group (SP 800-56A, 5.6.1.1.1; OpenSSL's ffc_dh.c). */
const SECRET_BITS: Readonly<Record<string, number>> = { modp5: 200, modp14: 225, modp15: 275, modp16: 325, modp17: 375, modp18: 400 };

function groupOf(prime: bigint): string | undefined {
  const { length } = prime.toString(16);
  const name = Object.keys(GROUPS).find((candidate) => (GROUPS[candidate] as readonly [number, bigint])[0] === length * 4);
  return name !== undefined && groupPrime(name) === prime ? name : undefined;
}

/** Whether the prime is that of one of these groups, and so a safe one. */
export function isGroupPrime(prime: bigint): boolean {
  return groupOf(prime) !== undefined;
}

/** @returns undefined for a prime that is none of these groups', or of a group too small for it */
export function groupSecretBits(prime: bigint): number | undefined {
  return SECRET_BITS[groupOf(prime) ?? ''];
}

const made = new Map<string, bigint>();

/** @throws ERR_CRYPTO_UNKNOWN_DH_GROUP */
export function groupPrime(name: string): bigint {
  const known = name.toLowerCase();
  const group = Object.hasOwn(GROUPS, known) ? GROUPS[known] : undefined;
  if (group === undefined) throw nodeError('ERR_CRYPTO_UNKNOWN_DH_GROUP');
  const prime = made.get(known) ?? compute(...group);
  made.set(known, prime);
  return prime;
}

/** 2^n - 2^(n - 64) - 1 + 2^64 * (floor(2^(n - 130) * pi) + addend) */
function compute(bits: number, addend: bigint): bigint {
  const n = BigInt(bits);
  return (1n << n) - (1n << (n - 64n)) - 1n + ((scaledPi(n - 130n) + addend) << 64n);
}

const GUARD_BITS = 64n;

/** floor(2 ** bits * pi), by Machin's formula. */
function scaledPi(bits: bigint): bigint {
  const one = 1n << (bits + GUARD_BITS);
  return (4n * (4n * arctanOfInverse(5n, one) - arctanOfInverse(239n, one))) >> GUARD_BITS;
}

function arctanOfInverse(value: bigint, one: bigint): bigint {
  let [term, sum, divisor, sign] = [one / value, 0n, 1n, 1n];
  while (term !== 0n) {
    sum += (sign * term) / divisor;
    term /= value * value;
    divisor += 2n;
    sign = -sign;
  }
  return sum;
}
