/** Hash, Hmac and their jobs (crypto_hash.cc, crypto_hmac.cc). */
import { hmac } from '@noble/hashes/hmac.js';
import type { BindingContext } from '../../context.ts';
import { arrayBufferOf, bytesOf, output, type Source } from './bytes.ts';
import { DIGEST_NAMES, isExtendable, namedDigest, startDigest, type RunningDigest } from './digests.ts';
import { nodeError, openSslError } from './errors.ts';
import { preparedJobClass } from './jobs.ts';
import { secretOf } from './key-object.ts';

const VERIFY = 1;

export function createHashing(ctx: BindingContext): Record<string, unknown> {
  class Hash {
    readonly #digest: RunningDigest;
    readonly #name: string;
    /** Where it is another than the running digest was started for. */
    readonly #length: number | undefined;
    #result: Uint8Array | undefined;

    constructor(algorithm: string | Hash, length: number | undefined) {
      if (typeof algorithm === 'string') {
        const digest = startDigest(algorithm, length);
        if (digest === undefined) throw new Error('Digest method not supported');
        this.#digest = digest;
        this.#name = algorithm;
      } else {
        this.#digest = algorithm.#digest.clone();
        this.#name = algorithm.#name;
        if (length !== undefined && length !== this.#digest.outputLen) this.#length = extendedLength(this.#name, length);
      }
    }

    update(data: Source, encoding?: string): boolean {
      this.#digest.update(bytesOf(data, encoding));
      return true;
    }

    digest(encoding?: string): unknown {
      this.#result ??= this.#length === undefined ? this.#digest.digest() : (this.#digest.xof as (length: number) => Uint8Array)(this.#length);
      return output(ctx, this.#result, encoding);
    }
  }

  class Hmac {
    #hmac: RunningDigest | undefined;

    init(algorithm: string, key: unknown): void {
      // What Node says where OpenSSL refuses and gives no reason.
      if (isExtendable(algorithm)) throw new Error('error:00000000:lib(0)::reason(0)');
      this.#hmac = hmac.create(namedDigest(algorithm), secretOf(key)) as unknown as RunningDigest;
    }

    update(data: Source, encoding?: string): boolean {
      this.#hmac?.update(bytesOf(data, encoding));
      return true;
    }

    digest(encoding?: string): unknown {
      return output(ctx, this.#hmac?.digest() ?? new Uint8Array(0), encoding);
    }
  }

  return {
    Hash, Hmac,
    getHashes: () => [...DIGEST_NAMES],
    // Digests are found by name: there are no ids to cache.
    getCachedAliases: () => ({}),
    oneShotDigest: (algorithm: string, _id: number, _cache: unknown, input: Source, encoding: string) => {
      const digest = startDigest(algorithm, undefined);
      if (digest === undefined) throw new Error(`Digest method ${algorithm} is not supported`);
      digest.update(bytesOf(input));
      return output(ctx, digest.digest(), encoding);
    },
    // The data is copied when the job is made: a program may change its own meanwhile.
    HashJob: preparedJobClass(ctx, (algorithm: string, data: Source) => {
      const [digest, bytes] = [namedDigest(algorithm), bytesOf(data).slice()];
      return () => arrayBufferOf(digest(bytes));
    }),
    HmacJob: preparedJobClass(ctx, (mode: number, algorithm: string, key: unknown, data: Source, signature: Source = new ArrayBuffer(0)) => {
      const [digest, secret, bytes, expected] = [namedDigest(algorithm), secretOf(key), bytesOf(data).slice(), bytesOf(signature).slice()];
      return () => {
        const mac = hmac(digest, secret, bytes);
        return mode === VERIFY ? equalBytes(mac, expected) : arrayBufferOf(mac);
      };
    }),
  };
}

/** The length of a copy of an extendable digest. @throws for another digest */
function extendedLength(name: string, length: number): number {
  if (!isExtendable(name)) throw openSslError('030000B2', 'digital envelope routines', 'not XOF or invalid length');
  return length;
}

/** `crypto.timingSafeEqual`, which the library takes as it is. */
export function timingSafeEqual(a: unknown, b: unknown): boolean {
  const [left, right] = [bufferArgument('buf1', a), bufferArgument('buf2', b)];
  if (left.length !== right.length) throw nodeError('ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH');
  return equalBytes(left, right);
}

function bufferArgument(name: string, value: unknown): Uint8Array {
  const isBuffer = ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
  if (!isBuffer) throw nodeError('ERR_INVALID_ARG_TYPE', `The "${name}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.`);
  return bytesOf(value);
}

/** Does not tell by its time where two values differ. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= (a[at] as number) ^ (b[at] as number);
  return difference === 0;
}
