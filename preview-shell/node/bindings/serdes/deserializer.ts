import { ByteReader } from './byte-reader.ts';
import { ERRORS, FORMAT_VERSION, REGEXP_FLAGS, VERSION_TAG, VIEWS } from './format.ts';

/** Since this version a view has flags after its length. */
const VIEWS_HAVE_FLAGS = 14;
const UNREADABLE = 'Unable to deserialize cloned data.';

interface Delegate {
  _readHostObject?: () => object;
}

type ViewConstructor = new (buffer: ArrayBufferLike, offset: number, length: number) => ArrayBufferView;

const VIEW_NAMES = new Map(Object.entries(VIEWS).map(([name, tag]) => [tag, name]));
const ERROR_NAMES = new Map(Object.entries(ERRORS).map(([name, tag]) => [tag, name]));

/** v8.Deserializer (nodejs.org/api/v8.html#class-v8deserializer). */
export class Deserializer {
  readonly buffer: ArrayBufferView;
  readonly #in: ByteReader;
  readonly #objects: object[] = [];
  readonly #transferred = new Map<number, ArrayBufferLike>();
  #version = 0;

  constructor(buffer: ArrayBufferView) {
    if (!ArrayBuffer.isView(buffer)) throw Object.assign(new TypeError('buffer must be a TypedArray or a DataView'), { code: 'ERR_INVALID_ARG_TYPE' });
    this.buffer = buffer;
    this.#in = new ByteReader(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength));
  }

  readHeader(): boolean {
    if (this.#in.peek() !== VERSION_TAG) throw new Error('Unable to deserialize cloned data due to invalid or unsupported version.');
    this.#in.byte();
    this.#version = this.#in.varint();
    if (this.#version > FORMAT_VERSION) throw new Error('Unable to deserialize cloned data due to invalid or unsupported version.');
    return true;
  }

  readValue(): unknown {
    try {
      return this.#value();
    } catch (error) {
      if (error instanceof RangeError) throw new Error(UNREADABLE);
      throw error;
    }
  }

  getWireFormatVersion(): number { return this.#version; }
  transferArrayBuffer(id: number, buffer: ArrayBufferLike): void { this.#transferred.set(id, buffer); }
  readUint32(): number { return this.#primitive('ReadUint32', () => this.#in.varint() >>> 0); }
  readDouble(): number { return this.#primitive('ReadDouble', () => this.#in.double()); }

  readUint64(): [high: number, low: number] {
    const value = this.#primitive('ReadUint64', () => this.#in.bigVarint());
    return [Number((value >> 32n) & 0xffff_ffffn), Number(value & 0xffff_ffffn)];
  }

  /** @returns where in `buffer` the bytes are */
  _readRawBytes(length: number): number {
    const at = this.#in.position;
    this.#primitive('ReadRawBytes', () => this.#in.raw(length));
    return at;
  }

  #primitive<T>(name: string, read: () => T): T {
    try {
      return read();
    } catch {
      throw new Error(`${name}() failed`);
    }
  }

  #value(): unknown {
    const value = this.#tagged(this.#in.tag());
    // A view comes after the buffer that it is of.
    return (value instanceof ArrayBuffer || isShared(value)) && this.#in.peek() === 'V'.charCodeAt(0) ? this.#view(value) : value;
  }

  #tagged(tag: string): unknown {
    switch (tag) {
      case '_': case '-': return undefined;
      case '0': return null;
      case 'T': return true;
      case 'F': return false;
      case 'I': return this.#in.zigzag();
      case 'U': return this.#in.varint();
      case 'N': return this.#in.double();
      case 'Z': return this.#in.bigint();
      case '"': case 'c': case 'S': return this.#in.stringOf(tag);
      case '^': return this.#objects[this.#in.varint()] ?? unreadable();
      default: return this.#object(tag);
    }
  }

  #object(tag: string): object {
    switch (tag) {
      case 'o': return this.#properties(this.#remember({}), '{', 1);
      case 'A': return this.#denseArray();
      case 'a': return this.#properties(this.#remember(new Array(this.#in.varint())), '@', 2);
      case 'D': return this.#remember(new Date(this.#in.double()));
      case 'y': case 'x': return this.#remember(Object(tag === 'y') as object);
      case 'n': return this.#remember(Object(this.#in.double()) as object);
      case 'z': return this.#remember(Object(this.#in.bigint()) as object);
      case 's': return this.#remember(Object(this.#in.stringOf(this.#in.tag())) as object);
      case 'R': return this.#regExp();
      case ';': return this.#map();
      case "'": return this.#set();
      case 'B': return this.#remember(this.#in.raw(this.#in.varint()).buffer);
      case '~': return this.#resizable();
      case 't': case 'u': return this.#remember(this.#transferred.get(this.#in.varint()) ?? unreadable());
      case 'r': return this.#error();
      case '\\': return this.#host();
      default: return unreadable();
    }
  }

  #remember<T extends object>(object: T): T {
    this.#objects.push(object);
    return object;
  }

  /** `counts` numbers follow the end: how many properties, and of an array its length. */
  #properties<T extends object>(object: T, end: string, counts: number): T {
    for (let tag = this.#in.tag(); tag !== end; tag = this.#in.tag()) {
      const key = this.#tagged(tag);
      if (typeof key !== 'string' && typeof key !== 'number') unreadable();
      Object.defineProperty(object, key as PropertyKey, { value: this.#value(), writable: true, enumerable: true, configurable: true });
    }
    for (let count = 0; count < counts; count++) this.#in.varint();
    return object;
  }

  #denseArray(): object {
    const length = this.#in.varint();
    const array = this.#remember(new Array<unknown>(length));
    for (let at = 0; at < length; at++) {
      if (this.#in.peek() === '-'.charCodeAt(0)) this.#in.byte();
      else array[at] = this.#value();
    }
    return this.#properties(array, '$', 2);
  }

  #map(): object {
    const map = this.#remember(new Map<unknown, unknown>());
    for (let tag = this.#in.tag(); tag !== ':'; tag = this.#in.tag()) map.set(this.#entry(tag), this.#value());
    this.#in.varint();
    return map;
  }

  #set(): object {
    const set = this.#remember(new Set<unknown>());
    for (let tag = this.#in.tag(); tag !== ','; tag = this.#in.tag()) set.add(this.#entry(tag));
    this.#in.varint();
    return set;
  }

  /** A value whose tag is read. */
  #entry(tag: string): unknown {
    const value = this.#tagged(tag);
    return (value instanceof ArrayBuffer || isShared(value)) && this.#in.peek() === 'V'.charCodeAt(0) ? this.#view(value) : value;
  }

  #regExp(): object {
    const source = this.#in.stringOf(this.#in.tag());
    const bits = this.#in.varint();
    return this.#remember(new RegExp(source, [...REGEXP_FLAGS].filter((_, bit) => bits & (1 << bit)).join('')));
  }

