import { brands } from './util/brands.ts';
import { isMapIterator, isSetIterator } from './util/previews.ts';
import { proxyDetails } from './util/proxies.ts';
import type { BindingContext } from '../context.ts';

const functionPrototype = (sample: object): object => Object.getPrototypeOf(sample) as object;
const ASYNC = functionPrototype(async () => {});
const GENERATOR = functionPrototype(function* () {});
const ASYNC_GENERATOR = functionPrototype(async function* () {});
const GENERATOR_OBJECTS = [GENERATOR, ASYNC_GENERATOR].map((prototype) => (prototype as { prototype: object }).prototype);

/** What a value is inside (node_types.cc). Kinds that JavaScript cannot test by an internal slot are known by their prototype. */
export function create(_ctx: BindingContext): Record<string, unknown> {
  const isAnyArrayBuffer = (value: unknown) => brands.isArrayBuffer(value) || brands.isSharedArrayBuffer(value);
  return {
    ...brands,
    isAsyncFunction: (value: unknown) => isFunctionOf(value, [ASYNC, ASYNC_GENERATOR]),
    isGeneratorFunction: (value: unknown) => isFunctionOf(value, [GENERATOR, ASYNC_GENERATOR]),
    isGeneratorObject: (value: unknown) => inheritsAny(value, GENERATOR_OBJECTS),
    isPromise: (value: unknown) => inheritsAny(value, [Promise.prototype]),
    isMapIterator,
    isSetIterator,
    isModuleNamespaceObject,
    isProxy: (value: unknown) => proxyDetails(value) !== undefined,
    // No value of native code reaches JavaScript in a browser.
    isExternal: () => false,
    isAnyArrayBuffer,
    isBoxedPrimitive: (value: unknown) => brands.isNumberObject(value) || brands.isStringObject(value) || brands.isBooleanObject(value)
      || brands.isBigIntObject(value) || brands.isSymbolObject(value),
  };
}

function isFunctionOf(value: unknown, prototypes: readonly object[]): boolean {
  return typeof value === 'function' && proxyDetails(value) === undefined && prototypes.includes(Object.getPrototypeOf(value) as object);
}

function inheritsAny(value: unknown, prototypes: readonly object[]): boolean {
  if (typeof value !== 'object' || value === null || prototypes.includes(value) || proxyDetails(value) !== undefined) return false;
  return prototypes.some((prototype) => Object.prototype.isPrototypeOf.call(prototype, value));
}

/** Only namespaces have a fixed tag `Module`, no prototype, and writable properties that cannot be configured. */
function isModuleNamespaceObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || proxyDetails(value) !== undefined) return false;
  const tag = Object.getOwnPropertyDescriptor(value, Symbol.toStringTag);
  return tag?.value === 'Module' && tag.writable === false && tag.configurable === false
    && Object.getPrototypeOf(value) === null && !Object.isExtensible(value);
}
