/** Signatures of each kind of key over a message or its digest. */
import type { CHash } from '@noble/hashes/utils.js';
import { canonicalDigest, isExtendable, namedDigest } from './digests.ts';
import { nodeError, openSslError } from './errors.ts';
import { equalBytes } from './hashing.ts';
import { curves } from './keys/curves.ts';
import { digestInfo } from './keys/identifiers.ts';
import { isRsa, modulusSize, type AsymmetricKey, type EcKey, type RsaKey } from './keys/model.ts';
import { bitLength } from './keys/numbers.ts';
import { rsaError, rsaPrivate, rsaPublic } from './rsa/core.ts';
import { padPss, padType1, unpadType1, verifyPss, type PssOptions } from './rsa/padding.ts';

export const PADDING = { pkcs1: 1, none: 3, oaep: 4, x931: 5, pss: 6 } as const;
/** RSA_PSS_SALTLEN_... */
const SALT = { digest: -1, auto: -2, max: -3, autoDigestMax: -4 } as const;

export interface SignatureOptions {
  readonly padding: number | undefined;
  readonly saltLength: number | undefined;
  /** r and s side by side (IEEE P1363) rather than in DER. */
  readonly p1363: boolean;
}

/** The digest where none was named. */
export const DEFAULT_DIGEST = 'sha256';

const provider = (packed: string, reason: string): Error => openSslError(packed, 'Provider routines', reason);
export const notForThisKey = (): Error => openSslError('03000096', 'digital envelope routines', 'operation not supported for this keytype');
export const badPaddingMode = (): Error => provider('1C8000A5', 'illegal or unsupported padding mode');
const digestNotAllowed = (): Error => provider('1C8000AE', 'digest not allowed');
const invalidDigest = (): Error => provider('1C80007A', 'invalid digest');

/** @param digest by a name that is known, or undefined for the default of the key */
export function signMessage(key: AsymmetricKey, digest: string | undefined, message: Uint8Array, options: SignatureOptions): Uint8Array {
  if (key.type === 'ed25519' || key.type === 'ed448') {
    if (digest !== undefined) throw invalidDigest();
    return curves()[key.type].sign(message, secretOf(key.secret));
  }
  const name = digest ?? DEFAULT_DIGEST;
  return signDigest(key, name, namedDigest(name)(message), options);
}

export function verifyMessage(key: AsymmetricKey, digest: string | undefined, message: Uint8Array, signature: Uint8Array, options: SignatureOptions): boolean {
  if (key.type === 'ed25519' || key.type === 'ed448') {
    if (digest !== undefined) throw invalidDigest();
    const curve = curves()[key.type];
    return quietly(() => curve.verify(signature, message, key.point, { zip215: false }));
  }
  const name = digest ?? DEFAULT_DIGEST;
  return verifyDigest(key, name, namedDigest(name)(message), signature, options);
}

export function signDigest(key: AsymmetricKey, name: string, digest: Uint8Array, options: SignatureOptions): Uint8Array {
  if (key.type === 'ec') return signEc(key, name, digest, options);
  if (!isRsa(key)) throw notForThisKey();
  return rsaPrivate(key, usesPss(key, options) ? padPss(digest, bitLength(key.n) - 1, pssOptions(key, name, options, 'sign')) : padDigest(key, name, digest));
}

export function verifyDigest(key: AsymmetricKey, name: string, digest: Uint8Array, signature: Uint8Array, options: SignatureOptions): boolean {
  if (key.type === 'ec') {
    checkEcDigest(name);
    return quietly(() => key.curve.ecdsa.verify(signature, digest, key.point, { prehash: false, lowS: false, format: options.p1363 ? 'compact' : 'der' }));
  }
  if (!isRsa(key)) throw notForThisKey();
  const pss = usesPss(key, options) ? pssOptions(key, name, options, 'verify') : undefined;
  const expected = pss === undefined ? signedDigest(name, digest) : digest;
  if (signature.length !== modulusSize(key)) return false;
  const block = quietBlock(() => rsaPublic(key, signature));
  if (block === undefined) return false;
  if (pss !== undefined) return verifyPss(block, digest, bitLength(key.n) - 1, pss);
  const found = unpadType1(block);
  return found !== undefined && equalBytes(found, expected);
}

