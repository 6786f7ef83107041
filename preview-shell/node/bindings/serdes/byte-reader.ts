import { native } from '../../natives.ts';

/** The primitives back. @throws {RangeError} at the end of the bytes */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get position(): number {
    return this.#at;
  }

  /** The next byte, which stays; undefined at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new RangeError('The serialized value ends too soon.');
    this.#at++;
    return value;
  }

  /** Zero bytes between values are padding. */
  tag(): string {
    let value = this.byte();
    while (value === 0) value = this.byte();
    return String.fromCharCode(value);
  }

  raw(length: number): Uint8Array<ArrayBuffer> {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('The serialized value ends too soon.');
    const bytes = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return bytes;
  }

  varint(): number {
    return Number(this.bigVarint());
  }

  bigVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  zigzag(): number {
    const value = this.varint() >>> 0;
    return (value >>> 1) ^ -(value & 1);
  }

  double(): number {
    return new Float64Array(this.raw(8).buffer)[0] as number;
  }

  bigint(): bigint {
    const field = this.varint();
    const digits = new BigUint64Array(this.raw(Math.ceil(field >> 1 >> 3) * 8).buffer);
    const magnitude = digits.reduceRight((value, digit) => (value << 64n) | digit, 0n);
    return field & 1 ? -magnitude : magnitude;
  }

  /** The text after the tag `"`, `c` or `S`. */
  stringOf(tag: string): string {
    const bytes = this.raw(this.varint());
    if (tag === 'S') return new native.TextDecoder().decode(bytes);
    const units: ArrayLike<number> = tag === 'c' ? new Uint16Array(bytes.buffer) : bytes;
    let text = '';
    for (let at = 0; at < units.length; at += 0x2000) text += String.fromCharCode(...Array.prototype.slice.call(units, at, at + 0x2000));
    return text;
  }
}
