/** Reading what a thread sent: nothing of it is trusted to have the right shape. */
import { SysError } from '../../abi/errno.ts';
import type { Value } from '../../abi/codec.ts';

export type Fields = { readonly [key: string]: Value };

export function asNumber(value: Value | undefined): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new SysError('EINVAL', 'an integer was expected');
  return value;
}

export function asString(value: Value | undefined): string {
  if (typeof value !== 'string') throw new SysError('EINVAL', 'a string was expected');
  return value;
}

export function asBytes(value: Value | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new SysError('EINVAL', 'bytes were expected');
  return value;
}

export function asArray(value: Value | undefined): readonly Value[] {
  if (!Array.isArray(value)) throw new SysError('EINVAL', 'a list was expected');
  return value as readonly Value[];
}

export function asStrings(value: Value | undefined): string[] {
  return asArray(value).map(asString);
}

export function asFields(value: Value | undefined): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) throw new SysError('EINVAL', 'an object was expected');
  return value as Fields;
}

/** Node's number or name of a signal. */
export function asSignal(value: Value | undefined): number | string {
  return typeof value === 'string' ? value : asNumber(value);
}
