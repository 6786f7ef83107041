/** Keys as values that structured clone takes: a curve, which has functions, by its name. */
import { findCurve, findOkp } from './curves.ts';
import { isOkp, type AsymmetricKey, type EcKey, type OkpKey } from './model.ts';

type Plain<K extends EcKey | OkpKey> = Omit<K, 'curve'> & { readonly curve: string };
export type PlainKey = Uint8Array | Exclude<AsymmetricKey, EcKey | OkpKey> | Plain<EcKey> | Plain<OkpKey>;

export function plainKey(key: Uint8Array | AsymmetricKey): PlainKey {
  if (key instanceof Uint8Array || !('curve' in key)) return key;
  return isOkp(key) ? { ...key, curve: key.type } : { ...key, curve: key.curve.name };
}

export function keyFromPlain(plain: PlainKey): Uint8Array | AsymmetricKey {
  if (plain instanceof Uint8Array || !('curve' in plain)) return plain;
  if (plain.type === 'ec') return { ...plain, curve: known(findCurve(plain.curve)) };
  return { ...plain, curve: known(findOkp(({ type }) => type === plain.type)) };
}

function known<T>(curve: T | undefined): T {
  if (curve === undefined) throw new Error('The key is of an unknown curve.');
  return curve;
}
