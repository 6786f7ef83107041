import { brands } from '../util/brands.ts';
import { proxyDetails } from '../util/proxies.ts';
import { ByteWriter } from './byte-writer.ts';
import { ERRORS, FORMAT_VERSION, REGEXP_FLAGS, VERSION_TAG, VIEWS } from './format.ts';

const INT32 = 2 ** 31;

/** What a subclass may define (nodejs.org/api/v8.html#class-v8serializer). */
interface Delegate {
  _writeHostObject?: (object: object) => void;
  _getDataCloneError?: (message: string) => unknown;
  _getSharedArrayBufferId?: (buffer: SharedArrayBuffer) => number;
}

/** @param toBuffer makes Node's Buffer of bytes */
export function serializerClass(toBuffer: (bytes: Uint8Array<ArrayBuffer>) => unknown): new () => object {
  return class Serializer {
    readonly #out = new ByteWriter();
    readonly #ids = new Map<object, number>();
    readonly #transferred = new Map<object, number>();
    #viewsAreHostObjects = false;

    writeHeader(): void {
      this.#out.byte(VERSION_TAG);
      this.#out.byte(FORMAT_VERSION);
    }

    writeValue(value: unknown): boolean {
      this.#value(value);
      return true;
    }

    releaseBuffer(): unknown { return toBuffer(this.#out.release()); }
    transferArrayBuffer(id: number, buffer: ArrayBuffer): void { this.#transferred.set(buffer, id); }
    writeUint32(value: number): void { this.#out.varint(value >>> 0); }
    writeUint64(high: number, low: number): void { this.#out.varint((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)); }
    writeDouble(value: number): void { this.#out.double(value); }
    writeRawBytes(bytes: ArrayBufferView | ArrayBuffer): void { this.#out.raw(bytesOf(bytes)); }
    _setTreatArrayBufferViewsAsHostObjects(treat: boolean): void { this.#viewsAreHostObjects = treat; }

    #value(value: unknown): void {
      const out = this.#out;
      switch (typeof value) {
        case 'undefined': return out.tag('_');
        case 'boolean': return out.tag(value ? 'T' : 'F');
        case 'string': return out.string(value);
        case 'number': return this.#number(value);
        case 'bigint': out.tag('Z'); return out.bigint(value);
        case 'object': return value === null ? out.tag('0') : this.#object(value);
        case 'function': case 'symbol': return this.#refuse(value);
      }
    }

    #number(value: number): void {
      const small = Number.isInteger(value) && value >= -INT32 && value < INT32 && !Object.is(value, -0);
      this.#out.tag(small ? 'I' : 'N');
      if (small) this.#out.zigzag(value);
      else this.#out.double(value);
    }

    #object(object: object): void {
      // A view stands after its buffer, also in the order of ids.
      if (ArrayBuffer.isView(object) && !this.#viewsAreHostObjects && !this.#ids.has(object)) this.#object(object.buffer);
      const known = this.#ids.get(object);
      if (known !== undefined) {
        this.#out.tag('^');
        return this.#out.varint(known);
      }
      this.#ids.set(object, this.#ids.size);
      this.#receiver(object);
    }

    #receiver(object: object): void {
      if (proxyDetails(object) !== undefined) return this.#refuse(object);
      if (Array.isArray(object)) return this.#array(object);
      if (ArrayBuffer.isView(object)) return this.#view(object);
      if (brands.isDate(object)) return this.#tagged('D', () => this.#out.double(Date.prototype.getTime.call(object)));
      if (brands.isMap(object)) return this.#collection(';', ':', [...(object as Map<unknown, unknown>)].flat(1));
      if (brands.isSet(object)) return this.#collection("'", ',', [...(object as Set<unknown>)]);
      if (brands.isRegExp(object)) return this.#regExp(object as RegExp);
      if (brands.isNativeError(object)) return this.#error(object as Error);
      if (brands.isArrayBuffer(object)) return this.#arrayBuffer(object as ArrayBuffer);
      if (brands.isSharedArrayBuffer(object)) return this.#shared(object as SharedArrayBuffer);
      if (this.#boxed(object)) return undefined;
      if (hasNoForm(object)) return this.#refuse(object);
      this.#out.tag('o');
      const written = this.#properties(object, Object.keys(object));
      this.#out.tag('{');
      this.#out.varint(written);
    }

    #tagged(tag: string, rest: () => void): void {
      this.#out.tag(tag);
      rest();
    }

    #boxed(object: object): boolean {
      if (brands.isBooleanObject(object)) this.#out.tag(Boolean.prototype.valueOf.call(object) ? 'y' : 'x');
      else if (brands.isNumberObject(object)) this.#tagged('n', () => this.#out.double(Number.prototype.valueOf.call(object)));
      else if (brands.isBigIntObject(object)) this.#tagged('z', () => this.#out.bigint(BigInt.prototype.valueOf.call(object)));
      else if (brands.isStringObject(object)) this.#tagged('s', () => this.#out.string(String.prototype.valueOf.call(object)));
      else if (brands.isSymbolObject(object)) this.#refuse(object);
      else return false;
      return true;
    }

    #array(array: readonly unknown[]): void {
      const keys = Object.keys(array);
      const own = keys.filter((key) => !isIndex(key, array.length));
      const dense = keys.length - own.length === array.length;
      this.#out.tag(dense ? 'A' : 'a');
      this.#out.varint(array.length);
      if (dense) for (const value of [...array]) this.#value(value);
      const written = this.#properties(array, dense ? own : keys);
      this.#out.tag(dense ? '$' : '@');
      this.#out.varint(written);
      this.#out.varint(array.length);
    }

    #properties(object: object, keys: readonly string[]): number {
      let written = 0;
      for (const key of keys) {
        // A getter that ran before may have taken the property away.
        if (!Object.hasOwn(object, key)) continue;
        this.#value(isIndex(key, 2 ** 32 - 1) ? Number(key) : key);
        this.#value((object as Record<string, unknown>)[key]);
        written++;
      }
      return written;
    }

    #collection(begin: string, end: string, values: readonly unknown[]): void {
      this.#out.tag(begin);
      for (const value of values) this.#value(value);
      this.#out.tag(end);
      this.#out.varint(values.length);
    }

    #regExp({ source, flags }: RegExp): void {
      this.#out.tag('R');
      this.#out.string(source);
      this.#out.varint([...flags].reduce((bits, flag) => bits | (1 << REGEXP_FLAGS.indexOf(flag)), 0));
    }

    #error(error: Error): void {
      const data = (key: string): { value: unknown } | undefined => {
        const descriptor = Object.getOwnPropertyDescriptor(error, key);
        return descriptor !== undefined && 'value' in descriptor ? { value: descriptor.value as unknown } : undefined;
      };
      const [message, cause] = [data('message'), data('cause')];
      this.#out.tag('r');
      const kind = ERRORS[String(error.name)];
      if (kind !== undefined) this.#out.tag(kind);
      if (message !== undefined) this.#tagged('m', () => this.#out.string(String(message.value)));
      const { stack } = error;
      if (typeof stack === 'string') this.#tagged('s', () => this.#out.string(stack));
      if (cause !== undefined) this.#tagged('c', () => this.#value(cause.value));
      this.#out.tag('.');
    }

    #arrayBuffer(buffer: ArrayBuffer): void {
      const transferred = this.#transferred.get(buffer);
      if (transferred !== undefined) return this.#tagged('t', () => this.#out.varint(transferred));
      if (buffer.detached) throw this.#cloneError('An ArrayBuffer is detached and could not be cloned.');
      this.#out.tag(buffer.resizable ? '~' : 'B');
      this.#out.varint(buffer.byteLength);
      if (buffer.resizable) this.#out.varint(buffer.maxByteLength);
      this.#out.raw(new Uint8Array(buffer));
    }

    #shared(buffer: SharedArrayBuffer): void {
      const { _getSharedArrayBufferId: idOf } = this as Delegate;
      if (idOf === undefined) return this.#refuse(buffer);
      this.#out.tag('u');
      this.#out.varint(idOf.call(this, buffer));
    }

    #view(view: ArrayBufferView): void {
      const { _writeHostObject: write } = this as Delegate;
      if (this.#viewsAreHostObjects) {
        this.#out.tag('\\');
        if (write === undefined) throw Object.assign(new Error('The _writeHostObject() method is not implemented'), { code: 'ERR_METHOD_NOT_IMPLEMENTED' });
        return write.call(this, view);
      }
      this.#out.tag('V');
      this.#out.tag(VIEWS[view instanceof DataView ? 'DataView' : ((view as Uint8Array)[Symbol.toStringTag] as string)] ?? '?');
      this.#out.varint(view.byteOffset);
      this.#out.varint(view.byteLength);
      this.#out.varint(0);
    }

    #refuse(value: unknown): never {
      throw this.#cloneError(`${typeof value === 'object' ? nameOf(value as object) : String(value)} could not be cloned.`);
    }

    #cloneError(message: string): unknown {
      const { _getDataCloneError: cloneError = Error } = this as Delegate;
      return Reflect.apply(cloneError, this, [message]);
    }
  };
}

