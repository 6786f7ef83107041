import { SYNC_PARAMETERS } from '../../../shared/module-code/sync-parameters.ts';
import { native } from '../natives.ts';

/** What the module's body is given in place of `import` and `export`. */
export interface SyncScope {
  exports: Record<string, unknown>;
  /** Namespace of a static import. */
  request(specifier: string): unknown;
  meta(): object;
  dynamicImport(specifier: string, options?: { with?: Record<string, string> }): Promise<unknown>;
}

/** Runs an ES module now, as `require(esm)` needs: its text as a function (shared/module-code/sync-body.ts), exports live on `scope.exports`. */
export function evaluateSync(body: string, url: string, scope: SyncScope): void {
  const text = `(function (${SYNC_PARAMETERS.join(', ')}) {${body}\n})\n//# sourceURL=${url}`;
  const run = (0, native.indirectEval)(text) as (...scope: unknown[]) => void;
  run.call(undefined, scope.exports, (specifier: string) => scope.request(specifier), () => scope.meta(), (...args: Parameters<SyncScope['dynamicImport']>) => scope.dynamicImport(...args));
}
