/** Ciphers without authentication, fed piece by piece (NIST SP 800-38A; RFC 8439). */
import { chacha20 } from '@noble/ciphers/chacha.js';
import { concatBytes, copyBytes } from '@noble/ciphers/utils.js';
import { openSslError } from '../errors.ts';
import { aes } from './aes.ts';

export interface RunningCipher {
  update(data: Uint8Array): Uint8Array;
  /** What is left when all was given. */
  final(): Uint8Array;
  setAutoPadding?(on: boolean): void;
}

export type Direction = 'encrypt' | 'decrypt';
export const BLOCK = 16;
const NONE = new Uint8Array(0);

export const wrongFinalLength = (): Error => openSslError('1C80006B', 'Provider routines', 'wrong final block length');

/** Whole blocks go through `transform`; what is less than one waits. */
export class BlockCipher implements RunningCipher {
  readonly #transform: (blocks: Uint8Array) => Uint8Array;
  readonly #direction: Direction;
  #waiting: Uint8Array = NONE;
  #padding = true;

  constructor(direction: Direction, transform: (blocks: Uint8Array) => Uint8Array) {
    this.#direction = direction;
    this.#transform = transform;
  }

  setAutoPadding(on: boolean): void {
    this.#padding = on;
  }

  update(data: Uint8Array): Uint8Array {
    const all = concatBytes(this.#waiting, data);
    // The last block of a padded text is kept: it tells how much of it is padding.
    const keepLast = this.#padding && this.#direction === 'decrypt' && all.length > 0 && all.length % BLOCK === 0;
    const end = all.length - (all.length % BLOCK) - (keepLast ? BLOCK : 0);
    this.#waiting = all.slice(end);
    return end === 0 ? NONE : this.#transform(all.subarray(0, end));
  }

  final(): Uint8Array {
    const rest = this.#waiting;
    if (!this.#padding) {
      if (rest.length % BLOCK !== 0) throw wrongFinalLength();
      return rest.length === 0 ? NONE : this.#transform(rest);
    }
    if (this.#direction === 'encrypt') {
      const missing = BLOCK - rest.length;
      return this.#transform(concatBytes(rest, new Uint8Array(missing).fill(missing)));
    }
    if (rest.length !== BLOCK) throw wrongFinalLength();
    return withoutPadding(this.#transform(rest));
  }
}

function withoutPadding(block: Uint8Array): Uint8Array {
  const count = block[BLOCK - 1] as number;
  const good = count >= 1 && count <= BLOCK && block.subarray(BLOCK - count).every((byte) => byte === count);
  if (!good) throw openSslError('1C800064', 'Provider routines', 'bad decrypt');
  return block.slice(0, BLOCK - count);
}

export function startEcb(direction: Direction, key: Uint8Array): RunningCipher {
  return new BlockCipher(direction, (blocks) => aes().ecb(key, { disablePadding: true })[direction](blocks));
}

export function startCbc(direction: Direction, key: Uint8Array, iv: Uint8Array): RunningCipher {
  let chain = copyBytes(iv);
  return new BlockCipher(direction, (blocks) => {
    const result = aes().cbc(key, chain, { disablePadding: true })[direction](blocks);
    chain = (direction === 'encrypt' ? result : blocks).slice(-BLOCK);
    return result;
  });
}

export function startCtr(key: Uint8Array, iv: Uint8Array): RunningCipher {
  const { unsafe } = aes();
  const schedule = unsafe.expandKeyLE(key);
  const counter = copyBytes(iv);
  // `ctrCounter` counts in place, one for each block that it was given, whole or not.
  return keyStream(BLOCK, (blocks) => unsafe.ctrCounter(schedule, counter, blocks));
}

/** OpenSSL's vector is the counter (4 bytes, little-endian) and the nonce of RFC 8439. */
export function startChaCha20(key: Uint8Array, iv: Uint8Array): RunningCipher {
  let counter = new DataView(iv.buffer, iv.byteOffset).getUint32(0, true);
  const nonce = iv.slice(4);
  return keyStream(64, (blocks) => {
    const result = chacha20(key, nonce, blocks, undefined, counter);
    counter += blocks.length / 64;
    return result;
  });
}

/** Adds a stream of key bytes that comes in whole blocks; what is left of a block serves the next piece. */
export function keyStream(size: number, xorBlocks: (blocks: Uint8Array) => Uint8Array): RunningCipher {
  let left: Uint8Array = NONE;
  return {
    update(data) {
      const result = new Uint8Array(data.length);
      const head = Math.min(left.length, data.length);
      for (let at = 0; at < head; at++) result[at] = (data[at] as number) ^ (left[at] as number);
      left = left.subarray(head);
      if (head === data.length) return result;
      const padded = new Uint8Array(Math.ceil((data.length - head) / size) * size);
      padded.set(data.subarray(head));
      const mixed = xorBlocks(padded);
      result.set(mixed.subarray(0, data.length - head), head);
      // Past the data only zeros were mixed in: that is the stream itself.
      left = mixed.slice(data.length - head);
      return result;
    },
    final: () => NONE,
  };
}

/** Cipher and output feedback with whole blocks: each block of key is the cipher of the last one, or of the last text. */
export function startFeedback(mode: 'cfb' | 'ofb', direction: Direction, key: Uint8Array, iv: Uint8Array): RunningCipher {
  const { unsafe } = aes();
  const schedule = unsafe.expandKeyLE(key);
  let register = copyBytes(iv);
  let used = BLOCK;
  let stream: Uint8Array = NONE;
  return {
    update(data) {
      const result = new Uint8Array(data.length);
      for (let at = 0; at < data.length; at++) {
        if (used === BLOCK) {
          stream = unsafe.encryptBlock(schedule, copyBytes(register));
          if (mode === 'ofb') register = copyBytes(stream);
          used = 0;
        }
        const byte = (data[at] as number) ^ (stream[used] as number);
        if (mode === 'cfb') register[used] = direction === 'encrypt' ? byte : (data[at] as number);
        result[at] = byte;
        used++;
      }
      return result;
    },
    final: () => NONE,
  };
}
