/** Hash, Hmac and their jobs (crypto_hash.cc, crypto_hmac.cc). */
import { hmac } from '@noble/hashes/hmac.js';
import type { BindingContext } from '../../context.ts';
import { arrayBufferOf, bytesOf, cryptoError, output, type Source } from './bytes.ts';
import { DIGEST_NAMES, findDigest, startDigest, type RunningDigest } from './digests.ts';
import { jobClass } from './jobs.ts';
import { secretOf } from './key-object.ts';

const VERIFY = 1;

export function createHashing(ctx: BindingContext): Record<string, unknown> {
  class Hash {
    readonly #digest: RunningDigest;
    #result: Uint8Array | undefined;

    constructor(algorithm: string | Hash, length: number | undefined) {
      const digest = typeof algorithm === 'string' ? startDigest(algorithm, length) : algorithm.#digest.clone();
      if (digest === undefined) throw new Error(typeof algorithm === 'string' && findDigest(algorithm) !== undefined ? 'Unsupported state or unable to set output length' : 'Digest method not supported');
      this.#digest = digest;
    }

    update(data: Source, encoding?: string): boolean {
      this.#digest.update(bytesOf(data, encoding));
      return true;
    }

    digest(encoding?: string): unknown {
      this.#result ??= this.#digest.digest();
      return output(ctx, this.#result, encoding);
    }
  }

  class Hmac {
    #hmac: RunningDigest | undefined;

    init(algorithm: string, key: unknown): void {
      const digest = findDigest(algorithm);
      if (digest === undefined) throw cryptoError(`Invalid digest: ${algorithm}`, 'ERR_CRYPTO_INVALID_DIGEST');
      this.#hmac = hmac.create(digest, secretOf(key)) as unknown as RunningDigest;
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
    HashJob: jobClass(ctx, (algorithm: string, data: Source) => {
      const digest = startDigest(algorithm, undefined);
      if (digest === undefined) throw cryptoError(`Invalid digest: ${algorithm}`, 'ERR_CRYPTO_INVALID_DIGEST');
      digest.update(bytesOf(data));
      return arrayBufferOf(digest.digest());
    }),
    HmacJob: jobClass(ctx, (mode: number, algorithm: string, key: unknown, data: Source, signature?: Source) => {
      const digest = findDigest(algorithm);
      if (digest === undefined) throw cryptoError(`Invalid digest: ${algorithm}`, 'ERR_CRYPTO_INVALID_DIGEST');
      const mac = hmac(digest, secretOf(key), bytesOf(data));
      return mode === VERIFY ? equalBytes(mac, bytesOf(signature ?? new ArrayBuffer(0))) : arrayBufferOf(mac);
    }),
  };
}

/** Does not tell by its time where two values differ. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= (a[at] as number) ^ (b[at] as number);
  return difference === 0;
}
