import { withoutHashbang } from '../../../shared/module-code/hashbang.ts';
import { native } from '../natives.ts';
import { rewriteDynamicImports } from './rewrite.ts';

/** Parameter that stands for `import` in text that is compiled as a function or script. */
const IMPORT = '__terrarium_import__';

/** What stands before the first line of each text, by its name in stack traces. */
const headers = new Map<string, number>();

export function noteHeader(filename: string, length: number): void {
  headers.set(filename, length);
}

export function headerLength(filename: string): number {
  return headers.get(filename) ?? 0;
}

export type ImportFunction = (specifier: string, options?: { with?: Record<string, string> }) => Promise<unknown>;

/**
 * The text as a function of `parameters`, on its own lines, under `filename` in stack traces (V8's CompileFunction).
 * @throws {SyntaxError}
 */
export function compileFunction(source: string, filename: string, parameters: readonly string[], importFunction: ImportFunction): (...args: unknown[]) => unknown {
  const body = rewriteDynamicImports(withoutHashbang(source), IMPORT);
  const header = `(function (${IMPORT}) { return function (${parameters.join(', ')}) {`;
  noteHeader(filename, header.length);
  const text = `${header}${body}\n}; })\n//# sourceURL=${filename}`;
  const outer = (0, native.indirectEval)(text) as (importFunction: ImportFunction) => (...args: unknown[]) => unknown;
  return outer(importFunction);
}

/** The address in a trailing source map comment. */
export function sourceMapUrl(source: string): string | undefined {
  const at = source.lastIndexOf('sourceMappingURL=');
  return at < 0 ? undefined : /^sourceMappingURL=(\S+)\s*(?:\*\/\s*)?$/.exec(source.slice(at))?.[1];
}
