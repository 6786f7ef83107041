import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { create } from './buffer.ts';

type Slice = (this: Uint8Array, start?: number, end?: number) => string;
type Write = (this: Uint8Array, text: string, offset?: number, length?: number) => number;
const binding = create() as Record<string, never>;
const text = fc.string({ unit: fc.oneof(fc.constantFrom('a', 'é', '你', '👍', '\ud800', '\udc00', '\0', '='), fc.string({ minLength: 1, maxLength: 1, unit: 'binary' })), maxLength: 80 });
const bytes = fc.uint8Array({ maxLength: 120 });

describe('bytes and text are Node’s', () => {
  test.each(['ascii', 'latin1', 'utf8', 'ucs2', 'hex', 'base64', 'base64url'] as const)('%s', (encoding) => {
    const slice = binding[`${encoding}Slice`] as unknown as Slice;
    fc.assert(fc.property(bytes, (input) => { expect(slice.call(input)).toBe(Buffer.from(input).toString(encoding)); }));
    const write = binding[`${encoding}Write`] as unknown as Write | undefined;
    const writeStatic = binding[`${encoding}WriteStatic`] as unknown as ((target: Uint8Array, text: string, offset?: number, length?: number) => number) | undefined;
    // What Node makes of units beyond Latin-1 in base64 depends on their place in a group: rubbish, and none of anybody's business.
    const written = encoding.startsWith('base64') ? fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((unit) => String.fromCharCode(unit)) }) : text;
    fc.assert(fc.property(written, fc.nat(40), fc.nat(40), (input, offset, length) => {
      const ours = new Uint8Array(64);
      const theirs = Buffer.alloc(64);
      const count = write === undefined ? writeStatic?.(ours, input, offset, length) : write.call(ours, input, offset, length);
      expect(count).toBe(theirs.write(input, offset, length, encoding));
      expect([...ours]).toEqual([...theirs]);
    }));
  });

  test('lengths and searches', () => {
    const { byteLengthUtf8, indexOfString, indexOfBuffer } = binding as unknown as Record<string, (...args: unknown[]) => number>;
    fc.assert(fc.property(text, (input) => { expect(byteLengthUtf8?.(input)).toBe(Buffer.byteLength(input)); }));
    const few = fc.array(fc.constantFrom(1, 2), { maxLength: 12 });
    fc.assert(fc.property(few, few, fc.integer({ min: -14, max: 14 }), fc.boolean(), (haystack, needle, offset, forward) => {
      const buffer = Buffer.from(haystack);
      const expected = forward ? buffer.indexOf(Buffer.from(needle), offset) : buffer.lastIndexOf(Buffer.from(needle), offset);
      expect(indexOfBuffer?.(new Uint8Array(haystack), new Uint8Array(needle), offset, 1, forward)).toBe(expected);
    }));
    // A Buffer's own method is made of the binding: it must not be called from there.
    const haystack = Object.assign(Uint8Array.of(1, 2, 3), { indexOf: () => { throw new Error('called itself'); } });
    expect(indexOfBuffer?.(haystack, Uint8Array.of(2, 3), 0, 1, true)).toBe(1);
    expect(indexOfString?.(Buffer.from('aab', 'utf16le'), 'ab', 0, 3, true)).toBe(2);
  });

  test('base64 of large and shared memory', () => {
    const large = new Uint8Array(new SharedArrayBuffer(70_000)).fill(200);
    expect((binding['base64Slice'] as unknown as Slice).call(large)).toBe(Buffer.from(large).toString('base64'));
    expect((binding['utf8Slice'] as unknown as Slice).call(large)).toBe(Buffer.from(large).toString());
  });

  test('fills', () => {
    const fill = binding['fill'] as unknown as (...args: unknown[]) => number | undefined;
    fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 5 }), fc.nat(20), fc.nat(20), (value, a, b) => {
      const [start, end] = [Math.min(a, b), Math.max(a, b)];
      const ours = new Uint8Array(20);
      fill(ours, value, start, end, 'utf8');
      expect([...ours]).toEqual([...Buffer.alloc(20).fill(value, start, end)]);
    }));
    expect(fill(new Uint8Array(2), '', 0, 1, 'utf8')).toBe(-1);
    expect(fill(new Uint8Array(2), 1, 0, 3)).toBe(-2);
  });
});