/** Signatures that cannot even be read are wrong, and no more than that. */
function quietly(verify: () => boolean): boolean {
  try {
    return verify();
  } catch {
    return false;
  }
}

function quietBlock(open: () => Uint8Array): Uint8Array | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}

function secretOf(secret: Uint8Array | undefined): Uint8Array {
  if (secret === undefined) throw nodeError('ERR_CRYPTO_INVALID_KEYTYPE');
  return secret;
}

function checkEcDigest(name: string): void {
  if (isExtendable(name)) throw invalidDigest();
}

function signEc(key: EcKey, name: string, digest: Uint8Array, { p1363 }: SignatureOptions): Uint8Array {
  checkEcDigest(name);
  return key.curve.ecdsa.sign(digest, secretOf(key.secret), { prehash: false, lowS: false, format: p1363 ? 'compact' : 'der' });
}

/** Whether it is PSS rather than PKCS #1 v1.5. @throws for another padding, or one that the key does not allow */
function usesPss(key: RsaKey, { padding }: SignatureOptions): boolean {
  const mode = padding ?? (key.type === 'rsa-pss' ? PADDING.pss : PADDING.pkcs1);
  if (mode === PADDING.pss) return true;
  if (mode === PADDING.none) throw provider('1C8000A8', 'invalid padding mode');
  if (mode !== PADDING.pkcs1 || key.type === 'rsa-pss') throw badPaddingMode();
  return false;
}

/** What PKCS #1 v1.5 signs: the digest and its name, except for that of the old TLS. */
function signedDigest(name: string, digest: Uint8Array): Uint8Array {
  const known = canonicalDigest(name);
  const info = known === 'md5-sha1' ? digest : digestInfo(known, digest);
  if (info === undefined) throw digestNotAllowed();
  return info;
}

function padDigest(key: RsaKey, name: string, digest: Uint8Array): Uint8Array {
  const info = signedDigest(name, digest);
  if (info.length > modulusSize(key) - 11) throw rsaError.digestTooBig();
  return padType1(info, modulusSize(key));
}

function pssOptions(key: RsaKey, name: string, { saltLength }: SignatureOptions, purpose: 'sign' | 'verify'): PssOptions {
  const known = canonicalDigest(name);
  const limits = key.pss;
  if (digestInfo(known, new Uint8Array(0)) === undefined || (limits !== undefined && limits.hash !== known)) throw digestNotAllowed();
  const hash = namedDigest(known);
  const asked = saltLength ?? limits?.saltLength ?? SALT.autoDigestMax;
  if (asked < SALT.autoDigestMax) throw provider('1C800070', 'invalid salt length');
  if (limits !== undefined && asked >= 0 && asked < limits.saltLength) throw provider('1C8000AC', 'pss saltlen too small');
  return { hash, mgfHash: limits === undefined ? hash : namedDigest(limits.mgfHash), saltLength: saltBytes(key, hash, asked, purpose) };
}

function saltBytes(key: RsaKey, hash: CHash, asked: number, purpose: 'sign' | 'verify'): number | undefined {
  const most = Math.ceil((bitLength(key.n) - 1) / 8) - hash.outputLen - 2;
  if (asked === SALT.digest) return hash.outputLen;
  if (asked === SALT.max) return most;
  if (asked >= 0) return asked;
  if (purpose === 'verify') return undefined;
  const length = asked === SALT.autoDigestMax ? Math.min(most, hash.outputLen) : most;
  if (length < 0) throw rsaError.tooLargeForKey();
  return length;
}
