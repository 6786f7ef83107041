/** MD5 and SHA-1 one after the other, as TLS before 1.2 signed (RFC 4346, 7.4.3). */
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { concatBytes, createHasher } from '@noble/hashes/utils.js';

class Md5Sha1 {
  readonly blockLen = 64;
  readonly outputLen = 36;
  readonly canXOF = false;
  #md5 = md5.create();
  #sha1 = sha1.create();

  update(data: Uint8Array): this {
    this.#md5.update(data);
    this.#sha1.update(data);
    return this;
  }

  digest(): Uint8Array<ArrayBuffer> {
    return concatBytes(this.#md5.digest(), this.#sha1.digest());
  }

  digestInto(target: Uint8Array): void {
    target.set(this.digest());
  }

  destroy(): void {
    this.#md5.destroy();
    this.#sha1.destroy();
  }

  _cloneInto(to: Md5Sha1 = new Md5Sha1()): Md5Sha1 {
    to.#md5 = this.#md5.clone();
    to.#sha1 = this.#sha1.clone();
    return to;
  }

  clone(): Md5Sha1 {
    return this._cloneInto();
  }
}

export const md5sha1 = createHasher(() => new Md5Sha1());
