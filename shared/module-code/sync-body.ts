/** ES modules as function bodies, for `require(esm)`. The engine cannot be asked to evaluate a module at once, so its text becomes a function's. */
import { transform } from 'sucrase';
import { applyMetaAndImport } from './meta-and-import.ts';

/** The body, on the module's own lines. @throws {SyntaxError} where the text is no module */
export function syncBody(source: string, filePath: string): string {
  const named = nameTextExports(applyMetaAndImport(source, { meta: '__terrarium_meta__()', dynamicImport: '__terrarium_import__' }));
  const { code } = transform(named.source, { transforms: ['imports'], disableESTransforms: true, preserveDynamicImport: true, filePath });
  return withNamespaces(named.restore(code));
}

/**
 * The transform wraps what `require` returns, for it could be CommonJS. Here it is always a namespace: the helpers are declared once more, and of
 * two function declarations in one scope the later one is meant (ECMA-262, FunctionDeclarationInstantiation).
 */
function withNamespaces(code: string): string {
  const helpers = code.slice(0, HELPERS_WITHIN).matchAll(/function (_interopRequire(?:Wildcard|Default)\d*)\(obj\)/g);
  return `${code}${[...helpers].map(([, name]) => `;function ${name}(obj) { return obj; }`).join('')}`;
}

/** Helpers stand at the beginning of the transformed text. */
const HELPERS_WITHIN = 4096;

/** A name that no program uses for an export, in place of one that is text. */
const PLACEHOLDER = '__terrarium_text_export_';

/** The transform knows no export names that are text (`export { x as 'module.exports' }`, ECMA-262 2022): they get identifiers for its time. */
function nameTextExports(source: string): { source: string; restore(code: string): string } {
  if (!/\bas\s*['"]/.test(source)) return { source, restore: (code) => code };
  const names: string[] = [];
  const replaced = source.replace(/(\bas\s*)(['"])((?:(?!\2)[^\\\n])*)\2(?=\s*[,}])/g, (_, as: string, _quote: string, name: string) => `${as} ${PLACEHOLDER}${names.push(name) - 1}`);
  return {
    source: replaced,
    restore: (code) => code.replace(new RegExp(`(\\.)?${PLACEHOLDER}(\\d+)`, 'g'), (_, dot: string | undefined, index: string) => (dot === undefined ? (names[Number(index)] ?? '') : `[${JSON.stringify(names[Number(index)])}]`)),
  };
}
