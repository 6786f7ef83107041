import { parse } from 'es-module-lexer/js';
import type { Edit } from '../../../shared/module-code/awaits/edits.ts';
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

/** What makes the module's text one for native `import()`: same lines, other specifiers. */
export function moduleEdits(source: string, lexed: LexedModule, targets: RewriteTargets): Edit[] {
  const edits: Edit[] = [];
  for (const entry of lexed.imports) {
    if (entry.kind === 'meta') edits.push([entry.start, entry.end, targets.meta]);
    else if (entry.kind === 'dynamic') edits.push([entry.importStart, entry.dynamicStart, targets.dynamicImport]);
    else {
      edits.push([entry.start, entry.end, targets.importUrl(entry.request)]);
      if (entry.attributed) edits.push([entry.end + 1, entry.importEnd, blankLines(source.slice(entry.end + 1, entry.importEnd))]);
    }
  }
  return edits.sort((a, b) => a[0] - b[0]);
}

/** `import(…)` in a script or CommonJS function becomes a call of `dynamicImport`. */
export function dynamicImportEdits(source: string, dynamicImport: string | (() => string)): Edit[] {
  if (!/\bimport\s*(?:\/\*[^]*?\*\/\s*)?\(/.test(source)) return [];
  let lexed;
  try {
    [lexed] = parse(source);
  } catch {
    // Not text that the lexer can read: the engine will name the syntax error.
    return [];
  }
  const dynamic = lexed.filter((entry) => entry.type === 'dynamic');
  if (dynamic.length === 0) return [];
  const name = typeof dynamicImport === 'string' ? dynamicImport : dynamicImport();
  return dynamic.map((entry): Edit => [entry.importStart, entry.dynamicStart, name]).sort((a, b) => a[0] - b[0]);
}

const blankLines = (text: string) => text.replace(/[^\n]+/g, '');
