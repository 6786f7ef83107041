import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { MODE, Z } from './codes.ts';
import { ZlibContext } from './context.ts';

function inflate(mode: number, input: Uint8Array): string {
  const context = new ZlibContext(mode, { windowBits: 15, level: -1, memLevel: 8, strategy: 0, dictionary: undefined });
  expect(context.init()).toBeUndefined();
  const output = new Uint8Array(1024);
  const { room } = context.run(Z.finish, input, output);
  expect(context.check()).toBeUndefined();
  return Buffer.from(output.subarray(0, output.length - room)).toString();
}

test.each([['gunzip', MODE.gunzip], ['unzip', MODE.unzip]])('%s reads every member of a gzip file', (_name, mode) => {
  expect(inflate(mode, Buffer.concat([zlib.gzipSync('abc'), zlib.gzipSync('def')]))).toBe('abcdef');
});

test('unzip reads zlib’s own format', () => {
  expect(inflate(MODE.unzip, zlib.deflateSync('abc'))).toBe('abc');
});
