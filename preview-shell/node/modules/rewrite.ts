import { parse, type Import } from 'es-module-lexer/js';

/** One static import of a module, as Node's loader asks for it (ModuleWrap.getModuleRequests). */
export interface ModuleRequest {
  specifier: string;
  attributes: Record<string, string>;
}

export interface LexedModule {
  readonly imports: readonly Import[];
  readonly requests: readonly ModuleRequest[];
  /** For each import that is static, its index in `requests`. */
  readonly requestOf: ReadonlyMap<Import, number>;
  readonly exportNames: readonly string[];
  readonly hasModuleSyntax: boolean;
}

/** @throws {SyntaxError} where the text cannot be a module. */
export function lexModule(source: string, url: string): LexedModule {
  const [imports, exports, , hasModuleSyntax] = lex(source, url);
  const requests: ModuleRequest[] = [];
  const indices = new Map<string, number>();
  const requestOf = new Map<Import, number>();
  for (const entry of imports) {
    if (entry.type !== 'static' && entry.type !== 'reexport-star') continue;
    const attributes = entry.attributes ?? [];
    const key = JSON.stringify([entry.specifier, attributes]);
    let index = indices.get(key);
    if (index === undefined) {
      index = requests.length;
      indices.set(key, index);
      requests.push({ specifier: entry.specifier, attributes: Object.assign(Object.create(null), Object.fromEntries(attributes)) as Record<string, string> });
    }
    requestOf.set(entry, index);
  }
  return { imports, requests, requestOf, exportNames: exports.flatMap((entry) => ('name' in entry && typeof entry.name === 'string' ? [entry.name] : [])), hasModuleSyntax };
}

function lex(source: string, url: string) {
  try {
    return parse(source, url);
  } catch (error) {
    throw new SyntaxError(`${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Expressions that take the place of what only the host can know. */
export interface RewriteTargets {
  /** URL for a static import, by index of its request. */
  importUrl(index: number): string;
  /** Replaces `import.meta`. */
  meta: string;
  /** Replaces `import` in `import(…)`, up to and without the parenthesis. */
  dynamicImport: string;
}

/** The module's text for native `import()`: same lines, other specifiers. */
export function rewriteModule(source: string, lexed: LexedModule, targets: RewriteTargets): string {
  const edits: [start: number, end: number, text: string][] = [];
  for (const entry of lexed.imports) {
    if (entry.type === 'import-meta') edits.push([entry.start, entry.end, targets.meta]);
    else if (entry.type === 'dynamic') edits.push([entry.importStart, entry.dynamicStart, targets.dynamicImport]);
    else {
      edits.push([entry.start, entry.end, targets.importUrl(lexed.requestOf.get(entry) as number)]);
      if (entry.attributes !== null) edits.push([entry.end + 1, entry.importEnd, blankLines(source.slice(entry.end + 1, entry.importEnd))]);
    }
  }
  return applyEdits(source, edits);
}

/** `import(…)` in a script or CommonJS function becomes a call of `dynamicImport`; other text is left alone. */
export function rewriteDynamicImports(source: string, dynamicImport: string | (() => string)): string {
  if (!/\bimport\s*(?:\/\*[^]*?\*\/\s*)?\(/.test(source)) return source;
  let lexed;
  try {
    [lexed] = parse(source);
  } catch {
    // Not text that the lexer can read: the engine will name the syntax error.
    return source;
  }
  const dynamic = lexed.filter((entry) => entry.type === 'dynamic');
  if (dynamic.length === 0) return source;
  const name = typeof dynamicImport === 'string' ? dynamicImport : dynamicImport();
  return applyEdits(source, dynamic.map((entry): [number, number, string] => [entry.importStart, entry.dynamicStart, name]));
}

function applyEdits(source: string, edits: [number, number, string][]): string {
  if (edits.length === 0) return source;
  edits.sort((a, b) => a[0] - b[0]);
  let text = '';
  let at = 0;
  for (const [start, end, replacement] of edits) {
    text += source.slice(at, start) + replacement;
    at = end;
  }
  return text + source.slice(at);
}

const blankLines = (text: string) => text.replace(/[^\n]+/g, '');
