import { withoutHashbang } from '../../../shared/module-code/hashbang.ts';
import { native } from '../natives.ts';
import { applyEdits, mergeEdits, type Edit } from '../../../shared/module-code/awaits/edits.ts';
import { noteText } from './positions.ts';
import { dynamicImportEdits } from './rewrite.ts';

/** Parameter that stands for `import` in text that is compiled as a function or script. */
const IMPORT = '__terrarium_import__';

export type ImportFunction = (specifier: string, options?: { with?: Record<string, string> }) => Promise<unknown>;

/**
 * The text as a function of `parameters`, on its own lines, under `filename` in stack traces (V8's CompileFunction).
 * `edits` are of the text without its hashbang.
 * @throws {SyntaxError}
 */
export function compileFunction(source: string, filename: string, parameters: readonly string[], importFunction: ImportFunction, edits: readonly Edit[]): (...args: unknown[]) => unknown {
  const own = withoutHashbang(source);
  const all = mergeEdits(edits, dynamicImportEdits(own, IMPORT));
  const body = applyEdits(own, all);
  const header = `(function (${IMPORT}) { return function (${parameters.join(', ')}) {`;
  noteText(filename, header.length, own, all);
  const text = `${header}${body}\n}; })\n//# sourceURL=${filename}`;
  const outer = (0, native.indirectEval)(text) as (importFunction: ImportFunction) => (...args: unknown[]) => unknown;
  return outer(importFunction);
}

/** The address in a trailing source map comment. */
export function sourceMapUrl(source: string): string | undefined {
  const at = source.lastIndexOf('sourceMappingURL=');
  return at < 0 ? undefined : /^sourceMappingURL=(\S+)\s*(?:\*\/\s*)?$/.exec(source.slice(at))?.[1];
}
