import { transform } from 'sucrase';
import { native } from '../natives.ts';
import { applyMetaAndImport } from './sync-source.ts';

/** What the module's body is given in place of `import` and `export`. */
export interface SyncScope {
  exports: Record<string, unknown>;
  /** Namespace of a static import. */
  request(specifier: string): unknown;
  meta: string;
  dynamicImport: string;
  url: string;
}

/** Runs an ES module now, as `require(esm)` needs: its text as a function, exports live on `scope.exports`. */
export function evaluateSync(source: string, scope: SyncScope): void {
  const named = nameTextExports(applyMetaAndImport(source, scope));
  const { code: transformed } = transform(named.source, {
    transforms: ['imports'], disableESTransforms: true, preserveDynamicImport: true, filePath: scope.url,
  });
  const code = named.restore(transformed);
  const text = `(function (exports, require) {${code}\n})\n//# sourceURL=${scope.url}`;
  const body = (0, native.indirectEval)(text) as (exports: object, require: (specifier: string) => unknown) => void;
  body.call(undefined, scope.exports, (specifier) => asBabelModule(scope.request(specifier)));
}

/** A name that no program uses for an export, in place of one that is text. */
const PLACEHOLDER = '__terrarium_text_export_';

/** The transform knows no export names that are text (`export { x as 'module.exports' }`, ECMA-262 2022): they get identifiers for its time. */
function nameTextExports(source: string): { source: string; restore(code: string): string } {
  if (!/\bas\s*['"]/.test(source)) return { source, restore: (code) => code };
  const names: string[] = [];
  const replaced = source.replace(/(\bas\s*)(['"])((?:(?!\2)[^\\\n])*)\2(?=\s*[,}])/g, (_, as: string, _quote: string, name: string) => `${as} ${PLACEHOLDER}${names.push(name) - 1}`);
  return {
    source: replaced,
    restore: (code) => code.replace(new RegExp(`(\\.)?${PLACEHOLDER}(\\d+)`, 'g'), (_, dot: string | undefined, index: string) => (dot === undefined ? (names[Number(index)] ?? '') : `[${JSON.stringify(names[Number(index)])}]`)),
  };
}

/** The transform asks `__esModule` whether `default` is a property: of a namespace it always is. */
function asBabelModule(namespace: unknown): unknown {
  return new Proxy(namespace as object, {
    get: (target, key) => (key === '__esModule' ? true : Reflect.get(target, key)),
  });
}
