/** ECDH, and points in their forms (crypto_ec.cc). */
import type { BindingContext } from '../../context.ts';
import { bytesOf, output, type Source } from './bytes.ts';
import { nodeError } from './errors.ts';
import { findCurve, type EcCurve } from './keys/curves.ts';
import { ecPublic } from './keys/decode.ts';
import { generateEc } from './keys/generate.ts';
import { bigintOf, bytesOfBigint } from './keys/numbers.ts';
import { ecSecret } from './shared-secret.ts';

const FORM = { compressed: 2, uncompressed: 4, hybrid: 6 } as const;

/** A point in the form that was asked for (SEC 1, 2.3.3). */
function pointIn(curve: EcCurve, point: Uint8Array, form: number): Uint8Array {
  if (form === FORM.compressed) return curve.ecdsa.Point.fromBytes(point).toBytes(true);
  return form === FORM.hybrid ? Uint8Array.from([FORM.hybrid + ((point.at(-1) as number) & 1), ...point.subarray(1)]) : point;
}

function curveOf(name: string): EcCurve {
  const curve = findCurve(name);
  if (curve === undefined) throw nodeError('ERR_CRYPTO_INVALID_CURVE');
  return curve;
}

/** @returns undefined for what is not a point of the curve */
function pointOf(curve: EcCurve, bytes: Uint8Array): Uint8Array | undefined {
  try {
    return ecPublic(curve, bytes).point;
  } catch {
    return undefined;
  }
}

const noPoint = (): Error => nodeError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to convert Buffer to EC_POINT');

export function createEcdh(ctx: BindingContext): Record<string, unknown> {
  class ECDH {
    readonly #curve: EcCurve;
    #secret: Uint8Array | undefined;
    #point: Uint8Array | undefined;

    constructor(name: string) {
      this.#curve = curveOf(name);
    }

    generateKeys(): void {
      const key = generateEc(this.#curve);
      this.#secret = key.secret;
      this.#point = key.point;
    }

    get #isPair(): boolean {
      if (this.#point === undefined) return false;
      return this.#secret === undefined || bigintOf(this.#curve.ecdsa.getPublicKey(this.#secret, false)) === bigintOf(this.#point);
    }

    /** @returns text for a key that is not one: the library makes an error of it */
    computeSecret(key: Source): unknown {
      if (!this.#isPair) throw nodeError('ERR_CRYPTO_INVALID_KEYPAIR');
      const point = pointOf(this.#curve, bytesOf(key));
      if (point === undefined) return 'ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY';
      if (this.#secret === undefined) throw nodeError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to compute ECDH key');
      return output(ctx, ecSecret(this.#curve, this.#secret, point));
    }

    getPrivateKey(): unknown {
      if (this.#secret === undefined) throw nodeError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to get ECDH private key');
      return output(ctx, bytesOfBigint(bigintOf(this.#secret)));
    }

    setPrivateKey(source: Source): void {
      const value = bigintOf(bytesOf(source));
      if (value === 0n || value >= this.#curve.ecdsa.Point.Fn.ORDER) throw nodeError('ERR_CRYPTO_INVALID_KEYTYPE', 'Private key is not valid for specified curve.');
      this.#secret = bytesOfBigint(value, this.#curve.size);
      this.#point = this.#curve.ecdsa.getPublicKey(this.#secret, false);
    }

    getPublicKey(form: number): unknown {
      if (this.#point === undefined) throw nodeError('ERR_CRYPTO_OPERATION_FAILED', 'Failed to get ECDH public key');
      return output(ctx, pointIn(this.#curve, this.#point, form).slice());
    }

    setPublicKey(source: Source): void {
      const point = pointOf(this.#curve, bytesOf(source));
      if (point === undefined) throw noPoint();
      this.#point = point;
    }
  }

  return { ECDH, ECDHConvertKey: (key: Source, name: string, form: number) => output(ctx, convert(bytesOf(key), curveOf(name), form)) };
}

function convert(key: Uint8Array, curve: EcCurve, form: number): Uint8Array {
  const point = pointOf(curve, key);
  if (point === undefined) throw noPoint();
  return pointIn(curve, point, form).slice();
}
