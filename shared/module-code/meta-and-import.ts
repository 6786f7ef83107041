import { parse } from 'es-module-lexer/js';

/** Replaces `import.meta` and `import(…)`, which have no meaning in a function. */
export function applyMetaAndImport(source: string, targets: { meta: string; dynamicImport: string }): string {
  const [imports] = parse(source);
  let text = '';
  let at = 0;
  for (const entry of [...imports].sort((a, b) => a.importStart - b.importStart)) {
    if (entry.type === 'import-meta') {
      text += source.slice(at, entry.start) + targets.meta;
      at = entry.end;
    } else if (entry.type === 'dynamic') {
      text += source.slice(at, entry.importStart) + targets.dynamicImport;
      at = entry.dynamicStart;
    }
  }
  return text + source.slice(at);
}
