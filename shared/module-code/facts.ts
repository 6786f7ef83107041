/**
 * What the container would compute of a package's code at each start, computed once when the pack is made. One JSON text for each file, beside the
 * files in the pack (shared/pack/format.ts), so that mounting a pack reads none of them.
 */
import { moduleRequest, type ImportKind, type LexedModule, type ModuleImport } from './lex.ts';

export interface CodeFacts {
  /** UTF-16 code units of the source that this is about. What follows is about its text without a hashbang (hashbang.ts). */
  n: number;
  /** Of an ES module. */
  m?: PackedModule;
  /** Whether an ES module may await at its top level. */
  a?: boolean;
  /** An ES module as a function body (sync-body.ts), of those that a package offers to `require()`. */
  s?: string;
  /** What carries contexts across awaits (awaits/edits.ts): of the text, and of `s`. Without it nobody has looked. */
  t?: number[];
  u?: number[];
  /** cjs-module-lexer's export names and re-exported specifiers of a CommonJS file. */
  x?: string[];
  r?: string[];
}

/** `LexedModule` in little space. */
export interface PackedModule {
  /** Eight numbers for each import: kind, start, end, importStart, importEnd, dynamicStart, attributed, request. */
  i: number[];
  q: [specifier: string, attributes?: [string, string][]][];
  e: string[];
  h: boolean;
}

const KINDS: readonly ImportKind[] = ['static', 'star', 'dynamic', 'meta'];
const NUMBERS = 8;

export function packModule({ imports, requests, exportNames, hasModuleSyntax }: LexedModule): PackedModule {
  return {
    i: imports.flatMap((entry) => [KINDS.indexOf(entry.kind), entry.start, entry.end, entry.importStart, entry.importEnd, entry.dynamicStart, Number(entry.attributed), entry.request]),
    q: requests.map(({ specifier, attributes }) => (Object.keys(attributes).length === 0 ? [specifier] : [specifier, Object.entries(attributes)])),
    e: [...exportNames],
    h: hasModuleSyntax,
  };
}

export function unpackModule({ i, q, e, h }: PackedModule): LexedModule {
  const imports: ModuleImport[] = [];
  for (let at = 0; at + NUMBERS <= i.length; at += NUMBERS) {
    const [kind, start, end, importStart, importEnd, dynamicStart, attributed, request] = i.slice(at, at + NUMBERS) as [number, number, number, number, number, number, number, number];
    imports.push({ kind: KINDS[kind] ?? 'static', start, end, importStart, importEnd, dynamicStart, attributed: attributed === 1, request });
  }
  return { imports, requests: q.map(([specifier, attributes]) => moduleRequest(specifier, attributes ?? [])), exportNames: e, hasModuleSyntax: h };
}
