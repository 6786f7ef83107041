import { SysError } from '../../../abi/errno.ts';
import { pathText, type FsSupport } from './support.ts';

/** Tried in this order; the answer is the position (node_file.cc, legacy_main_extensions). Those from 7 on do without `main`. */
const MAIN_ENDINGS = ['', '.js', '.json', '.node', '/index.js', '/index.json', '/index.node'];
const INDEX_FILES = ['index.js', 'index.json', 'index.node'];
const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** What the module loaders ask of the `fs` binding. */
export function resolveCalls(fs: FsSupport) {
  const isFile = (path: string) => fs.moduleStat(path) === 0;
  return {
    legacyMainResolve(packagePath: unknown, main: unknown, base: unknown): number {
      const folder = pathText(packagePath).replace(/\/*$/, '/');
      if (typeof main === 'string') {
        const found = MAIN_ENDINGS.findIndex((ending) => isFile(folder + main + ending));
        if (found >= 0) return found;
      }
      const found = INDEX_FILES.findIndex((name) => isFile(folder + name));
      if (found >= 0) return MAIN_ENDINGS.length + found;
      throw notFound(folder, typeof main === 'string' ? main : undefined, base);
    },
    /** 1 for WebAssembly, 0 for JavaScript and for what cannot be read. */
    getFormatOfExtensionlessFile(path: unknown): number {
      try {
        const head = fs.call('fs.head', pathText(path), WASM_MAGIC.length) as Uint8Array;
        return WASM_MAGIC.every((byte, i) => head[i] === byte) ? 1 : 0;
      } catch (error) {
        if (error instanceof SysError) return 0;
        throw error;
      }
    },
  };
}

function notFound(folder: string, main: string | undefined, base: unknown): Error {
  const wanted = main === undefined ? `${folder}index.js` : folder + main.replace(/^\.\//, '');
  const from = typeof base === 'string' ? ` imported from ${base.startsWith('file://') ? decodeURIComponent(new URL(base).pathname) : base}` : '';
  return Object.assign(new Error(`Cannot find package '${wanted}'${from}`), { code: 'ERR_MODULE_NOT_FOUND' });
}
