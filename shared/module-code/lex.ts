import { parse, type Import } from 'es-module-lexer/js';

/** One static import of a module, as Node's loader asks for it (ModuleWrap.getModuleRequests). */
export interface ModuleRequest {
  specifier: string;
  attributes: Record<string, string>;
}

export type ImportKind = 'static' | 'star' | 'dynamic' | 'meta';

/** One place where a module imports, or names `import.meta`. Offsets are UTF-16 code units of the source. */
export interface ModuleImport {
  readonly kind: ImportKind;
  /** Of the specifier with its quotes; of the whole for `import.meta`. */
  readonly start: number;
  readonly end: number;
  /** Of the statement, or the call. */
  readonly importStart: number;
  readonly importEnd: number;
  /** Of the parenthesis of a dynamic import, else -1. */
  readonly dynamicStart: number;
  readonly attributed: boolean;
  /** Index in `requests` of a static import, else -1. */
  readonly request: number;
}

export interface LexedModule {
  readonly imports: readonly ModuleImport[];
  readonly requests: readonly ModuleRequest[];
  readonly exportNames: readonly string[];
  readonly hasModuleSyntax: boolean;
}

/** @throws {SyntaxError} where the text cannot be a module. */
export function lexModule(source: string, url: string): LexedModule {
  const [found, exports, , hasModuleSyntax] = lex(source, url);
  const requests: ModuleRequest[] = [];
  const indices = new Map<string, number>();
  const requestOf = (specifier: string, attributes: readonly (readonly [string, string])[]): number => {
    const key = JSON.stringify([specifier, attributes]);
    const index = indices.get(key) ?? requests.push(moduleRequest(specifier, attributes)) - 1;
    indices.set(key, index);
    return index;
  };
  const imports = found.map((entry): ModuleImport => ({
    kind: kindOf(entry),
    start: entry.start,
    end: entry.end,
    importStart: entry.importStart,
    importEnd: entry.importEnd,
    dynamicStart: entry.type === 'dynamic' ? entry.dynamicStart : -1,
    attributed: isStatic(entry) && entry.attributes !== null,
    request: isStatic(entry) ? requestOf(entry.specifier, entry.attributes ?? []) : -1,
  }));
  return { imports, requests, exportNames: exports.flatMap((entry) => ('name' in entry && typeof entry.name === 'string' ? [entry.name] : [])), hasModuleSyntax };
}

export function moduleRequest(specifier: string, attributes: readonly (readonly [string, string])[]): ModuleRequest {
  return { specifier, attributes: Object.assign(Object.create(null), Object.fromEntries(attributes)) as Record<string, string> };
}

type StaticImport = Extract<Import, { type: 'static' | 'reexport-star' }>;

const isStatic = (entry: Import): entry is StaticImport => entry.type === 'static' || entry.type === 'reexport-star';

function kindOf(entry: Import): ImportKind {
  if (entry.type === 'import-meta') return 'meta';
  if (entry.type === 'dynamic') return 'dynamic';
  return entry.type === 'reexport-star' ? 'star' : 'static';
}

function lex(source: string, url: string) {
  try {
    return parse(source, url);
  } catch (error) {
    throw new SyntaxError(`${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
