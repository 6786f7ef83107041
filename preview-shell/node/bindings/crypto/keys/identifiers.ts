/** Object identifiers of keys and of what they are used with, and the algorithms that they name in DER. */
import { DerError, NULL, context, der, integer, oid, sequence, type DerReader } from './der.ts';
import type { PssLimits } from './model.ts';

export const OID = {
  rsa: '1.2.840.113549.1.1.1', mgf1: '1.2.840.113549.1.1.8', rsaPss: '1.2.840.113549.1.1.10', dh: '1.2.840.113549.1.3.1', ec: '1.2.840.10045.2.1',
  pbes2: '1.2.840.113549.1.5.13', pbkdf2: '1.2.840.113549.1.5.12',
} as const;

/** Digests by OpenSSL's names. */
const DIGEST_OIDS: Readonly<Record<string, string>> = {
  md5: '1.2.840.113549.2.5', sha1: '1.3.14.3.2.26', sha224: '2.16.840.1.101.3.4.2.4', sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3', 'sha512-224': '2.16.840.1.101.3.4.2.5', 'sha512-256': '2.16.840.1.101.3.4.2.6', 'sha3-224': '2.16.840.1.101.3.4.2.7',
  'sha3-256': '2.16.840.1.101.3.4.2.8', 'sha3-384': '2.16.840.1.101.3.4.2.9', 'sha3-512': '2.16.840.1.101.3.4.2.10', ripemd160: '1.3.36.3.2.1',
  sm3: '1.2.156.10197.1.401',
};

export function digestOid(name: string): string | undefined {
  return DIGEST_OIDS[name];
}

function digestName(dotted: string): string {
  const found = Object.entries(DIGEST_OIDS).find(([, value]) => value === dotted)?.[0];
  if (found === undefined) throw new DerError(`unknown digest ${dotted}`);
  return found;
}

/** DigestInfo (RFC 8017, A.2.4): what PKCS #1 v1.5 signs. */
export function digestInfo(name: string, digest: Uint8Array): Uint8Array | undefined {
  const dotted = digestOid(name);
  return dotted === undefined ? undefined : sequence(sequence(oid(dotted), NULL), der(4, digest));
}

const PSS_DEFAULT_SALT = 20;

/** RSASSA-PSS-params (RFC 4055, 3.1), without what is its default. */
export function encodePss({ hash, mgfHash, saltLength }: PssLimits): Uint8Array {
  const algorithm = (name: string): Uint8Array => sequence(oid(digestOid(name) ?? ''), NULL);
  return sequence(
    ...(hash === 'sha1' ? [] : [der(context(0), algorithm(hash))]),
    ...(mgfHash === 'sha1' ? [] : [der(context(1), sequence(oid(OID.mgf1), algorithm(mgfHash)))]),
    ...(saltLength === PSS_DEFAULT_SALT ? [] : [der(context(2), integer(saltLength))]),
  );
}

/** @returns undefined where there are no limits */
export function decodePss(parameters: DerReader | undefined): PssLimits | undefined {
  if (parameters === undefined) return undefined;
  const hash = parameters.optional(context(0))?.read().oid();
  const mgf = parameters.optional(context(1))?.read();
  if (mgf !== undefined && mgf.oid() !== OID.mgf1) throw new DerError('unknown mask function');
  const mgfHash = mgf?.read().oid();
  const saltLength = parameters.optional(context(2))?.number() ?? PSS_DEFAULT_SALT;
  return { hash: hash === undefined ? 'sha1' : digestName(hash), mgfHash: mgfHash === undefined ? 'sha1' : digestName(mgfHash), saltLength };
}
