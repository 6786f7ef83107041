/** AES key wrap (RFC 3394), with the initial value that was given. */
import { concatBytes } from '@noble/ciphers/utils.js';
import { openSslError } from '../errors.ts';
import { equalBytes } from '../hashing.ts';
import { aes } from './aes.ts';
import type { Direction, RunningCipher } from './streams.ts';

const HALF = 8;
const ROUNDS = 6;

/** The whole key comes in one piece. */
export function wrapKey(direction: Direction, key: Uint8Array, initial: Uint8Array): RunningCipher {
  return {
    update: (data) => (direction === 'encrypt' ? wrap(key, initial, data) : unwrap(key, initial, data)),
    final: () => new Uint8Array(0),
  };
}

/** @param data at least two blocks of 8 bytes */
export function wrap(key: Uint8Array, initial: Uint8Array, data: Uint8Array): Uint8Array {
  if (data.length % HALF !== 0 || data.length < 2 * HALF) throw failure();
  const { unsafe } = aes();
  const schedule = unsafe.expandKeyLE(key);
  const result = concatBytes(initial, data);
  const block = new Uint8Array(2 * HALF);
  block.set(initial);
  const count = data.length / HALF;
  for (let step = 1; step <= ROUNDS * count; step++) {
    const at = (((step - 1) % count) + 1) * HALF;
    block.set(result.subarray(at, at + HALF), HALF);
    unsafe.encryptBlock(schedule, block);
    result.set(block.subarray(HALF), at);
    addStep(block, step);
  }
  result.set(block.subarray(0, HALF));
  return result;
}

/** @throws when the initial value does not come out */
export function unwrap(key: Uint8Array, initial: Uint8Array, data: Uint8Array): Uint8Array {
  if (data.length % HALF !== 0 || data.length < 3 * HALF) throw failure();
  const { unsafe } = aes();
  const schedule = unsafe.expandKeyDecLE(key);
  const result = data.slice(HALF);
  const block = new Uint8Array(2 * HALF);
  block.set(data.subarray(0, HALF));
  const count = result.length / HALF;
  for (let step = ROUNDS * count; step >= 1; step--) {
    const at = ((step - 1) % count) * HALF;
    addStep(block, step);
    block.set(result.subarray(at, at + HALF), HALF);
    unsafe.decryptBlock(schedule, block);
    result.set(block.subarray(HALF), at);
  }
  if (!equalBytes(block.subarray(0, HALF), initial)) throw failure();
  return result;
}

/** Mixes the number of the step into the first half. */
function addStep(block: Uint8Array, step: number): void {
  const view = new DataView(block.buffer);
  view.setUint32(4, view.getUint32(4) ^ step);
}

function failure(): Error {
  return openSslError('1C800066', 'Provider routines', 'cipher operation failed');
}
