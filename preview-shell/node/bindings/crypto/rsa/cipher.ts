/** RSA encryption with either key (Cipher in crypto_cipher.cc, RSACipherJob in crypto_rsa.cc). */
import type { BindingContext } from '../../../context.ts';
import { arrayBufferOf, bytesOf, output, type Source } from '../bytes.ts';
import { findDigest, namedDigest } from '../digests.ts';
import { openSslError } from '../errors.ts';
import { plainErrors, preparedJobClass } from '../jobs.ts';
import { privateKeyOf, publicKeyOf, type KeyData } from '../key-object.ts';
import { isRsa, modulusSize, type AsymmetricKey, type RsaKey } from '../keys/model.ts';
import { badPaddingMode, notForThisKey, PADDING } from '../signatures.ts';
import { rsaError, rsaPrivate, rsaPublic } from './core.ts';
import { padOaep, padType1, padType2, unpadOaep, unpadType1, unpadType2 } from './padding.ts';

interface OaepOptions {
  readonly hash?: string;
  readonly label?: Uint8Array;
}

type Run = (key: RsaKey, data: Uint8Array, padding: number, options: OaepOptions) => Uint8Array;

const oaepHash = ({ hash = 'sha1' }: OaepOptions) => namedDigest(hash);
const oaepLabel = ({ label = new Uint8Array(0) }: OaepOptions): Uint8Array => label;

function wholeBlock(key: RsaKey, data: Uint8Array): Uint8Array {
  if (data.length > modulusSize(key)) throw rsaError.tooLargeForKey();
  if (data.length < modulusSize(key)) throw rsaError.tooSmallForKey();
  return data;
}

const publicEncrypt: Run = (key, data, padding, options) => {
  const size = modulusSize(key);
  switch (padding) {
    case PADDING.pkcs1: return rsaPublic(key, padType2(data, size));
    case PADDING.oaep: return rsaPublic(key, padOaep(data, size, oaepHash(options), oaepLabel(options)));
    case PADDING.none: return rsaPublic(key, wholeBlock(key, data));
    default: throw rsaError.unknownPadding();
  }
};

const privateDecrypt: Run = (key, data, padding, options) => {
  const block = rsaPrivate(key, data);
  switch (padding) {
    case PADDING.pkcs1: return unpadType2(block, key.secret?.d ?? 0n, data);
    case PADDING.oaep: return unpadOaep(block, oaepHash(options), oaepLabel(options));
    case PADDING.none: return block;
    default: throw rsaError.unknownPadding();
  }
};

const privateEncrypt: Run = (key, data, padding) => {
  if (padding === PADDING.pkcs1) return rsaPrivate(key, padType1(data, modulusSize(key)));
  if (padding === PADDING.none) return rsaPrivate(key, wholeBlock(key, data));
  throw badPaddingMode();
};

const publicDecrypt: Run = (key, data, padding) => {
  if (padding !== PADDING.pkcs1 && padding !== PADDING.none) throw badPaddingMode();
  const block = rsaPublic(key, data);
  const message = padding === PADDING.none ? block : unpadType1(block);
  if (message === undefined) throw rsaError.invalidPadding();
  return message;
};

function rsaKey(key: AsymmetricKey): RsaKey {
  if (!isRsa(key)) throw notForThisKey();
  if (key.type === 'rsa-pss') throw openSslError('1C8000B2', 'Provider routines', 'operation not supported for this keytype');
  return key;
}

/** kWebCryptoCipherEncrypt. */
const ENCRYPT = 0;

export function createRsaCiphers(ctx: BindingContext): Record<string, unknown> {
  const cipher = (run: Run, keyOf: typeof publicKeyOf) =>
    (data: unknown, format: number | undefined, type: number | undefined, passphrase: Source | undefined, buffer: Source, padding: number, hash?: string, label?: Source): unknown => {
      const key = rsaKey(keyOf(data, format, type, passphrase));
      if (hash !== undefined && findDigest(hash) === undefined) throw Object.assign(new Error('Invalid digest used'), { code: 'ERR_OSSL_EVP_INVALID_DIGEST' });
      return output(ctx, run(key, bytesOf(buffer), padding, { hash, label: label === undefined ? undefined : bytesOf(label) }));
    };
  return {
    publicEncrypt: cipher(publicEncrypt, publicKeyOf),
    privateDecrypt: cipher(privateDecrypt, privateKeyOf),
    privateEncrypt: cipher(privateEncrypt, privateKeyOf),
    publicDecrypt: cipher(publicDecrypt, publicKeyOf),
    RSACipherJob: preparedJobClass(ctx, (mode: number, handle: KeyData, data: Source, _variant: number, hash: string, label?: Source) => {
      const key = rsaKey(handle.key);
      const bytes = bytesOf(data).slice();
      const options = { hash, label: label === undefined ? undefined : bytesOf(label).slice() };
      return plainErrors(() => arrayBufferOf((mode === ENCRYPT ? publicEncrypt : privateDecrypt)(key, bytes, PADDING.oaep, options)));
    }),
  };
}
