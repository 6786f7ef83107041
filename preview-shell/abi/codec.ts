/**
 * Values in shared memory: what a system call's arguments and result may be.
 *
 *     value := tag(u8) payload      array := 7 count(u32) value*      object := 8 count(u32) (string value)*
 *
 * Little-endian, unaligned. Bytes come back as a copy that belongs to the reader.
 */
export type Value = null | undefined | boolean | number | bigint | string | Uint8Array | readonly Value[] | { readonly [key: string]: Value };

const NULL = 0;
const UNDEFINED = 1;
const FALSE = 2;
const TRUE = 3;
const INT = 4;
const DOUBLE = 5;
const STRING = 6;
const ARRAY = 7;
const OBJECT = 8;
const BYTES = 9;
const BIGINT = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Thrown when a value does not fit in the memory given. `needed` is a lower bound in bytes. */
export class CodecOverflow extends Error {
  readonly needed: number;
  constructor(needed: number) {
    super(`The value needs more than the ${needed} bytes of the channel.`);
    this.name = 'CodecOverflow';
    this.needed = needed;
  }
}

export class Writer {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Writes `value` from the start of the memory and returns its length in bytes. */
  encode(value: Value): number {
    this.at = 0;
    this.value(value);
    return this.at;
  }

  private room(n: number): number {
    const at = this.at;
    if (at + n > this.bytes.length) throw new CodecOverflow(at + n);
    this.at = at + n;
    return at;
  }

  private tag(tag: number): void {
    const at = this.room(1);
    this.bytes[at] = tag;
  }

  private u32(n: number): void {
    const at = this.room(4);
    this.view.setUint32(at, n, true);
  }

  private value(value: Value): void {
    if (value === null) this.tag(NULL);
    else if (value === undefined) this.tag(UNDEFINED);
    else if (typeof value === 'boolean') this.tag(value ? TRUE : FALSE);
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'string') this.string(value, true);
    else if (typeof value === 'bigint') this.bigint(value);
    else if (value instanceof Uint8Array) this.blob(value);
    else if (Array.isArray(value)) this.array(value as readonly Value[]);
    else this.object(value as { readonly [key: string]: Value });
  }

  private number(n: number): void {
    if ((n | 0) === n && !Object.is(n, -0)) {
      this.tag(INT);
      const at = this.room(4);
      this.view.setInt32(at, n, true);
    } else {
      this.tag(DOUBLE);
      const at = this.room(8);
      this.view.setFloat64(at, n, true);
    }
  }

  private bigint(n: bigint): void {
    this.tag(BIGINT);
    const at = this.room(8);
    this.view.setBigInt64(at, n, true);
  }

  private string(text: string, tagged: boolean): void {
    if (tagged) this.tag(STRING);
    const lengthAt = this.room(4);
    const start = this.at;
    if (start + text.length > this.bytes.length) throw new CodecOverflow(start + text.length);
    if (!this.ascii(text, start)) {
      const encoded = encoder.encode(text);
      const at = this.room(encoded.length);
      this.bytes.set(encoded, at);
    }
    this.view.setUint32(lengthAt, this.at - start, true);
  }

  private ascii(text: string, start: number): boolean {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 127) return false;
      this.bytes[start + i] = unit;
    }
    this.at = start + text.length;
    return true;
  }

  private blob(bytes: Uint8Array): void {
    this.tag(BYTES);
    this.u32(bytes.length);
    const at = this.room(bytes.length);
    this.bytes.set(bytes, at);
  }

  private array(values: readonly Value[]): void {
    this.tag(ARRAY);
    this.u32(values.length);
    for (const value of values) this.value(value);
  }

  private object(record: { readonly [key: string]: Value }): void {
    const keys = Object.keys(record);
    this.tag(OBJECT);
    this.u32(keys.length);
    for (const key of keys) {
      this.string(key, false);
      this.value(record[key]);
    }
  }
}

export class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;
  private end = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads the one value in the first `length` bytes; throws a `RangeError` on anything else than exactly one. */
  decode(length: number): Value {
    this.at = 0;
    this.end = Math.min(length, this.bytes.length);
    const value = this.value();
    if (this.at !== this.end) throw new RangeError(`Trailing bytes after a value: ${this.end - this.at}.`);
    return value;
  }

  private take(n: number): number {
    const at = this.at;
    if (at + n > this.end) throw new RangeError('A value ends early.');
    this.at = at + n;
    return at;
  }

  private u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  private value(): Value {
    const tag = this.bytes[this.take(1)] as number;
    switch (tag) {
      case NULL: return null;
      case UNDEFINED: return undefined;
      case FALSE: return false;
      case TRUE: return true;
      case INT: return this.view.getInt32(this.take(4), true);
      case DOUBLE: return this.view.getFloat64(this.take(8), true);
      case STRING: return this.string();
      case ARRAY: return this.array();
      case OBJECT: return this.object();
      case BYTES: return this.blob();
      case BIGINT: return this.view.getBigInt64(this.take(8), true);
      default: throw new RangeError(`Unknown tag ${tag}.`);
    }
  }

  private string(): string {
    const length = this.u32();
    const at = this.take(length);
    if (length < 48) {
      const short = this.shortAscii(at, length);
      if (short !== undefined) return short;
    }
    // TextDecoder refuses shared memory in browsers: decode a copy.
    return decoder.decode(this.bytes.slice(at, at + length));
  }

  private shortAscii(at: number, length: number): string | undefined {
    let text = '';
    for (let i = at; i < at + length; i++) {
      const unit = this.bytes[i] as number;
      if (unit > 127) return undefined;
      text += String.fromCharCode(unit);
    }
    return text;
  }

  private blob(): Uint8Array {
    const length = this.u32();
    const at = this.take(length);
    const copy = new Uint8Array(length);
    copy.set(this.bytes.subarray(at, at + length));
    return copy;
  }

  private array(): Value[] {
    const count = this.u32();
    const values: Value[] = [];
    for (let i = 0; i < count; i++) values.push(this.value());
    return values;
  }

  private object(): { [key: string]: Value } {
    const count = this.u32();
    const record: { [key: string]: Value } = {};
    for (let i = 0; i < count; i++) {
      const key = this.string();
      const value = this.value();
      Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
    }
    return record;
  }
}
