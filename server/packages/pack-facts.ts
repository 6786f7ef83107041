/** What the container would compute for each JavaScript file at each start, computed once (shared/pack/format.ts, PackFile). */
import { init as initCjs, parse as parseCjs } from 'cjs-module-lexer';
import { init as initEsm, parse as parseEsm } from 'es-module-lexer';
import type { Import } from 'es-module-lexer';
import type { PackFile } from '../../shared/pack/format.ts';

export type ModuleFacts = Pick<PackFile, 'i' | 'x' | 'r'>;
/** `detect`: a package.json without "type"; Node looks at the syntax (nodejs.org/api/packages.html, "Syntax detection"). */
export type ModuleFormat = 'module' | 'commonjs' | 'detect' | undefined;

export const readyLexers = async (): Promise<void> => {
  await initCjs();
  await initEsm();
};

/** Format by extension and nearest package.json `type`, as Node decides; undefined for what is no JavaScript. */
export function formatOf(path: string, typeOfFolder: (folder: string) => string | undefined): ModuleFormat {
  if (path.endsWith('.mjs')) return 'module';
  if (path.endsWith('.cjs')) return 'commonjs';
  if (!path.endsWith('.js')) return undefined;
  const type = nearestType(path, typeOfFolder);
  if (type === 'module' || type === 'commonjs') return type;
  return 'detect';
}

function nearestType(path: string, typeOfFolder: (folder: string) => string | undefined): string | undefined {
  for (let folder = path; folder !== ''; ) {
    folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
    const type = typeOfFolder(folder);
    if (type !== undefined) return type;
  }
  return undefined;
}

/** Nothing for a file that its lexer does not read: the container then reads it itself and reports the error where Node would. */
export function factsOf(source: string, format: ModuleFormat): ModuleFacts {
  // A byte order mark would shift the offsets for a reader that drops it.
  if (format === undefined || source.charCodeAt(0) === 0xfeff) return {};
  if (format === 'module') return esmFacts(source);
  return cjsFacts(source) ?? (format === 'detect' ? esmFacts(source) : {});
}

function esmFacts(source: string): ModuleFacts {
  try {
    const [imports] = parseEsm(source);
    return { i: imports.flatMap((entry) => [entry.start, entry.end, entry.importStart, entry.importEnd, kindOf(entry)]) };
  } catch {
    return {};
  }
}

/** The fifth number of the format: -1 static, -2 `import.meta`, else where the argument of a dynamic import begins. */
function kindOf(entry: Import): number {
  if (entry.type === 'dynamic') return entry.dynamicStart;
  return entry.type === 'import-meta' ? -2 : -1;
}

function cjsFacts(source: string): ModuleFacts | undefined {
  try {
    const { exports, reexports } = parseCjs(source);
    return { x: [...exports], r: [...reexports] };
  } catch {
    return undefined;
  }
}
