/** The key behind a `KeyObject` (crypto_keys.cc). */
import type { BindingContext } from '../../context.ts';
import { carry, type Carried, revives } from '../messaging/carried.ts';
import { arrayBufferOf, bytesOf, output, type Source } from './bytes.ts';
import { nodeError } from './errors.ts';
import { equalBytes } from './hashing.ts';
import { findCurve, findOkp } from './keys/curves.ts';
import { ecPublic } from './keys/decode.ts';
import { encodeSpki } from './keys/encode.ts';
import { exportJwk, exportSecretJwk, importJwk, type Jwk } from './keys/jwk.ts';
import { isRsa, okpFromSecret, publicPart, type AsymmetricKey } from './keys/model.ts';
import { keyFromPlain, plainKey, type PlainKey } from './keys/plain.ts';
import { bitLength, bytesOfBigint } from './keys/numbers.ts';
import { readPrivateKey, readPublicKey } from './keys/read.ts';
import { writePrivateKey, writePublicKey, type WrittenKey } from './keys/write.ts';

export const KEY_TYPE = { secret: 0, public: 1, private: 2 } as const;

/** What a handle holds, with no way to Node's own objects: those are made by the class that `createKeys` returns. */
export class KeyData {
  #secret: Uint8Array | undefined;
  #key: AsymmetricKey | undefined;

  hold(key: Uint8Array | AsymmetricKey): this {
    if (key instanceof Uint8Array) this.#secret = key;
    else this.#key = key;
    return this;
  }

