/** How messages fill an RSA block: PKCS #1 v1.5, OAEP and PSS (RFC 8017, 7 to 9). */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes, type CHash } from '@noble/hashes/utils.js';
import { equalBytes } from '../hashing.ts';
import { bytesOfBigint } from '../keys/numbers.ts';
import { randomBytes } from '../random.ts';
import { rsaError } from './core.ts';

/** Bytes of a block that are not text, at the least: 0, the type, eight of padding, 0. */
const OVERHEAD = 11;

/** Type 1, for signatures. */
export function padType1(message: Uint8Array, size: number): Uint8Array {
  if (message.length > size - OVERHEAD) throw rsaError.tooLargeForKey();
  return concatBytes(new Uint8Array([0, 1]), new Uint8Array(size - message.length - 3).fill(0xff), new Uint8Array(1), message);
}

/** @returns undefined for what is not padded so */
export function unpadType1(block: Uint8Array): Uint8Array | undefined {
  const end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 1 || end < OVERHEAD - 1 || !block.subarray(2, end).every((byte) => byte === 0xff)) return undefined;
  return block.slice(end + 1);
}

/** Type 2, for encryption. */
export function padType2(message: Uint8Array, size: number): Uint8Array {
  if (message.length > size - OVERHEAD) throw rsaError.tooLargeForKey();
  const padding = randomBytes(size - message.length - 3).map((byte) => (byte === 0 ? randomNonZero() : byte));
  return concatBytes(new Uint8Array([0, 2]), padding, new Uint8Array(1), message);
}

function randomNonZero(): number {
  for (;;) {
    const [byte = 0] = randomBytes(1);
    if (byte !== 0) return byte;
  }
}

/** What of type 2 is not padded well comes out as text that the key and the cipher text determine, so that nobody learns that it was not. */
export function unpadType2(block: Uint8Array, d: bigint, encrypted: Uint8Array): Uint8Array {
  const end = block.indexOf(0, 2);
  if (block[0] === 0 && block[1] === 2 && end >= OVERHEAD - 1) return block.slice(end + 1);
  return syntheticText(d, encrypted, block.length);
}

/** Implicit rejection (draft-irtf-cfrg-rsa-guidance, 7), as OpenSSL 3.2 does it. */
function syntheticText(d: bigint, encrypted: Uint8Array, size: number): Uint8Array {
  const whole = new Uint8Array(size);
  whole.set(encrypted, size - encrypted.length);
  const key = hmac(sha256, sha256(bytesOfBigint(d, size)), whole);
  const lengths = new DataView(expand(key, 'length', 256).buffer);
  const longest = size - OVERHEAD + 1;
  const mask = 2 ** Math.ceil(Math.log2(longest + 1)) - 1;
  let length = 0;
  for (let at = 0; at < 256; at += 2) {
    const candidate = lengths.getUint16(at) & mask;
    if (candidate < longest) length = candidate;
  }
  return expand(key, 'message', size).slice(size - length);
}

function expand(key: Uint8Array, label: string, length: number): Uint8Array<ArrayBuffer> {
  const bits = length * 8;
  const parts: Uint8Array[] = [];
  for (let at = 0; at * 32 < length; at++) parts.push(hmac(sha256, key, concatBytes(new Uint8Array([at >> 8, at]), utf8ToBytes(label), new Uint8Array([bits >> 8, bits]))));
  return concatBytes(...parts).slice(0, length);
}

/** MGF1 (RFC 8017, B.2.1), mixed into `target`. */
function mask(target: Uint8Array, seed: Uint8Array, hash: CHash): Uint8Array {
  const result = target.slice();
  const counter = new Uint8Array(4);
  for (let at = 0; at < target.length; at += hash.outputLen) {
    new DataView(counter.buffer).setUint32(0, at / hash.outputLen);
    const block = hash(concatBytes(seed, counter));
    for (let byte = 0; byte < block.length && at + byte < result.length; byte++) result[at + byte] = (result[at + byte] as number) ^ (block[byte] as number);
  }
  return result;
}

export function padOaep(message: Uint8Array, size: number, hash: CHash, label: Uint8Array): Uint8Array {
  const room = size - 2 * hash.outputLen - 2;
  if (message.length > room) throw rsaError.tooLargeForKey();
  const seed = randomBytes(hash.outputLen);
  const data = mask(concatBytes(hash(label), new Uint8Array(room - message.length), new Uint8Array([1]), message), seed, hash);
  return concatBytes(new Uint8Array(1), mask(seed, data, hash), data);
}

export function unpadOaep(block: Uint8Array, hash: CHash, label: Uint8Array): Uint8Array {
  const { outputLen } = hash;
  if (block.length < 2 * outputLen + 2) throw rsaError.oaep();
  const data = block.subarray(1 + outputLen);
  const seed = mask(block.subarray(1, 1 + outputLen), data, hash);
  const plain = mask(data, seed, hash);
  const start = plain.findIndex((byte, at) => at >= outputLen && byte !== 0);
  if (block[0] !== 0 || !equalBytes(plain.subarray(0, outputLen), hash(label)) || plain[start] !== 1) throw rsaError.oaep();
  return plain.slice(start + 1);
}

export interface PssOptions {
  readonly hash: CHash;
  readonly mgfHash: CHash;
  /** Bytes; undefined, in verification, for whatever the signature has. */
  readonly saltLength: number | undefined;
}

const PSS_END = 0xbc;

/** @param bits of the modulus, less one */
export function padPss(digest: Uint8Array, bits: number, { hash, mgfHash, saltLength = 0 }: PssOptions): Uint8Array {
  const size = Math.ceil(bits / 8);
  if (size < hash.outputLen + saltLength + 2) throw rsaError.tooLargeForKey();
  const salt = randomBytes(saltLength);
  const h = hash(concatBytes(new Uint8Array(8), digest, salt));
  const data = mask(concatBytes(new Uint8Array(size - saltLength - hash.outputLen - 2), new Uint8Array([1]), salt), h, mgfHash);
  data[0] = (data[0] as number) & (0xff >> (8 * size - bits));
  return concatBytes(data, h, new Uint8Array([PSS_END]));
}

export function verifyPss(block: Uint8Array, digest: Uint8Array, bits: number, { hash, mgfHash, saltLength }: PssOptions): boolean {
  const size = Math.ceil(bits / 8);
  const encoded = block.subarray(block.length - size);
  const dataLength = size - hash.outputLen - 1;
  if (block.subarray(0, block.length - size).some((byte) => byte !== 0) || dataLength < 1 || encoded.at(-1) !== PSS_END) return false;
  const spare = 0xff >> (8 * size - bits);
  if (((encoded[0] as number) & ~spare) !== 0) return false;
  const h = encoded.subarray(dataLength, size - 1);
  const data = mask(encoded.subarray(0, dataLength), h, mgfHash);
  data[0] = (data[0] as number) & spare;
  const start = data.findIndex((byte) => byte !== 0);
  if (start < 0 || data[start] !== 1) return false;
  const salt = data.subarray(start + 1);
  return (saltLength === undefined || salt.length === saltLength) && equalBytes(h, hash(concatBytes(new Uint8Array(8), digest, salt)));
}
