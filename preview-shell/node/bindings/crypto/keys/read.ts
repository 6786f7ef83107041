/** Keys as programs give them: PEM or DER, public or private, under a passphrase or not (ncrypto's TryParsePublicKey and TryParsePrivateKey). */
import { latin1Text } from '../../buffer/decode.ts';
import { nodeError, openSslError } from '../errors.ts';
import { decodeCertificateKey, decodePkcs8, decodeRsaPrivate, decodeRsaPublic, decodeSec1, decodeSpki } from './decode.ts';
import { decryptPem, decryptPkcs8, isEncryptedPkcs8 } from './encryption.ts';
import { publicPart, type AsymmetricKey } from './model.ts';
import { parsePem, type PemBlock } from './pem.ts';

export const FORMAT = { der: 0, pem: 1, jwk: 2 } as const;
export const ENCODING = { pkcs1: 0, pkcs8: 1, spki: 2, sec1: 3 } as const;

export const undecodable = (): Error => openSslError('1E08010C', 'DECODER routines', 'unsupported');
const wrongTag = (): Error => openSslError('068000A8', 'asn1 encoding routines', 'wrong tag');
/** What OpenSSL says when it asks for a passphrase and gets none. */
const interrupted = (): Error => openSslError('07880109', 'common libcrypto routines', 'interrupted or cancelled');

export interface KeyInput {
  readonly bytes: Uint8Array;
  readonly format: number | undefined;
  readonly encoding: number | undefined;
  readonly passphrase: Uint8Array | undefined;
}

/** @returns undefined where `read` found something else; mathematics that fails (a point off its curve) counts as that */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error;
    return undefined;
  }
}

function required<T>(value: T | undefined, error: () => Error): T {
  if (value === undefined) throw error();
  return value;
}

/** The public key in it, or that of the private key in it. */
export function readPublicKey(input: KeyInput): AsymmetricKey {
  if (input.format === FORMAT.der) {
    if (input.encoding === ENCODING.pkcs8 || input.encoding === ENCODING.sec1) return publicPart(readPrivateKey(input));
    return required(attempt(() => readPublicDer(input)), () => new Error('Failed to read asymmetric key'));
  }
  for (const block of parsePem(latin1Text(input.bytes))) {
    const read = PUBLIC_LABELS[block.label];
    if (read !== undefined) return required(attempt(() => read(block.bytes)), wrongTag);
  }
  return publicPart(readPrivateKey(input));
}

const PUBLIC_LABELS: Readonly<Record<string, (bytes: Uint8Array) => AsymmetricKey>> = {
  'PUBLIC KEY': decodeSpki, 'RSA PUBLIC KEY': decodeRsaPublic, 'CERTIFICATE': decodeCertificateKey, 'X509 CERTIFICATE': decodeCertificateKey,
};

function readPublicDer({ bytes, encoding }: KeyInput): AsymmetricKey {
  if (encoding === ENCODING.spki) return decodeSpki(bytes);
  // PKCS #1 of either kind: the private one begins with its version, 0, where the public one has its modulus.
  const key = decodeRsaPublic(bytes);
  return key.n === 0n ? publicPart(decodeRsaPrivate(bytes)) : key;
}

export function readPrivateKey(input: KeyInput): AsymmetricKey {
  if (input.format === FORMAT.der) return readPrivateDer(input);
  for (const block of parsePem(latin1Text(input.bytes))) {
    const read = PRIVATE_LABELS[block.label];
    if (read !== undefined) return required(attempt(() => read(block, input.passphrase)), undecodable);
  }
  throw undecodable();
}

type ReadPem = (block: PemBlock, passphrase: Uint8Array | undefined) => AsymmetricKey;

const traditional = (decode: (bytes: Uint8Array) => AsymmetricKey): ReadPem => (block, passphrase) => {
  if (block.headers['DEK-Info'] === undefined) return decode(block.bytes);
  return decode(decryptPem(block, required(passphrase, interrupted)));
};

const PRIVATE_LABELS: Readonly<Record<string, ReadPem>> = {
  'PRIVATE KEY': (block) => decodePkcs8(block.bytes),
  'ENCRYPTED PRIVATE KEY': (block, passphrase) => decodePkcs8(decryptPkcs8(block.bytes, required(passphrase, interrupted))),
  'RSA PRIVATE KEY': traditional(decodeRsaPrivate),
  'EC PRIVATE KEY': traditional((bytes) => decodeSec1(bytes)),
};

function readPrivateDer({ bytes, encoding, passphrase }: KeyInput): AsymmetricKey {
  if (encoding === ENCODING.pkcs1) return required(attempt(() => decodeRsaPrivate(bytes)), undecodable);
  if (encoding === ENCODING.sec1) return required(attempt(() => decodeSec1(bytes)), undecodable);
  if (!isEncryptedPkcs8(bytes)) return required(attempt(() => decodePkcs8(bytes)), wrongTag);
  if (passphrase === undefined) throw nodeError('ERR_MISSING_PASSPHRASE');
  return required(attempt(() => decodePkcs8(decryptPkcs8(bytes, passphrase))), wrongTag);
}

