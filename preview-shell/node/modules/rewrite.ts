import { parse } from 'es-module-lexer/js';
import type { LexedModule } from '../../../shared/module-code/lex.ts';

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
    if (entry.kind === 'meta') edits.push([entry.start, entry.end, targets.meta]);
    else if (entry.kind === 'dynamic') edits.push([entry.importStart, entry.dynamicStart, targets.dynamicImport]);
    else {
      edits.push([entry.start, entry.end, targets.importUrl(entry.request)]);
      if (entry.attributed) edits.push([entry.end + 1, entry.importEnd, blankLines(source.slice(entry.end + 1, entry.importEnd))]);
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
