/** Authenticated ciphers, fed piece by piece: GCM (NIST SP 800-38D), CCM (SP 800-38C), ChaCha20-Poly1305 (RFC 8439). */
import { ghash } from '@noble/ciphers/_polyval.js';
import { poly1305 } from '@noble/ciphers/_poly1305.js';
import { chacha20 } from '@noble/ciphers/chacha.js';
import { concatBytes, copyBytes, u64Lengths } from '@noble/ciphers/utils.js';
import { aes } from './aes.ts';
import { BLOCK, keyStream, startChaCha20, type Direction, type RunningCipher } from './streams.ts';

export interface RunningAead extends RunningCipher {
  /** Data that is authenticated and not encrypted; before all else. @returns false once text was given */
  addData(data: Uint8Array): boolean;
  /** The whole tag of 16 bytes, when all was given. */
  tag(): Uint8Array;
}

const NONE = new Uint8Array(0);

/** What a MAC of 16-byte blocks takes: pieces of any length, each part padded with zeros at its end. */
class PaddedInput {
  length = 0;
  readonly #sink: (blocks: Uint8Array) => void;
  #waiting: Uint8Array = NONE;

  constructor(sink: (blocks: Uint8Array) => void) {
    this.#sink = sink;
  }

  update(data: Uint8Array): void {
    this.length += data.length;
    const all = this.#waiting.length === 0 ? data : concatBytes(this.#waiting, data);
    const end = all.length - (all.length % BLOCK);
    if (end > 0) this.#sink(copyBytes(all.subarray(0, end)));
    this.#waiting = all.slice(end);
  }

  end(): void {
    if (this.#waiting.length === 0) return;
    const last = new Uint8Array(BLOCK);
    last.set(this.#waiting);
    this.#waiting = NONE;
    this.#sink(last);
  }
}

/** Data, then cipher text, then both lengths, under one MAC; text goes through `stream`. */
function encryptThenMac(direction: Direction, stream: RunningCipher, absorb: (blocks: Uint8Array) => void, finish: (data: number, text: number) => Uint8Array): RunningAead {
  const data = new PaddedInput(absorb);
  const text = new PaddedInput(absorb);
  let started = false;
  const start = (): void => {
    if (!started) data.end();
    started = true;
  };
  return {
    addData(bytes) {
      if (started) return false;
      data.update(bytes);
      return true;
    },
    update(bytes) {
      start();
      const result = stream.update(bytes);
      text.update(direction === 'encrypt' ? result : bytes);
      return result;
    },
    final: () => NONE,
    tag() {
      start();
      text.end();
      return finish(data.length, text.length);
    },
  };
}

export function startGcm(direction: Direction, key: Uint8Array, iv: Uint8Array): RunningAead {
  const { unsafe } = aes();
  const schedule = unsafe.expandKeyLE(key);
  const hashKey = unsafe.encryptBlock(schedule, new Uint8Array(BLOCK));
  const first = firstCounter(hashKey, iv);
  const mask = unsafe.encryptBlock(schedule, copyBytes(first));
  const counter = copyBytes(first);
  const view = new DataView(counter.buffer);
  view.setUint32(12, view.getUint32(12) + 1);
  const mac = ghash.create(hashKey);
  const stream = keyStream(BLOCK, (blocks) => unsafe.ctr32(schedule, false, counter, blocks));
  return encryptThenMac(direction, stream, (blocks) => void mac.update(blocks), (data, text) => {
    mac.update(u64Lengths(text * 8, data * 8, false));
    return xor(mac.digest(), mask);
  });
}

/** SP 800-38D, 7.1, step 2. */
function firstCounter(hashKey: Uint8Array, iv: Uint8Array): Uint8Array {
  if (iv.length === 12) return concatBytes(iv, new Uint8Array([0, 0, 0, 1]));
  const mac = ghash.create(hashKey);
  return copyBytes(mac.update(copyBytes(iv)).update(u64Lengths(iv.length * 8, 0, false)).digest());
}

export function startChaCha20Poly1305(direction: Direction, key: Uint8Array, nonce: Uint8Array): RunningAead {
  const mac = poly1305.create(chacha20(key, copyBytes(nonce), new Uint8Array(32)));
  const stream = startChaCha20(key, concatBytes(new Uint8Array([1, 0, 0, 0]), nonce));
  return encryptThenMac(direction, stream, (blocks) => void mac.update(blocks), (data, text) => {
    mac.update(u64Lengths(text, data, true));
    return mac.digest();
  });
}

/** CCM takes its text in one piece: the length stands at the beginning of what is authenticated. */
export function startCcm(direction: Direction, key: Uint8Array, nonce: Uint8Array, tagLength: number): RunningAead {
  const { unsafe } = aes();
  const schedule = unsafe.expandKeyLE(key);
  let data: Uint8Array = NONE;
  let result: Uint8Array | undefined;
  const run = (text: Uint8Array): Uint8Array => {
    const counter = new Uint8Array(BLOCK);
    counter[0] = 14 - nonce.length;
    counter.set(nonce, 1);
    const mask = unsafe.encryptBlock(schedule, copyBytes(counter));
    counter[15] = 1;
    const padded = new Uint8Array(Math.ceil(text.length / BLOCK) * BLOCK);
    padded.set(text);
    const output = unsafe.ctrCounter(schedule, counter, padded).slice(0, text.length);
    result = xor(cbcMac(schedule, nonce, tagLength, data, direction === 'encrypt' ? text : output), mask);
    return output;
  };
  return {
    addData(bytes) {
      if (result !== undefined) return false;
      data = concatBytes(data, bytes);
      return true;
    },
    update: run,
    final: () => NONE,
    tag() {
      if (result === undefined) run(NONE);
      return result as unknown as Uint8Array;
    },
  };
}

/** SP 800-38C, 6.1 steps 1 to 4 with the formatting of its appendix A. */
function cbcMac(schedule: Uint32Array, nonce: Uint8Array, tagLength: number, data: Uint8Array, text: Uint8Array): Uint8Array {
  const { unsafe } = aes();
  const state = new Uint8Array(BLOCK);
  const input = new PaddedInput((blocks) => {
    for (let at = 0; at < blocks.length; at += BLOCK) {
      for (let byte = 0; byte < BLOCK; byte++) state[byte] = (state[byte] as number) ^ (blocks[at + byte] as number);
      unsafe.encryptBlock(schedule, state);
    }
  });
  const head = new Uint8Array(BLOCK);
  head[0] = (data.length > 0 ? 64 : 0) + ((tagLength - 2) / 2) * 8 + (14 - nonce.length);
  let rest = text.length;
  for (let at = BLOCK - 1; at > nonce.length; at--) {
    head[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  head.set(nonce, 1);
  input.update(head);
  if (data.length > 0) input.update(concatBytes(dataLength(data.length), data));
  input.end();
  input.update(text);
  input.end();
  return state;
}

function dataLength(length: number): Uint8Array {
  if (length < 0xff00) return new Uint8Array([length >> 8, length & 255]);
  const bytes = new Uint8Array([0xff, 0xfe, 0, 0, 0, 0]);
  new DataView(bytes.buffer).setUint32(2, length);
  return bytes;
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, at) => byte ^ (b[at] as number));
}
