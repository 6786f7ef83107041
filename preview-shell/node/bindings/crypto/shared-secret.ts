/** What two keys agree on. */
import { nodeError, openSslError } from './errors.ts';
import { curves, type EcCurve } from './keys/curves.ts';
import type { AsymmetricKey } from './keys/model.ts';
import { bytesOfBigint, modPow } from './keys/numbers.ts';

/** The shared x coordinate, as long as the curve's numbers are. */
export function ecSecret(curve: EcCurve, secret: Uint8Array, point: Uint8Array): Uint8Array {
  return curve.ecdsa.getSharedSecret(secret, point, true).slice(1);
}

/** What two keys of one kind agree on. @throws OpenSSL's errors */
export function sharedSecret(secret: AsymmetricKey, open: AsymmetricKey): Uint8Array {
  if (secret.type === 'ec' && open.type === 'ec') {
    if (secret.curve !== open.curve) throw openSslError('1C8000CB', 'Provider routines', 'mismatching domain parameters');
    return ecSecret(secret.curve, needed(secret.secret), open.point);
  }
  if (secret.type === 'dh' && open.type === 'dh') {
    if (secret.p !== open.p || secret.g !== open.g) throw openSslError('1C8000CB', 'Provider routines', 'mismatching domain parameters');
    return bytesOfBigint(modPow(open.y, needed(secret.secret), secret.p), bytesOfBigint(secret.p).length);
  }
  if ((secret.type === 'x25519' || secret.type === 'x448') && secret.type === open.type) {
    try {
      return curves()[secret.type].getSharedSecret(needed(secret.secret), (open as { point: Uint8Array }).point);
    } catch {
      // A point of small order: the secret would be known to everybody (RFC 7748, 6).
      throw openSslError('1C8000A4', 'Provider routines', 'failed during derivation');
    }
  }
  throw openSslError('03000096', 'digital envelope routines', 'operation not supported for this keytype');
}

function needed<S>(secret: S | undefined): S {
  if (secret === undefined) throw nodeError('ERR_CRYPTO_INVALID_KEYTYPE');
  return secret;
}
