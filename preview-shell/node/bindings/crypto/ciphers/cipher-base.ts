/** CipherBase: what `Cipheriv` and `Decipheriv` stand on (crypto_cipher.cc). */
import type { BindingContext } from '../../../context.ts';
import { bytesOf, output, type Source } from '../bytes.ts';
import { nodeError } from '../errors.ts';
import { equalBytes } from '../hashing.ts';
import { secretOf } from '../key-object.ts';
import { startCcm, startChaCha20Poly1305, startGcm, type RunningAead } from './authenticated.ts';
import { wrapKey } from './key-wrap.ts';
import { acceptsIvLength, CIPHER_NAMES, cipherInfo, findCipher, type CipherSpec } from './names.ts';
import { startCbc, startChaCha20, startCtr, startEcb, startFeedback, type Direction, type RunningCipher } from './streams.ts';

/** As the library says that no length of a tag was asked for. */
const NO_TAG_LENGTH = -1;
const TAG_LENGTH = 16;
const UNAUTHENTIC = 'Unsupported state or unable to authenticate data';

export function startCipher(spec: CipherSpec, direction: Direction, key: Uint8Array, iv: Uint8Array): RunningCipher {
  switch (spec.mode) {
    case 'ecb': return startEcb(direction, key);
    case 'cbc': return startCbc(direction, key, iv);
    case 'ctr': return startCtr(key, iv);
    case 'cfb':
    case 'ofb': return startFeedback(spec.mode, direction, key, iv);
    case 'stream': return startChaCha20(key, iv);
    case 'wrap': return wrapKey(direction, key, iv);
    case 'gcm':
    case 'ccm': throw nodeError('ERR_CRYPTO_UNSUPPORTED_OPERATION');
  }
}

export function startAead(spec: CipherSpec, direction: Direction, key: Uint8Array, iv: Uint8Array, tagLength: number): RunningAead {
  if (spec.mode === 'gcm') return startGcm(direction, key, iv);
  return spec.mode === 'ccm' ? startCcm(direction, key, iv, tagLength) : startChaCha20Poly1305(direction, key, iv);
}

const GCM_TAG_LENGTHS: readonly number[] = [4, 8, 12, 13, 14, 15, 16];

/** The length of the tag as far as it is known at the beginning. @throws when it cannot be that */
function tagLengthOf(spec: CipherSpec, name: string, asked: number): number {
  if (spec.mode === 'gcm') {
    if (asked !== NO_TAG_LENGTH && !GCM_TAG_LENGTHS.includes(asked)) throw invalidTagLength(asked);
    return asked;
  }
  if (spec.mode === 'stream') {
    if (asked !== NO_TAG_LENGTH && (asked < 1 || asked > TAG_LENGTH)) throw invalidTagLength(asked);
    return asked === NO_TAG_LENGTH ? TAG_LENGTH : asked;
  }
  if (asked === NO_TAG_LENGTH) throw nodeError('ERR_CRYPTO_INVALID_AUTH_TAG', `authTagLength required for ${name}`);
  if (asked < 4 || asked > TAG_LENGTH || asked % 2 !== 0) throw invalidTagLength(asked);
  return asked;
}

function invalidTagLength(length: number): Error {
  return nodeError('ERR_CRYPTO_INVALID_AUTH_TAG', `Invalid authentication tag length: ${length}`);
}

/** @throws what Node throws for a vector that does not fit */
function checkIv(spec: CipherSpec, iv: Uint8Array): void {
  if (iv.length === 0 ? spec.ivLength !== 0 : !acceptsIvLength(spec, iv.length)) throw nodeError('ERR_CRYPTO_INVALID_IV');
}

