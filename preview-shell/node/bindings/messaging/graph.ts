/** Walks over the values of a message, as structured clone sees them: elements, own enumerable properties, entries. */
import { brandOf } from '../util/brands.ts';
import { proxyDetails } from '../util/proxies.ts';

type Replacement = (object: object) => object | undefined;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function* valuesIn(object: object): Generator<unknown> {
  if (object instanceof Map) for (const entry of Map.prototype.entries.call(object)) yield* entry;
  else if (object instanceof Set) yield* Set.prototype.values.call(object);
  else for (const key of Object.keys(object)) yield (object as Record<string, unknown>)[key];
}

/** Whether `wanted` holds for one of the objects. Bytes and proxies (which no clone takes) are not looked into. */
export function someObject(root: unknown, wanted: (object: object) => boolean): boolean {
  if (!isObject(root)) return false;
  const seen = new Set<object>([root]);
  for (const object of seen) {
    if (wanted(object)) return true;
    if (ArrayBuffer.isView(object) || object instanceof ArrayBuffer || object instanceof SharedArrayBuffer || proxyDetails(object) !== undefined) continue;
    if (Array.isArray(object) && object.every((element) => !isObject(element)) && Object.keys(object).length === object.length) continue;
    for (const value of valuesIn(object)) if (isObject(value)) seen.add(value);
  }
  return false;
}

/** The same graph with other objects in some places. Objects without properties, and those of a form of their own, stay themselves. */
export function copyGraph(root: unknown, replacement: Replacement): unknown {
  const copies = new Map<object, object>();
  const copy = (value: unknown): unknown => {
    if (!isObject(value)) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    const replaced = replacement(value) ?? emptyLike(value);
    copies.set(value, replaced);
    return fill(replaced, value);
  };
  const fill = (into: object, value: object): object => {
    if (!pending.delete(into)) return into;
    if (into instanceof Map) for (const [key, item] of Map.prototype.entries.call(value as Map<unknown, unknown>)) into.set(copy(key), copy(item));
    else if (into instanceof Set) for (const item of Set.prototype.values.call(value as Set<unknown>)) into.add(copy(item));
    else for (const key of Object.keys(value)) put(into, key, copy((value as Record<string, unknown>)[key]));
    return into;
  };
  /** Made here and not filled yet. */
  const pending = new Set<object>();
  const emptyLike = (value: object): object => {
    const empty = emptyOf(value);
    if (empty !== value) pending.add(empty);
    return empty;
  };
  return copy(root);
}

function emptyOf(value: object): object {
  if (proxyDetails(value) !== undefined) return value;
  switch (brandOf(value)) {
    case 'Array': return new Array((value as unknown[]).length);
    case 'Map': return new Map();
    case 'Set': return new Set();
    case 'Object': return ArrayBuffer.isView(value) || Object.keys(value).length === 0 ? value : {};
    default: return value;
  }
}

/** Puts other objects in some places of a graph that nobody else has seen yet. @returns the root, or what stands for it */
export function replaceIn(root: unknown, made: ReadonlyMap<object, unknown>): unknown {
  const of = (value: unknown): unknown => (isObject(value) && made.has(value) ? made.get(value) : value);
  if (!isObject(root)) return root;
  if (made.has(root)) return made.get(root);
  const seen = new Set<object>([root]);
  for (const object of seen) {
    if (ArrayBuffer.isView(object) || object instanceof ArrayBuffer || object instanceof SharedArrayBuffer) continue;
    for (const value of valuesIn(object)) if (isObject(value) && !made.has(value)) seen.add(value);
    replaceEach(object, of);
  }
  return root;
}

function replaceEach(object: object, of: (value: unknown) => unknown): void {
  if (object instanceof Map) {
    const entries = [...object];
    object.clear();
    for (const [key, value] of entries) object.set(of(key), of(value));
  } else if (object instanceof Set) {
    const items = [...object];
    object.clear();
    for (const item of items) object.add(of(item));
  } else {
    for (const key of Object.keys(object)) {
      const value = (object as Record<string, unknown>)[key];
      const other = of(value);
      if (other !== value) put(object, key, other);
    }
  }
}

const put = (object: object, key: string, value: unknown): void => void Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
