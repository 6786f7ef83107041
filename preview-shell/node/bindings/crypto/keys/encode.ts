/** Keys as DER: SubjectPublicKeyInfo (RFC 5280), PrivateKeyInfo (RFC 5208, 8410), PKCS #1 (RFC 8017), SEC 1 (RFC 5915). */
import { NULL, TAG, bits, context, der, integer, octets, oid, sequence } from './der.ts';
import { encodePss, OID } from './identifiers.ts';
import { isOkp, isRsa, type AsymmetricKey, type EcKey, type RsaKey } from './model.ts';

export function encodeSpki(key: AsymmetricKey): Uint8Array {
  return sequence(algorithm(key), bits(publicBits(key)));
}

export function encodePkcs8(key: AsymmetricKey): Uint8Array {
  return sequence(integer(0), algorithm(key), octets(secretOctets(key)));
}

function algorithm(key: AsymmetricKey): Uint8Array {
  if (isOkp(key)) return sequence(oid(key.curve.oid));
  switch (key.type) {
    case 'rsa': return sequence(oid(OID.rsa), NULL);
    case 'rsa-pss': return sequence(oid(OID.rsaPss), ...(key.pss === undefined ? [] : [encodePss(key.pss)]));
    case 'ec': return sequence(oid(OID.ec), oid(key.curve.oid));
    case 'dh': return sequence(oid(OID.dh), sequence(integer(key.p), integer(key.g)));
  }
}

function publicBits(key: AsymmetricKey): Uint8Array {
  if (isRsa(key)) return encodeRsaPublic(key);
  return key.type === 'dh' ? integer(key.y) : key.point;
}

function secretOctets(key: AsymmetricKey): Uint8Array {
  if (isRsa(key)) return encodeRsaPrivate(key);
  if (key.type === 'dh') return integer(secretOf(key));
  return key.type === 'ec' ? encodeEcSecret(key, []) : octets(secretOf(key));
}

function secretOf<S>(key: { secret?: S }): S {
  if (key.secret === undefined) throw new TypeError('A public key has no secret.');
  return key.secret;
}

export function encodeRsaPublic(key: RsaKey): Uint8Array {
  return sequence(integer(key.n), integer(key.e));
}

export function encodeRsaPrivate(key: RsaKey): Uint8Array {
  const { d, p, q, dp, dq, qi } = secretOf(key);
  return sequence(...[0n, key.n, key.e, d, p, q, dp, dq, qi].map(integer));
}

export function encodeSec1(key: EcKey): Uint8Array {
  return encodeEcSecret(key, [der(context(0), oid(key.curve.oid))]);
}

function encodeEcSecret(key: EcKey, parameters: Uint8Array[]): Uint8Array {
  return sequence(der(TAG.integer, new Uint8Array([1])), octets(secretOf(key)), ...parameters, der(context(1), bits(key.point)));
}
