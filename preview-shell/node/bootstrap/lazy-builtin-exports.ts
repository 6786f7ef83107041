/** How modules of Node's library are shown to imports (realm.js, BuiltinModule): getters among their exports are not read before somebody wants them. */

interface Facade {
  setExport(name: string, value: unknown): void;
  setLazyExport(name: string, read: () => unknown): void;
}

interface Builtin {
  readonly module: Facade | undefined;
  readonly exportKeys: readonly string[];
  readonly exports: Record<string, unknown>;
}

interface Realm {
  readonly BuiltinModule: { readonly prototype: { syncExports(this: Builtin): void } };
}

export function readExportsLate(requireBuiltin: (id: string) => unknown): void {
  const { BuiltinModule } = requireBuiltin('internal/bootstrap/realm') as Realm;
  BuiltinModule.prototype.syncExports = function syncExports() {
    const { module, exports } = this;
    if (module === undefined) return;
    for (const name of this.exportKeys) {
      if (name === 'default') continue;
      const property = Object.getOwnPropertyDescriptor(exports, name);
      if (property?.get === undefined) module.setExport(name, property?.value);
      else module.setLazyExport(name, () => exports[name]);
    }
  };
}
