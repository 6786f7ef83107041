const FIRST_CAPACITY = 256;

/** Bytes that grow, with the primitives of V8's format. */
export class ByteWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A copy of what was written; the writer is empty after. */
  release(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#bytes = new Uint8Array(FIRST_CAPACITY);
    this.#length = 0;
    return bytes;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  tag(character: string): void {
    this.byte(character.charCodeAt(0));
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.byteLength);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.byteLength;
  }

  /** Seven bits in each byte, the lowest first (LEB128). */
  varint(value: number | bigint): void {
    let rest = BigInt(value);
    while (rest >= 0x80n) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }

  /** Small numbers of either sign stay short. */
  zigzag(value: number): void {
    this.varint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  double(value: number): void {
    this.raw(new Uint8Array(new Float64Array([value]).buffer));
  }

  /** The magnitude of a bigint in whole 64-bit digits, after the sign and their length in bytes. */
  bigint(value: bigint): void {
    const digits: bigint[] = [];
    for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 64n) digits.push(rest & 0xffff_ffff_ffff_ffffn);
    this.varint((digits.length * 8 * 2) | (value < 0n ? 1 : 0));
    this.raw(new Uint8Array(new BigUint64Array(digits).buffer));
  }

  /** One byte for each character where Latin-1 is enough, else two, which stand at even places. */
  string(text: string): void {
    if (isLatin1(text)) {
      this.tag('"');
      this.varint(text.length);
      this.raw(Uint8Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)));
      return;
    }
    const size = text.length * 2;
    if ((this.#length + 1 + varintLength(size)) % 2 === 1) this.byte(0);
    this.tag('c');
    this.varint(size);
    this.raw(new Uint8Array(Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)).buffer));
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + size));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

const isLatin1 = (text: string): boolean => /^[\0-\xff]*$/.test(text);
const varintLength = (value: number): number => Math.max(1, Math.ceil((32 - Math.clz32(value)) / 7));
