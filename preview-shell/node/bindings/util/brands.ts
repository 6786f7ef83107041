/** Tests of what a value is inside, by methods that refuse all others. They run no code of the value's own. */
type Test = (value: unknown) => boolean;

const apply = Reflect.apply;

/** `method` throws for values without its internal slot. */
function branded(method: (...args: never[]) => unknown, ...args: unknown[]): Test {
  return (value) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
    try {
      apply(method, value, args);
      return true;
    } catch {
      return false;
    }
  };
}

function getter(prototype: object, name: string): () => unknown {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  if (get === undefined) throw new TypeError(`${name} is no getter.`);
  return get;
}

const tagOf = (value: unknown): string => apply(Object.prototype.toString, value, []) as string;
const hasRegExpSource = branded(getter(RegExp.prototype, 'source'));
// Engines without Error.isError (ES2026) tell errors by their tag, which a program can change.
const errorBrand = (Error as unknown as { isError?: Test }).isError;

export const brands = {
  isArgumentsObject: (value: unknown) => typeof value === 'object' && value !== null && !(Symbol.toStringTag in value) && tagOf(value) === '[object Arguments]',
  isArrayBuffer: branded(getter(ArrayBuffer.prototype, 'byteLength')),
  isBigIntObject: branded(BigInt.prototype.valueOf),
  isBooleanObject: branded(Boolean.prototype.valueOf),
  isDataView: branded(getter(DataView.prototype, 'buffer')),
  isDate: branded(Date.prototype.getTime),
  isMap: branded(getter(Map.prototype, 'size')),
  isNumberObject: branded(Number.prototype.valueOf),
  isRegExp: (value: unknown) => value !== RegExp.prototype && hasRegExpSource(value),
  isSet: branded(getter(Set.prototype, 'size')),
  isSharedArrayBuffer: branded(getter(SharedArrayBuffer.prototype, 'byteLength')),
  isStringObject: branded(String.prototype.valueOf),
  isSymbolObject: branded(Symbol.prototype.valueOf),
  isWeakMap: branded(WeakMap.prototype.has, {}),
  isWeakSet: branded(WeakSet.prototype.has, {}),
  isNativeError: errorBrand ?? ((value: unknown) => typeof value === 'object' && value !== null && tagOf(value) === '[object Error]'),
} satisfies Record<string, Test>;

const NAMED: readonly [keyof typeof brands, string][] = [
  ['isMap', 'Map'], ['isSet', 'Set'], ['isDate', 'Date'], ['isRegExp', 'RegExp'], ['isWeakMap', 'WeakMap'], ['isWeakSet', 'WeakSet'],
  ['isArrayBuffer', 'ArrayBuffer'], ['isSharedArrayBuffer', 'SharedArrayBuffer'], ['isDataView', 'DataView'], ['isNativeError', 'Error'],
];

/** 'Map', 'Array', …; 'Object' for what is no builtin. */
export function brandOf(value: object): string {
  if (typeof value === 'function') return 'Function';
  if (Array.isArray(value)) return 'Array';
  return NAMED.find(([test]) => brands[test](value))?.[1] ?? 'Object';
}
