/** Private keys under a passphrase: PBES2 (RFC 8018, 6.2) as OpenSSL writes it, and the PEM encryption of RFC 1421 with OpenSSL's derivation. */
import { md5 } from '@noble/hashes/legacy.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { hexText } from '../../buffer/decode.ts';
import { encodeText } from '../../string-bytes.ts';
import { findCipher, type CipherSpec } from '../ciphers/names.ts';
import { startCbc, type Direction } from '../ciphers/streams.ts';
import { findDigest } from '../digests.ts';
import { nodeError, unsupported } from '../errors.ts';
import { randomBytes } from '../random.ts';
import { DerError, DerReader, integer, NULL, octets, oid, sequence, TAG } from './der.ts';
import { OID } from './identifiers.ts';
import type { PemBlock } from './pem.ts';

/** Rounds of PBKDF2 that OpenSSL writes (PKCS5_DEFAULT_ITER). */
const ITERATIONS = 2048;
const SALT = 16;
const HMACS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1', '1.2.840.113549.2.8': 'sha224', '1.2.840.113549.2.9': 'sha256', '1.2.840.113549.2.10': 'sha384', '1.2.840.113549.2.11': 'sha512',
};
const HMAC_SHA256 = '1.2.840.113549.2.9';
const AES_CBC: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.1.2': 'aes-128-cbc', '2.16.840.1.101.3.4.1.22': 'aes-192-cbc', '2.16.840.1.101.3.4.1.42': 'aes-256-cbc',
};

function cbc(direction: Direction, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const cipher = startCbc(direction, key, iv);
  return concatBytes(cipher.update(data), cipher.final());
}

/** The cipher that a program asked for. @throws when it is not one, or not one in which keys are written */
export function keyCipher(name: string): CipherSpec {
  const spec = findCipher(name);
  if (spec === undefined) throw nodeError('ERR_CRYPTO_UNKNOWN_CIPHER');
  if (spec.mode !== 'cbc') throw unsupported(`A private key encrypted with ${name}`);
  return spec;
}

/** EncryptedPrivateKeyInfo (RFC 5208, 6). */
export function encryptPkcs8(info: Uint8Array, cipher: CipherSpec, passphrase: Uint8Array): Uint8Array {
  const salt = randomBytes(SALT);
  const iv = randomBytes(cipher.ivLength);
  const key = pbkdf2(digest('sha256'), passphrase, salt, { c: ITERATIONS, dkLen: cipher.keyLength });
  const cipherOid = Object.keys(AES_CBC).find((dotted) => AES_CBC[dotted] === cipher.name) as string;
  const derivation = sequence(oid(OID.pbkdf2), sequence(octets(salt), integer(ITERATIONS), sequence(oid(HMAC_SHA256), NULL)));
  const scheme = sequence(oid(OID.pbes2), sequence(derivation, sequence(oid(cipherOid), octets(iv))));
  return sequence(scheme, octets(cbc('encrypt', key, iv, info)));
}

/** @throws {DerError} for what is not an encrypted key; OpenSSL's "bad decrypt" for a wrong passphrase */
export function decryptPkcs8(bytes: Uint8Array, passphrase: Uint8Array): Uint8Array {
  const outer = new DerReader(bytes).read();
  const scheme = outer.read();
  const data = outer.octets();
  if (scheme.oid() !== OID.pbes2) throw unsupported('A private key encrypted otherwise than with PBES2');
  const parameters = scheme.read();
  const derivation = parameters.read();
  if (derivation.oid() !== OID.pbkdf2) throw unsupported('A private key encrypted otherwise than with PBKDF2');
  const kdf = derivation.read();
  const salt = kdf.octets();
  const iterations = kdf.number();
  if (kdf.tag === TAG.integer) kdf.skip();
  const hash = HMACS[kdf.optional(TAG.sequence)?.oid() ?? '1.2.840.113549.2.7'];
  const encryption = parameters.read();
  const cipher = findCipher(AES_CBC[encryption.oid()] ?? '');
  if (hash === undefined || cipher === undefined) throw unsupported('A private key encrypted otherwise than with AES in CBC mode');
  const key = pbkdf2(digest(hash), passphrase, salt, { c: iterations, dkLen: cipher.keyLength });
  return cbc('decrypt', key, encryption.octets(), data);
}

/** Whether it is an EncryptedPrivateKeyInfo rather than a PrivateKeyInfo: that begins with a number. */
export function isEncryptedPkcs8(bytes: Uint8Array): boolean {
  try {
    return new DerReader(bytes).read().tag === TAG.sequence;
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

function digest(name: string) {
  const found = findDigest(name);
  if (found === undefined) throw nodeError('ERR_CRYPTO_INVALID_DIGEST');
  return found;
}

/** OpenSSL's EVP_BytesToKey with MD5 and one round. */
function legacyKey(passphrase: Uint8Array, salt: Uint8Array, length: number): Uint8Array {
  let key: Uint8Array = new Uint8Array(0);
  let last: Uint8Array = key;
  while (key.length < length) {
    last = md5(concatBytes(last, passphrase, salt));
    key = concatBytes(key, last);
  }
  return key.slice(0, length);
}

export function encryptPem(bytes: Uint8Array, cipher: CipherSpec, passphrase: Uint8Array): { headers: string[]; bytes: Uint8Array } {
  const iv = randomBytes(cipher.ivLength);
  const key = legacyKey(passphrase, iv.subarray(0, 8), cipher.keyLength);
  return { headers: ['Proc-Type: 4,ENCRYPTED', `DEK-Info: ${cipher.name.toUpperCase()},${hexText(iv).toUpperCase()}`], bytes: cbc('encrypt', key, iv, bytes) };
}

export function decryptPem(block: PemBlock, passphrase: Uint8Array): Uint8Array {
  const [name = '', hex = ''] = (block.headers['DEK-Info'] ?? '').split(',');
  const cipher = keyCipher(name);
  const iv = encodeText(hex.trim(), 'hex');
  if (iv.length !== cipher.ivLength) throw new DerError('bad initialisation vector');
  return cbc('decrypt', legacyKey(passphrase, iv.subarray(0, 8), cipher.keyLength), iv, block.bytes);
}