export function createCiphers(ctx: BindingContext): Record<string, unknown> {
  class CipherBase {
    readonly #direction: Direction;
    #spec: CipherSpec | undefined;
    /** Gone after `final`. */
    #running: RunningCipher | RunningAead | undefined;
    #tagLength = NO_TAG_LENGTH;
    #tag: Uint8Array | undefined;
    #failed = false;
    #updated = false;

    constructor(encrypts: boolean) {
      this.#direction = encrypts ? 'encrypt' : 'decrypt';
    }

    initiv(name: string, keySource: unknown, ivSource: Source | null, tagLength: number): void {
      const spec = findCipher(name);
      if (spec === undefined) throw nodeError('ERR_CRYPTO_UNKNOWN_CIPHER');
      const key = secretOf(keySource).slice();
      const iv = ivSource === null ? new Uint8Array(0) : bytesOf(ivSource).slice();
      checkIv(spec, iv);
      this.#spec = spec;
      if (spec.authenticated) this.#tagLength = tagLengthOf(spec, name, tagLength);
      if (key.length !== spec.keyLength) throw nodeError('ERR_CRYPTO_INVALID_KEYLEN');
      this.#running = spec.authenticated ? startAead(spec, this.#direction, key, iv, this.#tagLength) : startCipher(spec, this.#direction, key, iv);
    }

    get #aead(): RunningAead | undefined {
      return this.#spec?.authenticated === true ? (this.#running as RunningAead | undefined) : undefined;
    }

    update(data: Source, encoding?: string): unknown {
      const running = this.#running;
      if (running === undefined || (this.#spec?.mode === 'ccm' && this.#updated)) throw new Error('Trying to add data in unsupported state');
      this.#updated = true;
      const result = running.update(bytesOf(data, encoding));
      if (this.#spec?.mode !== 'ccm' || this.#direction === 'encrypt') return output(ctx, result);
      // CCM gives no text away before it is known to be right.
      this.#failed = !this.#isAuthentic(running as RunningAead);
      return this.#failed ? undefined : output(ctx, result);
    }

    #isAuthentic(running: RunningAead): boolean {
      return this.#tag !== undefined && equalBytes(this.#tag, running.tag().subarray(0, this.#tag.length));
    }

    final(): unknown {
      const running = this.#running;
      if (running === undefined) throw nodeError('ERR_CRYPTO_INVALID_STATE');
      const aead = this.#aead;
      this.#running = undefined;
      if (aead !== undefined && this.#direction === 'decrypt' && (this.#spec?.mode === 'ccm' ? this.#failed : !this.#isAuthentic(aead))) throw new Error(UNAUTHENTIC);
      const result = running.final();
      if (aead !== undefined && this.#direction === 'encrypt') {
        if (this.#tagLength === NO_TAG_LENGTH) this.#tagLength = TAG_LENGTH;
        this.#tag = aead.tag().slice(0, this.#tagLength);
      }
      return output(ctx, result);
    }

    setAutoPadding(on: boolean): boolean {
      this.#running?.setAutoPadding?.(on);
      return this.#running !== undefined;
    }

    getAuthTag(): unknown {
      if (this.#running !== undefined || this.#direction !== 'encrypt' || this.#tag === undefined) return undefined;
      return output(ctx, this.#tag);
    }

    setAuthTag(source: Source): boolean {
      if (this.#aead === undefined || this.#direction !== 'decrypt' || this.#tag !== undefined) return false;
      const { length } = bytesOf(source);
      const open = this.#spec?.mode === 'gcm' && this.#tagLength === NO_TAG_LENGTH;
      if (open ? !GCM_TAG_LENGTHS.includes(length) : length !== this.#tagLength) throw invalidTagLength(length);
      this.#tagLength = length;
      this.#tag = bytesOf(source).slice();
      return true;
    }

    setAAD(source: Source, plaintextLength: number): boolean {
      if (this.#aead === undefined) return false;
      if (this.#spec?.mode === 'ccm' && plaintextLength < 0) throw nodeError('ERR_MISSING_ARGS', 'options.plaintextLength required for CCM mode with AAD');
      return this.#aead.addData(bytesOf(source));
    }
  }

  return { CipherBase, getCiphers: () => [...CIPHER_NAMES], getCipherInfo: cipherInfo };
}
