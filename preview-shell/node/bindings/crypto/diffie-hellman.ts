/** DiffieHellman, and the jobs on key objects (crypto_dh.cc). */
import type { BindingContext } from '../../context.ts';
import { arrayBufferOf, bytesOf, output, type Source } from './bytes.ts';
import { newParameters, parametersOf, type DhParameters } from './dh-parameters.ts';
import { nodeError } from './errors.ts';
import { jobClass } from './jobs.ts';
import type { KeyData } from './key-object.ts';
import { groupPrime } from './keys/dh-groups.ts';
import { bigintOf, bytesOfBigint, modPow } from './keys/numbers.ts';
import { sharedSecret } from './shared-secret.ts';

export function createDiffieHellman(ctx: BindingContext): Record<string, unknown> {
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
    DiffieHellman, DiffieHellmanGroup,
    ECDHBitsJob: bitsJob, DHBitsJob: bitsJob,
    statelessDH: (secret: KeyData, open: KeyData) => output(ctx, sharedSecret(secret.key, open.key)),
  };
}
