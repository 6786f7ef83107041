/** Keys as JSON Web Keys (RFC 7517, 7518, 8037), with their members in Node's order. */
import { base64urlText } from '../../buffer/decode.ts';
import { encodeText } from '../../string-bytes.ts';
import { nodeError } from '../errors.ts';
import { findCurve, type EcCurve } from './curves.ts';
import { ecPublic } from './decode.ts';
import { isOkp, isRsa, type AsymmetricKey, type EcKey, type RsaKey } from './model.ts';
import { bigintOf, bytesOfBigint } from './numbers.ts';

export type Jwk = Record<string, unknown>;

export function exportSecretJwk(target: Jwk, bytes: Uint8Array): Jwk {
  return Object.assign(target, { kty: 'oct', k: base64urlText(bytes) });
}

/** @param pss whether a key that is for PSS alone can be written too: JWK does not tell the two apart */
export function exportJwk(target: Jwk, key: AsymmetricKey, pss: boolean): Jwk {
  if (isOkp(key)) {
    const { curve, secret, point } = key;
    return Object.assign(target, { crv: curve.jwk, ...(secret === undefined ? {} : { d: base64urlText(secret) }), x: base64urlText(point), kty: 'OKP' });
  }
  if (key.type === 'ec') return Object.assign(target, ecMembers(key));
  if (!isRsa(key) || (key.type === 'rsa-pss' && !pss)) throw nodeError('ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE');
  return Object.assign(target, { kty: 'RSA', ...rsaMembers(key) });
}

function ecMembers({ curve, point, secret }: EcKey): Jwk {
  const x = base64urlText(point.subarray(1, 1 + curve.size));
  const y = base64urlText(point.subarray(1 + curve.size));
  return { kty: 'EC', x, y, crv: curve.jwk, ...(secret === undefined ? {} : { d: base64urlText(secret) }) };
}

function rsaMembers({ n, e, secret }: RsaKey): Jwk {
  const numbers = secret === undefined ? { n, e } : { n, e, d: secret.d, p: secret.p, q: secret.q, dp: secret.dp, dq: secret.dq, qi: secret.qi };
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, base64urlText(bytesOfBigint(value))]));
}

function member(jwk: Jwk, name: string): bigint | undefined {
  const text = jwk[name];
  return typeof text === 'string' ? bigintOf(encodeText(text, 'base64url')) : undefined;
}

/** @returns the bytes of a secret key, or the numbers of another. @throws ERR_CRYPTO_INVALID_JWK, ERR_CRYPTO_INVALID_CURVE */
export function importJwk(jwk: Jwk, curveName: string | undefined): Uint8Array | AsymmetricKey {
  switch (jwk.kty) {
    case 'oct':
      if (typeof jwk.k !== 'string') throw nodeError('ERR_CRYPTO_INVALID_JWK', 'Invalid JWK secret key format');
      return encodeText(jwk.k, 'base64url').slice();
    case 'RSA': return importRsa(jwk);
    case 'EC': {
      const curve = curveName === undefined ? undefined : findCurve(curveName);
      if (curve === undefined) throw nodeError('ERR_CRYPTO_INVALID_CURVE');
      return importEc(jwk, curve);
    }
    default: throw nodeError('ERR_CRYPTO_INVALID_JWK', `${String(jwk.kty)} is not a supported JWK key type`);
  }
}

function importRsa(jwk: Jwk): RsaKey {
  const invalid = (): Error => nodeError('ERR_CRYPTO_INVALID_JWK', 'Invalid JWK RSA key');
  const need = (name: string): bigint => {
    const value = member(jwk, name);
    if (value === undefined) throw invalid();
    return value;
  };
  const numbers = { type: 'rsa', n: need('n'), e: need('e') } as const;
  if (jwk.d === undefined) return numbers;
  return { ...numbers, secret: { d: need('d'), p: need('p'), q: need('q'), dp: need('dp'), dq: need('dq'), qi: need('qi') } };
}

function importEc(jwk: Jwk, curve: EcCurve): EcKey {
  const invalid = (): Error => nodeError('ERR_CRYPTO_INVALID_JWK', 'Invalid JWK EC key');
  const [x, y] = [member(jwk, 'x'), member(jwk, 'y')];
  if (x === undefined || y === undefined) throw invalid();
  try {
    const key = ecPublic(curve, Uint8Array.from([4, ...bytesOfBigint(x, curve.size), ...bytesOfBigint(y, curve.size)]));
    const d = member(jwk, 'd');
    return d === undefined ? key : { ...key, secret: bytesOfBigint(d, curve.size) };
  } catch {
    // Of numbers too long, or a point that is not on the curve.
    throw invalid();
  }
}
