/** The part of DER (ITU-T X.690) that keys and signatures are written in: definite lengths, one-byte tags. */
import { concatBytes } from '@noble/hashes/utils.js';
import { bigintOf, bytesOfBigint } from './numbers.ts';

export const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, null: 0x05, oid: 0x06, sequence: 0x30 } as const;

/** A tag of the context, with something inside (`[n] EXPLICIT`, or a constructed `[n] IMPLICIT`). */
export const context = (number: number): number => 0xa0 + number;
/** A primitive `[n] IMPLICIT`. */
export const implicit = (number: number): number => 0x80 + number;

export class DerError extends Error {}

export function der(tag: number, ...content: Uint8Array[]): Uint8Array {
  const body = concatBytes(...content);
  return concatBytes(new Uint8Array([tag, ...lengthOf(body.length)]), body);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = bytesOfBigint(BigInt(length));
  return [0x80 + bytes.length, ...bytes];
}

export const sequence = (...items: Uint8Array[]): Uint8Array => der(TAG.sequence, ...items);
export const octets = (bytes: Uint8Array): Uint8Array => der(TAG.octets, bytes);
export const bits = (bytes: Uint8Array): Uint8Array => der(TAG.bits, new Uint8Array(1), bytes);
export const NULL = der(TAG.null);

/** @param value not negative */
export function integer(value: bigint | number): Uint8Array {
  const bytes = bytesOfBigint(BigInt(value));
  return der(TAG.integer, (bytes[0] as number) >= 0x80 ? concatBytes(new Uint8Array(1), bytes) : bytes);
}

/** @param dotted such as 1.2.840.113549 */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(TAG.oid, new Uint8Array([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const digits = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) digits.unshift((rest % 128) + 128);
  return digits;
}

/** Takes one value after the other. Every method throws a DerError where what it asks for is not there. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next tag, which is not taken; undefined at the end. */
  get tag(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** The content of the next value. */
  take(tag: number): Uint8Array {
    if (this.tag !== tag) throw new DerError('wrong tag');
    this.#at++;
    const length = this.#length();
    const content = this.#bytes.subarray(this.#at, this.#at + length);
    if (content.length !== length) throw new DerError('too long');
    this.#at += length;
    return content;
  }

  #length(): number {
    const first = this.#bytes[this.#at++];
    if (first === undefined) throw new DerError('too short');
    if (first < 0x80) return first;
    const count = first - 0x80;
    if (count === 0 || count > 4) throw new DerError('bad length');
    let length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + (this.#bytes[this.#at++] ?? 0);
    return length;
  }

  /** Passes over the next value, whatever it is. */
  skip(): void {
    this.take(this.tag ?? TAG.null);
  }

  read(tag: number = TAG.sequence): DerReader {
    return new DerReader(this.take(tag));
  }

  /** @returns undefined when the next value has another tag */
  optional(tag: number): DerReader | undefined {
    return this.tag === tag ? this.read(tag) : undefined;
  }

  integer(): bigint {
    const bytes = this.take(TAG.integer);
    if (bytes.length === 0 || (bytes[0] as number) >= 0x80) throw new DerError('negative integer');
    return bigintOf(bytes);
  }

  number(): number {
    return Number(this.integer());
  }

  octets(): Uint8Array {
    return this.take(TAG.octets);
  }

  bits(): Uint8Array {
    const bytes = this.take(TAG.bits);
    if (bytes[0] !== 0) throw new DerError('bits that are not bytes');
    return bytes.subarray(1);
  }

  oid(): string {
    const arcs: number[] = [];
    let arc = 0;
    for (const byte of this.take(TAG.oid)) {
      arc = arc * 128 + (byte & 127);
      if (byte >= 128) continue;
      if (arcs.length === 0) arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
      else arcs.push(arc);
      arc = 0;
    }
    return arcs.join('.');
  }

  /** @throws when something is left */
  end(): void {
    if (!this.done) throw new DerError('more than was expected');
  }
}
