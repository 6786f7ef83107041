import { native } from '../natives.ts';

/** With these names, in order, over values that change. */
export function createNamespace(names: readonly string[], values: Readonly<Record<string, unknown>>): object {
  const namespace = Object.create(null) as Record<string, unknown>;
  for (const name of [...names].sort()) namespace[name] = undefined;
  Object.defineProperty(namespace, Symbol.toStringTag, { value: 'Module' });
  return namespaceOver(Object.seal(namespace), values);
}

/** A module namespace (ECMA-262, 10.4.6): its properties have the values of the moment, and nobody sets them. */
function namespaceOver(sealed: Record<string, unknown>, values: Readonly<Record<string, unknown>>): object {
  const current = (name: PropertyKey): void => {
    if (typeof name === 'string' && name in sealed) sealed[name] = values[name];
  };
  // Not one that `util.types.isProxy` knows.
  return new native.Proxy(sealed, {
    get: (target, name) => (typeof name === 'string' && name in target ? values[name] : Reflect.get(target, name)),
    getOwnPropertyDescriptor(target, name) {
      current(name);
      return Reflect.getOwnPropertyDescriptor(target, name);
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: (target, name) => !(name in target),
  });
}

/** What `require()` returns for a module with a default export and no `__esModule` of its own (Node: "Loading ECMAScript modules using require()"). */
export function requiredFacade(namespace: object): object {
  const facade = Object.create(null) as object;
  for (const name of Object.keys(namespace)) {
    Object.defineProperty(facade, name, { get: () => (namespace as Record<string, unknown>)[name], enumerable: true });
  }
  Object.defineProperty(facade, '__esModule', { value: true, enumerable: true });
  Object.defineProperty(facade, Symbol.toStringTag, { value: 'Module' });
  return facade;
}
