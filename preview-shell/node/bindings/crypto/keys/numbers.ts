/** Whole numbers as big as keys are. Times depend on the values: as any BigInt code, this does not hide them from who can measure the process. */

export function bigintOf(bytes: Uint8Array): bigint {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex === '' ? 0n : BigInt(`0x${hex}`);
}

/**
 * Big-endian.
 * @param length bytes; as many as needed, and at least one, when left out
 * @throws {RangeError} for a value that does not fit
 */
export function bytesOfBigint(value: bigint, length?: number): Uint8Array {
  const digits = value.toString(16);
  const size = length ?? Math.ceil(digits.length / 2);
  if (digits.length > size * 2) throw new RangeError('The number is longer than the bytes for it.');
  const hex = digits.padStart(size * 2, '0');
  return Uint8Array.from({ length: size }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));
}

export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** base ** exponent mod modulus, four bits of the exponent at a time. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (modulus === 1n) return 0n;
  const powers = [1n];
  for (let index = 1; index < 16; index++) powers.push(((powers[index - 1] as bigint) * base) % modulus);
  let result = 1n;
  for (const digit of exponent.toString(16)) {
    result = (result * result) % modulus;
    result = (result * result) % modulus;
    result = (result * result) % modulus;
    result = (result * result) % modulus;
    const power = Number.parseInt(digit, 16);
    if (power !== 0) result = (result * (powers[power] as bigint)) % modulus;
  }
  return result;
}

/** @throws {RangeError} when there is none */
export function modInverse(value: bigint, modulus: bigint): bigint {
  let [a, b] = [((value % modulus) + modulus) % modulus, modulus];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  if (a !== 1n) throw new RangeError('The number has no inverse.');
  return ((x % modulus) + modulus) % modulus;
}

export function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
