/** Secrets that two keys share: DiffieHellman, ECDH and the jobs on key objects (crypto_dh.cc, crypto_ec.cc). */
import type { BindingContext } from '../../context.ts';
import { arrayBufferOf, bytesOf, output, type Source } from './bytes.ts';
import { nodeError, openSslError } from './errors.ts';
import { jobClass } from './jobs.ts';
import type { KeyData } from './key-object.ts';
import { curves, findCurve, type EcCurve } from './keys/curves.ts';
import { ecPublic } from './keys/decode.ts';
import { groupPrime } from './keys/dh-groups.ts';
import { generateEc } from './keys/generate.ts';
import type { AsymmetricKey } from './keys/model.ts';
import { bigintOf, bytesOfBigint, modPow } from './keys/numbers.ts';
import { newParameters, parametersOf, type DhParameters } from './dh-parameters.ts';

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

/** The shared x coordinate, as long as the curve's numbers are. */
function ecSecret(curve: EcCurve, secret: Uint8Array, point: Uint8Array): Uint8Array {
  return curve.ecdsa.getSharedSecret(secret, point, true).slice(1);
}

/** What two keys of one kind agree on. @throws OpenSSL's errors */
export function sharedSecret(secret: AsymmetricKey, open: AsymmetricKey): Uint8Array {
  if (secret.type === 'ec' && open.type === 'ec') {
    if (secret.curve !== open.curve) throw openSslError('1C8000CB', 'Provider routines', 'mismatching domain parameters');
    return ecSecret(secret.curve, needed(secret.secret), open.point);
  }
  if (secret.type === 'dh' && open.type === 'dh') {
    if (secret.p !== open.p || secret.g !== open.g) throw openSslError('1C8000CB', 'Provider routines', 'mismatching domain parameters');
    return bytesOfBigint(modPow(open.y, needed(secret.secret), secret.p), bytesOfBigint(secret.p).length);
  }
  if ((secret.type === 'x25519' || secret.type === 'x448') && secret.type === open.type) {
    try {
      return curves()[secret.type].getSharedSecret(needed(secret.secret), (open as { point: Uint8Array }).point);
    } catch {
      // A point of small order: the secret would be known to everybody (RFC 7748, 6).
      throw openSslError('1C8000A4', 'Provider routines', 'failed during derivation');
    }
  }
  throw openSslError('03000096', 'digital envelope routines', 'operation not supported for this keytype');
}

function needed<S>(secret: S | undefined): S {
  if (secret === undefined) throw nodeError('ERR_CRYPTO_INVALID_KEYTYPE');
  return secret;
}

export function createDiffieHellman(ctx: BindingContext): Record<string, unknown> {
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

  class DiffieHellmanBase {
    readonly #parameters: DhParameters;
    #secret: bigint | undefined;
    #y: bigint | undefined;

    constructor(parameters: DhParameters) {
      this.#parameters = parameters;
    }

    /** DH_check's flags; 0 for good parameters. */
    get verifyError(): number {
      return this.#parameters.verifyError;
    }

    generateKeys(): unknown {
      this.#secret ??= this.#parameters.newSecret();
      this.#y = this.#parameters.publicOf(this.#secret);
      return this.getPublicKey();
    }

    computeSecret(key: Source): unknown {
      const other = this.#parameters.checkPublic(bytesOf(key));
      // As Node, which does not look whether OpenSSL has computed anything.
      if (this.#secret === undefined) return output(ctx, new Uint8Array(0));
      return output(ctx, bytesOfBigint(modPow(other, this.#secret, this.#parameters.p), this.#parameters.size));
    }

    getPrime(): unknown {
      return output(ctx, bytesOfBigint(this.#parameters.p));
    }

    getGenerator(): unknown {
      return output(ctx, bytesOfBigint(this.#parameters.g));
    }

    getPublicKey(): unknown {
      if (this.#y === undefined) throw nodeError('ERR_CRYPTO_INVALID_STATE', 'No public key - did you forget to generate one?');
      return output(ctx, bytesOfBigint(this.#y));
    }

    getPrivateKey(): unknown {
      if (this.#secret === undefined) throw nodeError('ERR_CRYPTO_INVALID_STATE', 'No private key - did you forget to generate one?');
      return output(ctx, bytesOfBigint(this.#secret));
    }

    setPublicKey(key: Source): void {
      this.#y = bigintOf(bytesOf(key));
    }

    setPrivateKey(key: Source): void {
      this.#secret = bigintOf(bytesOf(key));
    }
  }

  class DiffieHellman extends DiffieHellmanBase {
    constructor(sizeOrPrime: number | Source, generator: number | Source) {
      super(newParameters(sizeOrPrime, generator));
    }
  }

  class DiffieHellmanGroup extends DiffieHellmanBase {
    constructor(name: string) {
      super(parametersOf(groupPrime(name), 2n));
    }
  }

  const bitsJob = jobClass(ctx, (open: KeyData, secret: KeyData) => arrayBufferOf(sharedSecret(secret.key, open.key)));
  return {
    ECDH, DiffieHellman, DiffieHellmanGroup,
    ECDHBitsJob: bitsJob, DHBitsJob: bitsJob,
    ECDHConvertKey: (key: Source, name: string, form: number) => {
      const curve = curveOf(name);
      const point = pointOf(curve, bytesOf(key));
      if (point === undefined) throw noPoint();
      return output(ctx, pointIn(curve, point, form).slice());
    },
    statelessDH: (secret: KeyData, open: KeyData) => output(ctx, sharedSecret(secret.key, open.key)),
  };
}
