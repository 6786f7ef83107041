/** Sign, Verify and SignJob (crypto_sig.cc). */
import type { BindingContext } from '../../context.ts';
import { arrayBufferOf, bytesOf, output, type Source } from './bytes.ts';
import { findDigest, namedDigest, type RunningDigest } from './digests.ts';
import { nodeError } from './errors.ts';
import { preparedJobClass } from './jobs.ts';
import { privateKeyOf, publicKeyOf } from './key-object.ts';
import type { AsymmetricKey } from './keys/model.ts';
import { signDigest, signMessage, verifyDigest, verifyMessage } from './signatures.ts';

const SIGN = 0;
const P1363 = 1;

type KeyArgs = [data: unknown, format?: number, type?: number, passphrase?: Source];

/** A digest that grows until a key signs it, or a signature is held against it. */
class SignBase {
  #name = '';
  #digest: RunningDigest | undefined;

  init(name: string): void {
    const digest = findDigest(name);
    if (digest === undefined) throw nodeError('ERR_CRYPTO_INVALID_DIGEST');
    this.#name = name;
    this.#digest = digest.create();
  }

  update(data: Source, encoding?: string): void {
    if (this.#digest === undefined) throw notInitialised();
    this.#digest.update(bytesOf(data, encoding));
  }

  /** Once: a second time there is nothing left. */
  protected finish(key: AsymmetricKey): { name: string; digest: Uint8Array } {
    if (key.type === 'ed25519' || key.type === 'ed448') throw nodeError('ERR_CRYPTO_UNSUPPORTED_OPERATION');
    const digest = this.#digest;
    if (digest === undefined) throw notInitialised();
    this.#digest = undefined;
    return { name: this.#name, digest: digest.digest() };
  }
}

const notInitialised = (): Error => nodeError('ERR_CRYPTO_INVALID_STATE', 'Not initialised');

/** Lengths of r and s as the curve has them; DER says its own. */
function isMalformed(key: AsymmetricKey, signature: Uint8Array, p1363: boolean): boolean {
  return p1363 && key.type === 'ec' && signature.length !== key.curve.size * 2;
}

export function createSigning(ctx: BindingContext): Record<string, unknown> {
  class Sign extends SignBase {
    sign(data: unknown, format: number | undefined, type: number | undefined, passphrase: Source | undefined, padding?: number, saltLength?: number, encoding?: number): unknown {
      const key = privateKeyOf(data, format, type, passphrase);
      const { name, digest } = this.finish(key);
      return output(ctx, signDigest(key, name, digest, { padding, saltLength, p1363: encoding === P1363 }));
    }
  }

  class Verify extends SignBase {
    verify(data: unknown, format: number | undefined, type: number | undefined, passphrase: Source | undefined, signature: Source, padding?: number, saltLength?: number, encoding?: number): boolean {
      const key = publicKeyOf(data, format, type, passphrase);
      if (isMalformed(key, bytesOf(signature), encoding === P1363)) throw nodeError('ERR_CRYPTO_OPERATION_FAILED', 'Malformed signature');
      const { name, digest } = this.finish(key);
      return verifyDigest(key, name, digest, bytesOf(signature), { padding, saltLength, p1363: encoding === P1363 });
    }
  }

  const SignJob = preparedJobClass(ctx, (mode: number, ...[data, format, type, passphrase, message, digest, saltLength, padding, encoding, signature]: [...KeyArgs, Source, string?, number?, number?, number?, Source?]) => {
    if (typeof digest === 'string') namedDigest(digest);
    const key = (mode === SIGN ? privateKeyOf : publicKeyOf)(data, format, type, passphrase);
    const options = { padding, saltLength, p1363: encoding === P1363 };
    const bytes = bytesOf(message).slice();
    if (mode === SIGN) return () => arrayBufferOf(signMessage(key, digest ?? undefined, bytes, options));
    const given = bytesOf(signature ?? new ArrayBuffer(0)).slice();
    return () => !isMalformed(key, given, options.p1363) && verifyMessage(key, digest ?? undefined, bytes, given, options);
  });

  return { Sign, Verify, SignJob };
}

