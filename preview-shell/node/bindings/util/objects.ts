import { brandOf } from './brands.ts';

/** V8's PropertyFilter. */
export const PROPERTY_FILTERS = {
  ALL_PROPERTIES: 0, ONLY_WRITABLE: 1, ONLY_ENUMERABLE: 2, ONLY_CONFIGURABLE: 4, SKIP_STRINGS: 8, SKIP_SYMBOLS: 16,
} as const;

const MAX_INDEX = 2 ** 32 - 2;

/** Own keys of an object that are no array index (V8: GetPropertyNames with kSkipIndices). */
export function ownNonIndexProperties(object: object, filter: number): PropertyKey[] {
  const wanted = filter & PROPERTY_FILTERS.SKIP_SYMBOLS ? Object.getOwnPropertyNames(object) : Reflect.ownKeys(object);
  const attributes = filter & (PROPERTY_FILTERS.ONLY_WRITABLE | PROPERTY_FILTERS.ONLY_ENUMERABLE | PROPERTY_FILTERS.ONLY_CONFIGURABLE);
  return wanted.filter((key) => {
    if (typeof key === 'string' ? filter & PROPERTY_FILTERS.SKIP_STRINGS || isIndex(key) : false) return false;
    return attributes === 0 || matches(Reflect.getOwnPropertyDescriptor(object, key), attributes);
  });
}

function isIndex(key: string): boolean {
  const first = key.charCodeAt(0);
  if (!(first >= 48 && first <= 57)) return false;
  const index = Number(key);
  return index <= MAX_INDEX && String(index >>> 0) === key;
}

function matches(descriptor: PropertyDescriptor | undefined, attributes: number): boolean {
  if (descriptor === undefined) return false;
  if (attributes & PROPERTY_FILTERS.ONLY_ENUMERABLE && descriptor.enumerable !== true) return false;
  if (attributes & PROPERTY_FILTERS.ONLY_CONFIGURABLE && descriptor.configurable !== true) return false;
  return !(attributes & PROPERTY_FILTERS.ONLY_WRITABLE) || descriptor.writable === true || descriptor.set !== undefined;
}

/** Name of the class that made an object. One whose prototype was taken away is named by what kind of builtin it is. */
export function constructorName(object: object): string {
  for (let at: object | null = object; at !== null; at = Reflect.getPrototypeOf(at)) {
    const made = Reflect.getOwnPropertyDescriptor(at, 'constructor')?.value as unknown;
    if (typeof made === 'function' && made.name !== '') return made.name;
  }
  return brandOf(object);
}
