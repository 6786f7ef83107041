/** `internalBinding('modules')` (src/node_modules.cc): package.json as the module loaders read it. */
import { SysError } from '../../abi/errno.ts';
import type { BindingContext } from '../context.ts';
import { FsSupport } from './fs/support.ts';
import { readWhole } from './fs/whole-files.ts';

/** name, main, type, imports, exports, path. `imports` and `exports` are JSON text, `exports` a plain string where it is one. */
type PackageConfig = [name: string | undefined, main: string | undefined, type: string, imports: string | undefined, exports: string | undefined, path: string];

const decoder = new TextDecoder('utf-8');
const COMPILE_CACHE_STATUS = ['FAILED', 'ENABLED', 'ALREADY_ENABLED', 'DISABLED'];

interface ErrorContext {
  base?: string | undefined;
  specifier?: string | undefined;
}

export function create(ctx: BindingContext): Record<string, unknown> {
  const packages = new PackageReader(new FsSupport(ctx));
  return {
    readPackageJSON: (path: string, isESM?: boolean, base?: string, specifier?: string) => packages.read(path, isESM === true ? { base, specifier } : {}),
    getNearestParentPackageJSONType(path: string) {
      const type = packages.nearest(directoryOf(path), false, false)?.[2];
      return type === 'none' ? undefined : type;
    },
    getPackageScopeConfig: (url: string) => packages.scope(url) ?? '/package.json',
    getPackageType(url: string) {
      const type = packages.scope(url)?.[2];
      return type === 'none' ? undefined : type;
    },
    // The browser gives no access to compiled code; `module.enableCompileCache()` reports this message.
    enableCompileCache: () => [0, 'This container has no compile cache.'],
    getCompileCacheDir: () => undefined,
    flushCompileCache: () => undefined,
    compileCacheStatus: COMPILE_CACHE_STATUS,
    setLazyPathHelpers(meta: object, url: string) {
      const filename = fileOf(url);
      const value = (text: string) => ({ value: text, writable: true, enumerable: true, configurable: true });
      Object.defineProperties(meta, { dirname: value(directoryOf(filename) || '/'), filename: value(filename) });
    },
  };
}

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const fileOf = (url: string): string => decodeURIComponent(new URL(url).pathname);

/** Reads each package.json once in a thread's life, as Node does. */
class PackageReader {
  private readonly fs: FsSupport;
  private readonly cache = new Map<string, PackageConfig>();

  constructor(fs: FsSupport) {
    this.fs = fs;
  }

  /** @throws ERR_INVALID_PACKAGE_CONFIG */
  read(path: string, context: ErrorContext = {}): PackageConfig | undefined {
    const known = this.cache.get(path);
    if (known !== undefined) return known;
    const text = this.text(path);
    if (text === undefined) return undefined;
    const config = parse(text, path, context);
    this.cache.set(path, config);
    return config;
  }

  nearest(directory: string, withRoot: boolean, stopAtModules: boolean): PackageConfig | undefined {
    for (let at = directory.replace(/\/+$/, ''); at !== '' || withRoot; at = at.slice(0, at.lastIndexOf('/'))) {
      if (stopAtModules && at.endsWith('/node_modules')) return undefined;
      const path = `${at}/package.json`;
      if (this.fs.moduleStat(path) === 0) return this.read(path);
      if (at === '') return undefined;
    }
    return undefined;
  }

  scope(url: string): PackageConfig | undefined {
    return this.nearest(directoryOf(fileOf(url)), true, true);
  }

  private text(path: string): string | undefined {
    try {
      return decoder.decode(readWhole(this.fs, path, 0));
    } catch (error) {
      if (error instanceof SysError) return undefined;
      throw error;
    }
  }
}

function parse(text: string, path: string, context: ErrorContext): PackageConfig {
  const invalid = () => {
    const where = context.base === undefined ? '' : ` while importing "${context.specifier ?? ''}" from ${context.base.startsWith('file:') ? fileOf(context.base) : context.base}`;
    return Object.assign(new Error(`Invalid package config ${path}${where}.`), { code: 'ERR_INVALID_PACKAGE_CONFIG' });
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid();
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw invalid();
  const { name, main, type, imports, exports } = json as Record<string, unknown>;
  if (name !== undefined && typeof name !== 'string') throw invalid();
  const kind = type === 'module' || type === 'commonjs' ? type : 'none';
  return [name, typeof main === 'string' ? main : undefined, kind, structured(imports), typeof exports === 'string' ? exports : structured(exports), path];
}

function structured(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : undefined;
}