  /** The bytes of a secret key. */
  get secret(): Uint8Array {
    if (this.#secret === undefined) throw nodeError('ERR_CRYPTO_INVALID_KEYTYPE');
    return this.#secret;
  }

  get isSecret(): boolean {
    return this.#secret !== undefined;
  }

  /** The numbers of a public or private key. */
  get key(): AsymmetricKey {
    if (this.#key === undefined) throw nodeError('ERR_CRYPTO_INVALID_KEYTYPE');
    return this.#key;
  }

  get isPrivate(): boolean {
    return this.#key?.secret !== undefined;
  }
}

export interface KeyClasses {
  /** For the jobs that make keys. */
  readonly wrap: (key: Uint8Array | AsymmetricKey) => KeyData;
  readonly binding: Record<string, unknown>;
}

export function createKeys(ctx: BindingContext): KeyClasses {
  class KeyObjectHandle extends KeyData {
    init(type: number, data: Source | KeyData, format?: number, encoding?: number, passphrase?: Source): void {
      if (type === KEY_TYPE.secret) {
        this.hold(bytesOf(data as Source).slice());
        return;
      }
      this.hold((type === KEY_TYPE.public ? publicKeyOf : privateKeyOf)(data, format, encoding, passphrase));
    }

    /** @returns the type of key */
    initJwk(jwk: Jwk, curve?: string): number {
      this.hold(importJwk(jwk, curve));
      if (this.isSecret) return KEY_TYPE.secret;
      return this.isPrivate ? KEY_TYPE.private : KEY_TYPE.public;
    }

    /** @returns whether it is such a key */
    initEDRaw(name: string, data: Source, type: number): boolean {
      const curve = findOkp(({ jwk }) => jwk === name);
      const bytes = bytesOf(data).slice();
      if (curve === undefined || bytes.length !== curve.size) return false;
      this.hold(type === KEY_TYPE.private ? okpFromSecret(curve, bytes) : { type: curve.type, curve, point: bytes });
      return true;
    }

    initECRaw(name: string, data: Source): boolean {
      const curve = findCurve(name);
      if (curve === undefined) return false;
      try {
        this.hold(ecPublic(curve, bytesOf(data)));
        return true;
      } catch {
        return false;
      }
    }

    getSymmetricKeySize(): number {
      return this.secret.length;
    }

    getAsymmetricKeyType(): string {
      return this.key.type;
    }

    keyDetail(target: Record<string, unknown>): Record<string, unknown> {
      return Object.assign(target, this.isSecret ? { length: this.secret.length * 8 } : details(this.key));
    }

    checkEcKeyData(): boolean {
      const { key } = this;
      if (key.type !== 'ec') throw nodeError('ERR_CRYPTO_INVALID_KEYTYPE');
      if (key.secret === undefined) return true;
      const { utils } = key.curve.ecdsa;
      return utils.isValidSecretKey(key.secret) && equalBytes(key.curve.ecdsa.getPublicKey(key.secret, false), key.point);
    }

    export(format?: number, encoding?: number, cipher?: string | null, passphrase?: Source): unknown {
      if (this.isSecret) return output(ctx, this.secret.slice());
      if (!this.isPrivate) return asOutput(ctx, writePublicKey(this.key, format ?? 0, encoding ?? 0));
      return asOutput(ctx, writePrivateKey(this.key, format ?? 0, encoding ?? 0, cipher, passphrase === undefined ? undefined : bytesOf(passphrase)));
    }

    exportJwk(target: Jwk, pss: boolean): Jwk {
      return this.isSecret ? exportSecretJwk(target, this.secret) : exportJwk(target, this.key, pss);
    }

    equals(other: KeyData): boolean {
      if (this.isSecret || other.isSecret) return this.isSecret && other.isSecret && equalBytes(this.secret, other.secret);
      return this.key.type === other.key.type && equalBytes(encodeSpki(this.key), encodeSpki(other.key));
    }
  }

  const wrap = (key: Uint8Array | AsymmetricKey): KeyData => new KeyObjectHandle().hold(key);
  let classes: KeyObjectClasses | undefined;
  revives('crypto', (plain: PlainKey) => {
    // A thread that is sent a key may not have loaded the library's classes, which asks for ours.
    if (classes === undefined) (ctx.hooks['requireBuiltin'] as (id: string) => unknown)('internal/crypto/keys');
    const [, SecretKeyObject, PublicKeyObject, PrivateKeyObject] = classes as unknown as KeyObjectClasses;
    const handle = wrap(keyFromPlain(plain));
    return new (handle.isSecret ? SecretKeyObject : handle.isPrivate ? PrivateKeyObject : PublicKeyObject)(handle);
  });

  return {
    wrap,
    binding: { KeyObjectHandle, createNativeKeyObjectClass: (callback: (base: typeof NativeKeyObject) => KeyObjectClasses) => (classes = callback(NativeKeyObject)) },
  };
}

/** KeyObject, and those of secret, public and private keys. */
type KeyObjectClass = new (handle: KeyData) => object;
type KeyObjectClasses = readonly [unknown, KeyObjectClass, KeyObjectClass, KeyObjectClass];

export function asOutput(ctx: BindingContext, written: WrittenKey): unknown {
  return typeof written === 'string' ? written : output(ctx, written);
}

function details(key: AsymmetricKey): Record<string, unknown> {
  if (key.type === 'ec') return { namedCurve: key.curve.name };
  if (!isRsa(key)) return {};
  const limits = key.pss === undefined ? {} : { hashAlgorithm: key.pss.hash, mgf1HashAlgorithm: key.pss.mgfHash, saltLength: key.pss.saltLength };
  return { modulusLength: bitLength(key.n), publicExponent: arrayBufferOf(bytesOfBigint(key.e)), ...limits };
}

/** A public key, or that of a private one, however the library hands it. */
export function publicKeyOf(data: unknown, format?: number, encoding?: number, passphrase?: Source): AsymmetricKey {
  if (data instanceof KeyData) return publicPart(data.key);
  return readPublicKey({ bytes: bytesOf(data as Source), format, encoding, passphrase: passphrase === undefined ? undefined : bytesOf(passphrase) });
}

export function privateKeyOf(data: unknown, format?: number, encoding?: number, passphrase?: Source): AsymmetricKey {
  if (data instanceof KeyData) return data.key;
  return readPrivateKey({ bytes: bytesOf(data as Source), format, encoding, passphrase: passphrase === undefined ? undefined : bytesOf(passphrase) });
}

/** The bytes of a secret key, in whichever of its forms the library hands it. */
export function secretOf(key: unknown): Uint8Array {
  if (key instanceof KeyData) return key.secret;
  if (key instanceof NativeKeyObject) return secretOf(NativeKeyObject.handleOf(key));
  return bytesOf(key as Source);
}

/** What `KeyObject` extends, made by native code in Node; here it keeps the handle where programs do not see it. */
class NativeKeyObject {
  readonly #handle: unknown;
  constructor(handle: unknown) {
    this.#handle = handle;
  }

  [carry](): Carried {
    const handle = this.#handle as KeyData;
    return { binding: 'crypto', data: plainKey(handle.isSecret ? handle.secret : handle.key) };
  }

  static handleOf(object: NativeKeyObject): unknown {
    return object.#handle;
  }
}
