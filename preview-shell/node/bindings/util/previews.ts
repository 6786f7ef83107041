import { unavailable } from './unsupported.ts';

const mapIterator = Object.getPrototypeOf(new Map().entries()) as { next(): IteratorResult<unknown> };
const setIterator = Object.getPrototypeOf(new Set().values()) as { next(): IteratorResult<unknown> };
const nextOf = { map: mapIterator.next, set: setIterator.next };

export const isMapIterator = (value: unknown): boolean => inherits(mapIterator, value);
export const isSetIterator = (value: unknown): boolean => inherits(setIterator, value);

/**
 * Entries of a collection or iterator without changing it (V8's Object::PreviewEntries): keys and values in one flat list, and whether it is such
 * pairs. Undefined for all else.
 * @throws ERR_FEATURE_UNAVAILABLE_ON_PLATFORM for WeakMap and WeakSet, which JavaScript cannot list.
 */
export function previewEntries(value: unknown): { entries: unknown[]; isKeyValue: boolean } | undefined {
  if (value instanceof Map) return { entries: [...Map.prototype.entries.call(value)].flat(1), isKeyValue: true };
  if (value instanceof Set) return { entries: [...Set.prototype.values.call(value)], isKeyValue: false };
  if (isMapIterator(value)) return previewIterator(value as Iterator<unknown>, nextOf.map);
  if (isSetIterator(value)) return previewIterator(value as Iterator<unknown>, nextOf.set);
  if (value instanceof WeakMap || value instanceof WeakSet) throw unavailable('The entries of a WeakMap or WeakSet cannot be listed in the container');
  return undefined;
}

/** An iterator tells its rest only by giving it: it is drained, and given a `next` of its own that gives the same again. */
function previewIterator(iterator: Iterator<unknown>, next: () => IteratorResult<unknown>): { entries: unknown[]; isKeyValue: boolean } {
  const rest = restOf(iterator, next);
  const pairs = rest.length > 0 && rest.every((entry) => Array.isArray(entry) && entry.length === 2);
  return pairs ? { entries: rest.flat(1), isKeyValue: true } : { entries: rest, isKeyValue: false };
}

const drained = new WeakMap<object, unknown[]>();

function restOf(iterator: Iterator<unknown>, next: () => IteratorResult<unknown>): unknown[] {
  const known = drained.get(iterator);
  if (known !== undefined) return [...known];
  const rest: unknown[] = [];
  for (let step = next.call(iterator); step.done !== true; step = next.call(iterator)) rest.push(step.value);
  drained.set(iterator, rest);
  Object.defineProperty(iterator, 'next', {
    configurable: true,
    writable: true,
    value: () => (rest.length > 0 ? { value: rest.shift(), done: false } : { value: undefined, done: true }),
  });
  return [...rest];
}

function inherits(prototype: object, value: unknown): boolean {
  return typeof value === 'object' && value !== null && value !== prototype && Object.prototype.isPrototypeOf.call(prototype, value);
}
