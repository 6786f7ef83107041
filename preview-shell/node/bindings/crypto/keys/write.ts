/** Keys as programs ask for them: PEM or DER, a private key under a passphrase or not (ncrypto's writePublicKey and writePrivateKey). */
import { nodeError } from '../errors.ts';
import { encodePkcs8, encodeRsaPrivate, encodeRsaPublic, encodeSec1, encodeSpki } from './encode.ts';
import { encryptPem, encryptPkcs8, keyCipher } from './encryption.ts';
import type { AsymmetricKey } from './model.ts';
import { writePem } from './pem.ts';
import { ENCODING, FORMAT } from './read.ts';

/** Text for PEM, bytes for DER. */
export type WrittenKey = string | Uint8Array;

interface Encoded {
  readonly label: string;
  readonly bytes: Uint8Array;
}

function written({ label, bytes }: Encoded, format: number): WrittenKey {
  return format === FORMAT.pem ? writePem(label, bytes) : bytes;
}

export function writePublicKey(key: AsymmetricKey, format: number, encoding: number): WrittenKey {
  if (encoding !== ENCODING.pkcs1) return written({ label: 'PUBLIC KEY', bytes: encodeSpki(key) }, format);
  if (key.type !== 'rsa') throw nodeError('ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS');
  return written({ label: 'RSA PUBLIC KEY', bytes: encodeRsaPublic(key) }, format);
}

export function writePrivateKey(key: AsymmetricKey, format: number, encoding: number, cipherName?: string | null, passphrase?: Uint8Array): WrittenKey {
  const cipher = cipherName === undefined || cipherName === null ? undefined : keyCipher(cipherName);
  const secret = passphrase ?? new Uint8Array(0);
  if (encoding === ENCODING.pkcs8) {
    const bytes = encodePkcs8(key);
    return written(cipher === undefined ? { label: 'PRIVATE KEY', bytes } : { label: 'ENCRYPTED PRIVATE KEY', bytes: encryptPkcs8(bytes, cipher, secret) }, format);
  }
  const plain = traditional(key, encoding);
  if (cipher === undefined) return written(plain, format);
  const { headers, bytes } = encryptPem(plain.bytes, cipher, secret);
  return writePem(plain.label, bytes, headers);
}

function traditional(key: AsymmetricKey, encoding: number): Encoded {
  if (encoding === ENCODING.pkcs1 && key.type === 'rsa') return { label: 'RSA PRIVATE KEY', bytes: encodeRsaPrivate(key) };
  if (encoding === ENCODING.sec1 && key.type === 'ec') return { label: 'EC PRIVATE KEY', bytes: encodeSec1(key) };
  throw nodeError('ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS');
}
