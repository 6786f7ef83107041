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
  const { code } = transform(applyMetaAndImport(source, scope), {
    transforms: ['imports'], disableESTransforms: true, preserveDynamicImport: true, filePath: scope.url,
  });
  const text = `(function (exports, require) {${code}\n})\n//# sourceURL=${scope.url}`;
  const body = (0, native.indirectEval)(text) as (exports: object, require: (specifier: string) => unknown) => void;
  body.call(undefined, scope.exports, (specifier) => asBabelModule(scope.request(specifier)));
}

/** The transform asks `__esModule` whether `default` is a property: of a namespace it always is. */
function asBabelModule(namespace: unknown): unknown {
  return new Proxy(namespace as object, {
    get: (target, key) => (key === '__esModule' ? true : Reflect.get(target, key)),
  });
}
