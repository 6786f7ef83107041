/**
 * The standard declarations (`lib.*.d.ts`) of the editor's TypeScript as a file of data beside its worker: inside the worker's script they would be
 * in memory with every copy of it, and two bytes a character, for the typographic quotes in their comments.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'vite';

const ORIGINAL = fileURLToPath(new URL('../node_modules/monaco-editor/esm/vs/languages/features/typescript/lib/lib.js', import.meta.url));
const VIRTUAL = '\0typescript-libs';
const PLAIN: Record<string, string> = { '‘': "'", '’': "'", '“': '"', '”': '"', '–': '-', '—': '-', '…': '...', '\u00a0': ' ', '≥': '>=', '≤': '<=', '→': '->', '×': 'x', '⋅': '*', '−': '-', '⌥': 'Alt' };

/** In the page: the editor's own way to start its TypeScript worker, which would bundle a second one that nobody starts (`MonacoEnvironment.getWorker`). */
export function oneTypescriptWorker(): Plugin {
  return {
    name: 'terrarium:one-typescript-worker',
    enforce: 'pre',
    transform: {
      filter: { id: /features\/typescript\/workerManager\.js/ },
      handler(code) {
        const without = code.replace(/createWorker: \(\) => new Worker\(new URL\('ts\.worker\.js', import\.meta\.url\), \{ type: "module" \}\),/, '');
        if (without === code) this.error('The editor starts its TypeScript worker in another way.');
        return { code: without, map: null };
      },
    },
  };
}

/** In the worker. */
export function typescriptLibs(): Plugin {
  return {
    name: 'terrarium:typescript-libs',
    apply: 'build',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!source.endsWith('lib/lib.js') || importer === undefined) return undefined;
      const resolved = await this.resolve(source, importer, { skipSelf: true });
      return resolved?.id === ORIGINAL ? VIRTUAL : undefined;
    },
    async load(id) {
      if (id !== VIRTUAL) return undefined;
      const { libFileMap } = (await import(pathToFileURL(ORIGINAL).href)) as { libFileMap: Record<string, string> };
      const plain = Object.fromEntries(Object.entries(libFileMap).map(([name, text]) => [name, text.replace(/[^\x00-\x7f]/g, (character) => PLAIN[character] ?? character)]));
      const reference = this.emitFile({ type: 'asset', name: 'typescript-libs.json', source: JSON.stringify(plain) });
      return `export const libFileMap = await (await fetch(import.meta.ROLLUP_FILE_URL_${reference})).json();`;
    },
  };
}
