/** The key behind a `KeyObject` (crypto_keys.cc). Secret keys alone: key pairs need what the browser offers asynchronously only. */
import { bytesOf, cryptoError, type Source } from './bytes.ts';
import { equalBytes } from './hashing.ts';

export const KEY_TYPE = { secret: 0, public: 1, private: 2 } as const;

export class KeyObjectHandle {
  #secret: Uint8Array | undefined;

  init(type: number, data: Source): void {
    if (type !== KEY_TYPE.secret) throw unsupportedKey();
    this.#secret = bytesOf(data).slice();
  }

  initJwk(key: { kty?: string; k?: string }): number {
    if (key.kty !== 'oct' || typeof key.k !== 'string') throw unsupportedKey();
    this.#secret = bytesOf(key.k, 'base64url').slice();
    return KEY_TYPE.secret;
  }

  initEDRaw(): never {
    throw unsupportedKey();
  }

  /** The bytes of a secret key. */
  secret(): Uint8Array {
    if (this.#secret === undefined) throw unsupportedKey();
    return this.#secret;
  }

  getSymmetricKeySize(): number {
    return this.secret().length;
  }

  export(): Uint8Array {
    const { Buffer } = globalThis as unknown as { Buffer: { from(bytes: Uint8Array): Uint8Array } };
    return Buffer.from(this.secret());
  }

  exportJwk(target: Record<string, unknown>): Record<string, unknown> {
    const { Buffer } = globalThis as unknown as { Buffer: { from(bytes: Uint8Array): { toString(encoding: string): string } } };
    return Object.assign(target, { kty: 'oct', k: Buffer.from(this.secret()).toString('base64url') });
  }

  equals(other: KeyObjectHandle): boolean {
    return equalBytes(this.secret(), other.secret());
  }
}

/** The bytes of a key, in whichever of its forms the library hands it. */
export function secretOf(key: unknown): Uint8Array {
  if (key instanceof KeyObjectHandle) return key.secret();
  if (key instanceof NativeKeyObject) return secretOf(key.handle);
  return bytesOf(key as Source);
}

function unsupportedKey(): Error {
  return cryptoError('Public and private keys are not supported by node:crypto in the container; use crypto.subtle of the browser in the page, or a library such as @noble/curves.', 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
}

/** What `KeyObject` extends, made by native code in Node; here it keeps the handle. */
class NativeKeyObject {
  readonly handle: unknown;
  constructor(handle: unknown) {
    this.handle = handle;
  }
}

export function createNativeKeyObjectClass(callback: (base: typeof NativeKeyObject) => unknown): unknown {
  return callback(NativeKeyObject);
}
