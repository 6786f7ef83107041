/** Prime numbers: trial division and Miller-Rabin (FIPS 186-5, B.3). */
import { randomBytes } from '../random.ts';
import { bigintOf, bitLength, modPow } from './numbers.ts';

const SIEVE_LIMIT = 8192;
/** Odd primes below the limit. */
const SMALL_PRIMES = smallPrimes();

function smallPrimes(): number[] {
  const composite = new Uint8Array(SIEVE_LIMIT);
  const primes: number[] = [];
  for (let value = 3; value < SIEVE_LIMIT; value += 2) {
    if (composite[value] === 1) continue;
    primes.push(value);
    for (let multiple = value * value; multiple < SIEVE_LIMIT; multiple += value * 2) composite[multiple] = 1;
  }
  return primes;
}

/** A number in [0, limit), each as likely. */
export function randomBelow(limit: bigint): bigint {
  const bits = bitLength(limit);
  const bytes = Math.ceil(bits / 8);
  for (;;) {
    const value = BigInt.asUintN(bits, bigintOf(randomBytes(bytes)));
    if (value < limit) return value;
  }
}

export function randomBits(bits: number): bigint {
  return BigInt.asUintN(bits, bigintOf(randomBytes(Math.ceil(bits / 8))));
}

/** Rounds after which a number that somebody chose is taken for a prime (OpenSSL's BN_check_prime). */
const roundsFor = (bits: number): number => (bits > 2048 ? 128 : 64);
/** For numbers drawn at random few rounds tell as much (FIPS 186-5, table B.1). */
const RANDOM_ROUNDS = 8;

export function isPrime(value: bigint, rounds = roundsFor(bitLength(value))): boolean {
  if (value < 4n) return value === 2n || value === 3n;
  if (value % 2n === 0n) return false;
  for (const prime of SMALL_PRIMES) {
    if (value % BigInt(prime) === 0n) return value === BigInt(prime);
  }
  return millerRabin(value, rounds);
}

function millerRabin(value: bigint, rounds: number): boolean {
  let odd = value - 1n;
  let twos = 0;
  for (; odd % 2n === 0n; twos++) odd /= 2n;
  for (let round = 0; round < rounds; round++) {
    if (isWitness(2n + randomBelow(value - 3n), value, odd, twos)) return false;
  }
  return true;
}

function isWitness(base: bigint, value: bigint, odd: bigint, twos: number): boolean {
  let power = modPow(base, odd, value);
  if (power === 1n || power === value - 1n) return false;
  for (let square = 1; square < twos; square++) {
    power = (power * power) % value;
    if (power === value - 1n) return false;
  }
  return true;
}

/** What a prime has to be besides: `rem` modulo `add`, or safe, with half of what is below it a prime too. */
export interface PrimeShape {
  readonly safe?: boolean;
  readonly add?: bigint;
  readonly rem?: bigint;
}

/**
 * A prime of exactly so many bits, at least 2. Where no number has the shape, this does not end, as it does not in OpenSSL.
 * The highest bit is set, and the next one too unless a step is given: the product of two has twice as many bits.
 */
export function randomPrime(bits: number, { safe = false, add, rem }: PrimeShape = {}): bigint {
  const step = add ?? 2n;
  const top = add === undefined ? 3n << BigInt(bits - 2) : 1n << BigInt(bits - 1);
  // As OpenSSL's BN_generate_prime_ex2: 1 where only the step was given, and for safe primes what keeps half of it odd.
  const remainder = rem ?? (add === undefined || !safe ? 1n : 3n);
  for (;;) {
    let start = randomBits(bits) | top;
    start -= (start % step) - (remainder % step);
    const found = searchFrom(start, step, bits, safe);
    if (found !== undefined) return found;
  }
}

/** Steps before another start is drawn. */
const SEARCH_STEPS = 2 ** 16;

/** The first prime of a progression, of exactly so many bits; remainders by small primes are stepped along with it. */
function searchFrom(start: bigint, step: bigint, bits: number, safe: boolean): bigint | undefined {
  if (bits < 32) return searchSmall(start, step, bits, safe);
  const remainders = SMALL_PRIMES.map((prime) => Number(start % BigInt(prime)));
  const steps = SMALL_PRIMES.map((prime) => Number(step % BigInt(prime)));
  let value = start;
  for (let count = 0; count < SEARCH_STEPS && bitLength(value) <= bits; count++, value += step) {
    if (passesSieve(remainders, steps, safe) && bitLength(value) === bits && isRandomPrime(value, safe)) return value;
  }
  return undefined;
}

function passesSieve(remainders: number[], steps: readonly number[], safe: boolean): boolean {
  let passes = true;
  for (let at = 0; at < SMALL_PRIMES.length; at++) {
    const remainder = remainders[at] as number;
    // Of a safe prime (value - 1) / 2 must not be divisible either.
    if (remainder === 0 || (safe && remainder === 1)) passes = false;
    remainders[at] = (remainder + (steps[at] as number)) % (SMALL_PRIMES[at] as number);
  }
  return passes;
}

function isRandomPrime(value: bigint, safe: boolean): boolean {
  if (value % 2n === 0n || isWitness(2n, value, ...halves(value))) return false;
  return (!safe || millerRabin((value - 1n) / 2n, RANDOM_ROUNDS)) && millerRabin(value, RANDOM_ROUNDS);
}

function halves(value: bigint): [odd: bigint, twos: number] {
  let odd = value - 1n;
  let twos = 0;
  for (; odd % 2n === 0n; twos++) odd /= 2n;
  return [odd, twos];
}

function searchSmall(start: bigint, step: bigint, bits: number, safe: boolean): bigint | undefined {
  for (let value = start; bitLength(value) <= bits; value += step) {
    if (bitLength(value) === bits && isPrime(value) && (!safe || isPrime((value - 1n) / 2n))) return value;
  }
  return undefined;
}
