/** Keys from DER, the formats of encode.ts; every function throws a DerError for what is not that. */
import { context, DerError, DerReader, TAG } from './der.ts';
import { findCurveByOid, findOkp, type EcCurve } from './curves.ts';
import { decodePss, OID } from './identifiers.ts';
import { ecFromSecret, okpFromSecret, type AsymmetricKey, type EcKey, type RsaKey } from './model.ts';
import { modPow } from './numbers.ts';

export function decodeSpki(bytes: Uint8Array): AsymmetricKey {
  const outer = new DerReader(bytes);
  const key = spki(outer.read());
  outer.end();
  return key;
}

function spki(info: DerReader): AsymmetricKey {
  const algorithm = info.read();
  const id = algorithm.oid();
  const content = info.bits();
  if (id === OID.rsa) return decodeRsaPublic(content);
  if (id === OID.rsaPss) return { ...decodeRsaPublic(content), type: 'rsa-pss', pss: decodePss(algorithm.optional(TAG.sequence)) };
  if (id === OID.ec) return ecPublic(namedCurve(algorithm), content);
  if (id === OID.dh) {
    const parameters = algorithm.read();
    return { type: 'dh', p: parameters.integer(), g: parameters.integer(), y: new DerReader(content).integer() };
  }
  const curve = findOkp(({ oid }) => oid === id);
  if (curve === undefined) throw new DerError(`unknown key algorithm ${id}`);
  if (content.length !== curve.size) throw new DerError('wrong length of key');
  return { type: curve.type, curve, point: content.slice() };
}

function namedCurve(algorithm: DerReader): EcCurve {
  const curve = findCurveByOid(algorithm.oid());
  if (curve === undefined) throw new DerError('unknown curve');
  return curve;
}

/** @param point in any of SEC 1's forms. @throws when it is not on the curve */
export function ecPublic(curve: EcCurve, point: Uint8Array): EcKey {
  const hybrid = point[0] === 6 || point[0] === 7;
  const plain = hybrid ? Uint8Array.from([4, ...point.subarray(1)]) : point;
  if (hybrid && ((point.at(-1) as number) & 1) !== (point[0] as number) - 6) throw new DerError('wrong parity of point');
  return { type: 'ec', curve, point: curve.ecdsa.Point.fromBytes(plain).toBytes(false) };
}

export function decodePkcs8(bytes: Uint8Array): AsymmetricKey {
  const outer = new DerReader(bytes);
  const info = outer.read();
  outer.end();
  if (info.number() > 1) throw new DerError('unknown version');
  const algorithm = info.read();
  const id = algorithm.oid();
  const content = info.octets();
  if (id === OID.rsa) return decodeRsaPrivate(content);
  if (id === OID.rsaPss) return { ...decodeRsaPrivate(content), type: 'rsa-pss', pss: decodePss(algorithm.optional(TAG.sequence)) };
  if (id === OID.ec) return decodeSec1(content, namedCurve(algorithm));
  if (id === OID.dh) {
    const parameters = algorithm.read();
    const [p, g, secret] = [parameters.integer(), parameters.integer(), new DerReader(content).integer()];
    return { type: 'dh', p, g, y: modPow(g, secret, p), secret };
  }
  const curve = findOkp(({ oid }) => oid === id);
  if (curve === undefined) throw new DerError(`unknown key algorithm ${id}`);
  const secret = new DerReader(content).octets();
  if (secret.length !== curve.size) throw new DerError('wrong length of key');
  return okpFromSecret(curve, secret.slice());
}

export function decodeRsaPublic(bytes: Uint8Array): RsaKey {
  const reader = new DerReader(bytes).read();
  return { type: 'rsa', n: reader.integer(), e: reader.integer() };
}

export function decodeRsaPrivate(bytes: Uint8Array): RsaKey {
  const reader = new DerReader(bytes).read();
  if (reader.number() !== 0) throw new DerError('keys of more than two primes are not supported');
  const next = (): bigint => reader.integer();
  return { type: 'rsa', n: next(), e: next(), secret: { d: next(), p: next(), q: next(), dp: next(), dq: next(), qi: next() } };
}

/** @param curve where the key does not name it itself */
export function decodeSec1(bytes: Uint8Array, curve?: EcCurve): EcKey {
  const reader = new DerReader(bytes).read();
  if (reader.number() !== 1) throw new DerError('unknown version');
  const secret = reader.octets();
  const named = reader.optional(context(0));
  const found = curve ?? (named === undefined ? undefined : namedCurve(named));
  if (found === undefined || secret.length > found.size) throw new DerError('unknown curve');
  const padded = new Uint8Array(found.size);
  padded.set(secret, found.size - secret.length);
  return ecFromSecret(found, padded);
}

/** The key of a certificate (RFC 5280, 4.1), which is not checked any further. */
export function decodeCertificateKey(bytes: Uint8Array): AsymmetricKey {
  const certificate = new DerReader(bytes).read().read();
  certificate.optional(context(0));
  // Serial number, signature, issuer, validity, subject.
  for (let field = 0; field < 5; field++) certificate.skip();
  return spki(certificate.read());
}