/** Kinds of the engine that the format has no form for: they are not objects of a program's own class. */
function hasNoForm(object: object): boolean {
  return brands.isWeakMap(object) || brands.isWeakSet(object) || NO_FORM.some((prototype) => Object.prototype.isPrototypeOf.call(prototype, object));
}

const iteratorPrototype = (iterator: object): object => Object.getPrototypeOf(iterator) as object;
const NO_FORM: readonly object[] = [
  Promise.prototype, WeakRef.prototype, iteratorPrototype(new Map().keys()), iteratorPrototype(new Set().keys()), iteratorPrototype([].keys()),
  iteratorPrototype(iteratorPrototype((function* () {})())), iteratorPrototype(iteratorPrototype((async function* () {})())),
];

/** As V8 names values in messages, without running their code. */
function nameOf(object: object): string {
  const prototype = Object.getPrototypeOf(object) as object | null;
  const made = prototype === null ? undefined : (Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown);
  const { toString } = object as { toString?: unknown };
  return typeof made === 'function' && toString === Object.prototype.toString ? `#<${made.name}>` : Object.prototype.toString.call(object);
}

const isIndex = (key: string, below: number): boolean => String(Number(key) >>> 0) === key && Number(key) < below;

function bytesOf(bytes: ArrayBufferView | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
}
