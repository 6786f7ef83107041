/** The bytes are what Node v22.23.3 writes (`new v8.Serializer()` and `v8.serialize`). */
import { expect, test } from 'vitest';
import { create } from './serdes.ts';
import { testContext } from './testing.ts';

interface Writer {
  writeHeader(): void;
  writeValue(value: unknown): boolean;
  releaseBuffer(): Buffer;
  writeUint64(high: number, low: number): void;
  writeDouble(value: number): void;
  writeRawBytes(bytes: Uint8Array): void;
}
interface Reader {
  readHeader(): boolean;
  readValue(): unknown;
  readUint64(): [number, number];
  readDouble(): number;
  _readRawBytes(length: number): number;
}

const { ctx } = testContext(() => undefined);
ctx.hooks.requireBuiltin = () => ({ Buffer });
const { Serializer, Deserializer } = create(ctx) as { Serializer: new () => Writer; Deserializer: new (bytes: Uint8Array) => Reader };

function write(value: unknown): Buffer {
  const serializer = new Serializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

function read(bytes: Uint8Array): unknown {
  const deserializer = new Deserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

test.each([
  [{ a: 1, b: 'x', 3: [null, true] }, 'ff0f6f49064102305424000222016149022201622201787b03'],
  [[1, '日', 1.5], 'ff0f410349026302e5654e000000000000f83f240003'],
  [new Map<unknown, unknown>([[1n, new Set([-1])]]), 'ff0f3b5a1001000000000000002749012c013a02'],
  [/a/gi, 'ff0f5222016103'],
  [new Uint16Array([1, 2]), 'ff0f4204010002005657000400'],
])('the bytes of %o', (value, hex) => {
  expect(write(value).toString('hex')).toBe(hex);
});

const circular: Record<string, unknown> = { a: 1 };
circular['self'] = circular;
const view = new Uint8Array(new ArrayBuffer(4), 1, 2);

test.each([
  [1], [-0], [Number.NaN], [2 ** 40], ['x'.repeat(300)], ['日本'.repeat(100)], [undefined], [null], [-(2n ** 130n)], [[1, 2.5, ['a']]], [[1, , 3]], // eslint-disable-line no-sparse-arrays -- the kind under test
  [new Date(5)], [/x/dgimsuy], [new Map<unknown, unknown>([[1, { a: 2 }], [view, view]])], [new Set([[1], view])], [circular], [Object(1n)], [Object('s')],
  [new TypeError('bad', { cause: { why: 1 } })], [new Float64Array([1.5])], [new DataView(new ArrayBuffer(3), 1)], [{ 3: 1, '-1': 2, name: [] }],
])('what is written is read again: %o', (value) => {
  expect(read(write(value))).toEqual(value);
});

test('one object stays one', () => {
  const shared = {};
  const [first, second] = read(write([shared, shared])) as [object, object];
  expect(first).toBe(second);
});

test.each([
  [() => 1, '() => 1 could not be cloned.'], [Symbol('q'), 'Symbol(q) could not be cloned.'], [new WeakMap(), '#<WeakMap> could not be cloned.'],
  [new SharedArrayBuffer(1), '#<SharedArrayBuffer> could not be cloned.'], [(function* () {})(), '[object Generator] could not be cloned.'],
])('%o has no form', (value, message) => {
  expect(() => write(value)).toThrow(message);
});

test.each([[[255, 99, 1], 'due to invalid or unsupported version'], [[1], 'due to invalid or unsupported version'], [[255, 15, 111], 'Unable to deserialize cloned data.']])('bytes %o are refused', (bytes, message) => {
  expect(() => read(Uint8Array.from(bytes))).toThrow(message);
});

test('primitives for subclasses', () => {
  const serializer = new Serializer();
  serializer.writeUint64(1, 0xffff_ffff);
  serializer.writeDouble(1.5);
  serializer.writeRawBytes(new Uint8Array([7, 8]));
  const reader = new Deserializer(serializer.releaseBuffer());
  expect([reader.readUint64(), reader.readDouble(), reader._readRawBytes(2)]).toEqual([[1, 0xffff_ffff], 1.5, 13]);
  expect(() => reader.readDouble()).toThrow('ReadDouble() failed');
});