  #resizable(): ArrayBuffer {
    const length = this.#in.varint();
    const buffer = this.#remember(new ArrayBuffer(length, { maxByteLength: this.#in.varint() }));
    new Uint8Array(buffer).set(this.#in.raw(length));
    return buffer;
  }

  #view(buffer: ArrayBufferLike): ArrayBufferView {
    this.#in.byte();
    const name = VIEW_NAMES.get(String.fromCharCode(this.#in.byte()));
    const [offset, length] = [this.#in.varint(), this.#in.varint()];
    if (this.#version >= VIEWS_HAVE_FLAGS) this.#in.varint();
    const View = (globalThis as unknown as Record<string, ViewConstructor & { BYTES_PER_ELEMENT?: number }>)[name ?? ''] ?? unreadable();
    return this.#remember(new View(buffer, offset, length / (View.BYTES_PER_ELEMENT ?? 1)));
  }

  #error(): Error {
    let tag = this.#in.tag();
    const name = ERROR_NAMES.get(tag);
    if (name !== undefined) tag = this.#in.tag();
    const Kind = (globalThis as unknown as Record<string, ErrorConstructor>)[name ?? 'Error'] ?? Error;
    const error = this.#remember(new Kind());
    Reflect.deleteProperty(error, 'stack');
    for (; tag !== '.'; tag = this.#in.tag()) {
      const key = { m: 'message', c: 'cause', s: 'stack' }[tag] ?? unreadable();
      Object.defineProperty(error, key, { value: this.#value(), writable: true, enumerable: false, configurable: true });
    }
    return error;
  }

  #host(): object {
    const { _readHostObject: read } = this as Delegate;
    if (read === undefined) throw Object.assign(new Error('The _readHostObject() method is not implemented'), { code: 'ERR_METHOD_NOT_IMPLEMENTED' });
    // Its place in the order of objects is before those that it reads itself.
    const id = this.#objects.length;
    this.#remember({});
    const object = read.call(this);
    this.#objects[id] = object;
    return object;
  }
}

const isShared = (value: unknown): value is SharedArrayBuffer => value instanceof SharedArrayBuffer;

function unreadable(): never {
  throw new Error(UNREADABLE);
}
