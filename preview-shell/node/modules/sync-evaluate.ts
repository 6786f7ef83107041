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

type Transform = (source: string, filePath: string) => string;

/** Name under which the transform's own script (transform-script.ts) leaves it. */
const TRANSFORM = '__terrarium_sync_body__';

let script: string | undefined;
let loaded: Transform | undefined;

/** Where the script of the transform lies: few threads need it, and it is as large as all the rest. */
export function setTransformScript(address: string): void {
  script = address;
}

/** The module's text as a function body. @throws {SyntaxError} */
export function transformSync(source: string, filePath: string): string {
  loaded ??= load();
  return loaded(source, filePath);
}

function load(): Transform {
  if (script === undefined) throw new Error('No script of the module transform was named to this thread.');
  native.importScripts(script);
  const holder = globalThis as unknown as Record<string, Transform | undefined>;
  const transform = holder[TRANSFORM];
  if (transform === undefined) throw new Error('The script of the module transform did not load.');
  delete holder[TRANSFORM];
  return transform;
}
