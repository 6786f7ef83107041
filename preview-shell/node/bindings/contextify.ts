import { native } from '../natives.ts';
import { withoutHashbang } from '../../../shared/module-code/hashbang.ts';
import { lexModule } from '../../../shared/module-code/lex.ts';
import { applyEdits, mergeEdits, type Edit } from '../../../shared/module-code/awaits/edits.ts';
import { editsOf } from '../modules/await-text.ts';
import { PackedCode } from '../modules/packed-code.ts';
import { noteText } from '../modules/positions.ts';
import { dynamicImportEdits } from '../modules/rewrite.ts';
import { scriptImports } from '../modules/script-imports.ts';
import { explainSyntaxError, parseScript, type Source } from '../modules/syntax-errors.ts';
import { compileFunction, sourceMapUrl, type ImportFunction } from '../modules/compile-script.ts';
import { contextScript, type ContextScript } from '../modules/context-script.ts';
import { evaluateInContext } from '../modules/script-context.ts';
import type { BindingContext } from '../context.ts';

type ImportFromScript = (option: symbol | undefined, referrer: string) => ImportFunction;

const CJS_PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'] as const;

/** Compiling scripts and functions, and `vm` contexts (node_contextify.cc). */
export function create(ctx: BindingContext): Record<string, unknown> {
  const importsOf: ImportFromScript = (option, referrer) => {
    ctx.internalBinding('module_wrap');
    return (ctx.hooks.importFromScript as ImportFromScript)(option, referrer);
  };
  const { privateSymbols } = ctx.internalBinding('util') as { privateSymbols: Record<string, symbol> };
  const contextKey = privateSymbols['contextify_context_private_symbol'] as symbol;
  const optionKey = privateSymbols['host_defined_option_symbol'] as symbol;
  const imports = scriptImports(ctx.global);
  const packed = new PackedCode(ctx);
  const awaitsOf = (source: string, filename: string): readonly Edit[] => editsOf(withoutHashbang(source), 'commonjs', () => packed.factsOfFile(filename, source)?.t);
  // The library finds what a script imports with by the symbol that it was compiled with.
  const mark = (compiled: object, option: symbol | undefined): void => {
    if (option !== undefined) Object.defineProperty(compiled, optionKey, { value: option, configurable: true, writable: true });
  };

  const explained = <T>(source: Source, compile: () => T): T => {
    try {
      return compile();
    } catch (error) {
      explainSyntaxError(ctx, error, source, true);
      throw error;
    }
  };

  class ContextifyScript {
    readonly sourceMapURL: string | undefined;
    readonly #own: string;
    readonly #edits: readonly Edit[];
    readonly #filename: string;
    #inContext: { text: string; script: ContextScript } | undefined;

    constructor(code: string, filename: string, _line?: number, _column?: number, _cached?: unknown, _produce?: boolean, _context?: object, option?: symbol) {
      // Reports a syntax error when the script is made, as V8 does; nothing of it runs.
      const own = withoutHashbang(code);
      explained({ text: code, name: filename, type: 'script' }, () => void new native.Function(own));
      this.#own = own;
      this.#edits = mergeEdits(editsOf(own, 'script', unknownText), dynamicImportEdits(own, () => imports.name(importsOf(option, filename))));
      noteText(filename, 0, own, this.#edits);
      mark(this, option);
      this.#filename = filename;
      this.sourceMapURL = sourceMapUrl(code);
    }

    runInContext(context: object | null): unknown {
      if (context === null) return (0, native.indirectEval)(this.#named(this.#edits));
      const { text, script } = (this.#inContext ??= this.#forContext());
      return evaluateInContext(text, context, script);
    }

    #named(edits: readonly Edit[]): string {
      return `${applyEdits(this.#own, edits)}\n//# sourceURL=${this.#filename}`;
    }

    #forContext(): { text: string; script: ContextScript } {
      const script = contextScript(this.#own, (text) => parseScript(ctx, text));
      const edits = mergeEdits(script.edits, this.#edits);
      noteText(this.#filename, 0, this.#own, edits);
      return { text: this.#named(edits), script };
    }

    createCachedData(): Uint8Array {
      return new Uint8Array(0);
    }
  }

  return {
    ContextifyScript,
    makeContext(sandbox: object | symbol, ..._options: unknown[]) {
      const context = typeof sandbox === 'symbol' ? {} : sandbox;
      Object.defineProperty(context, contextKey, { value: context, configurable: true });
      return context;
    },
    compileFunction(code: string, filename: string, _line: number, _column: number, _cached: unknown, _produce: boolean, context: object | undefined,
      _extensions: object[], parameters: string[] | undefined, option: symbol | undefined) {
      if (context !== undefined) throw Object.assign(new Error('vm.compileFunction with a parsingContext is not supported in the container'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
      const compile = (): ReturnType<typeof compileFunction> => compileFunction(code, filename, parameters ?? [], importsOf(option, filename), awaitsOf(code, filename));
      const compiled = explained({ text: code, name: filename, type: 'script', isBody: true }, compile);
      mark(compiled, option);
      return { function: compiled, sourceMapURL: sourceMapUrl(code) };
    },
    compileFunctionForCJSLoader(content: string, filename: string, _isSeaMain: boolean, detectModule: boolean) {
      try {
        const compiled = compileFunction(content, filename, CJS_PARAMETERS, importsOf(undefined, filename), awaitsOf(content, filename));
        return { canParseAsESM: false, cachedDataRejected: false, sourceMapURL: sourceMapUrl(content), function: compiled };
      } catch (error) {
        if (!(error instanceof SyntaxError) || !detectModule || !hasModuleSyntax(content, filename, error)) {
          explainSyntaxError(ctx, error, { text: content, name: filename, type: 'script', isBody: true }, true);
          throw error;
        }
        return { canParseAsESM: true, cachedDataRejected: false, sourceMapURL: sourceMapUrl(content), function: undefined };
      }
    },
    containsModuleSyntax: (code: string, filename: string) => hasModuleSyntax(code, filename, syntaxErrorIn(code)),
    startSigintWatchdog() {},
    stopSigintWatchdog: () => false,
    watchdogHasPendingSigint: () => false,
    measureMemory: () => undefined,
    constants: { measureMemory: { mode: { SUMMARY: 0, DETAILED: 1 }, execution: { DEFAULT: 0, EAGER: 1 } } },
  };
}

const unknownText = (): undefined => undefined;

function syntaxErrorIn(code: string): SyntaxError | undefined {
  if (!/\bawait\b/.test(code)) return undefined;
  try {
    void new Function(withoutHashbang(code));
    return undefined;
  } catch (error) {
    return error instanceof SyntaxError ? error : undefined;
  }
}

/** `import`, `export`, `import.meta`, or an `await` at the top level that made it no script (nodejs.org/api/packages.html, "Syntax detection"). */
function hasModuleSyntax(code: string, filename: string, error: SyntaxError | undefined): boolean {
  try {
    return lexModule(withoutHashbang(code), filename).hasModuleSyntax || /\bawait\b/.test(error?.message ?? '');
  } catch {
    return false;
  }
}
