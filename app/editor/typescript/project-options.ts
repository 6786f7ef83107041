/** Compiler options from a project's tsconfig.json, read by TypeScript itself (https://www.typescriptlang.org/tsconfig). */

export type CompilerOptions = Record<string, unknown>;

/** The part of the compiler's API that is used: the editor's copy of it comes without types. */
export interface ConfigReader {
  parseConfigFileTextToJson(fileName: string, text: string): { config?: unknown };
  parseJsonConfigFileContent(config: unknown, host: unknown, basePath: string, existing: object, configFileName: string): { options: CompilerOptions };
}

export const ROOT_CONFIG = 'file:///home/project/tsconfig.json';

/** What an editor needs whatever the project says: it shows files of any name and writes none. */
const ALWAYS = { noEmit: true, allowNonTsExtensions: true, skipLibCheck: true, composite: false, incremental: false, declaration: false, tsBuildInfoFile: undefined };

/** `read` gives the text of a configuration, by URL; without one, or with one that cannot be read, the defaults hold. */
export function projectOptions(reader: ConfigReader, defaults: CompilerOptions, read: (url: string) => string | undefined): CompilerOptions {
  try {
    return readOptions(reader, defaults, read);
  } catch {
    // TypeScript's reader overflows its stack on what is nested thousands deep; the editor's other help must not end with it.
    return defaults;
  }
}

function readOptions(reader: ConfigReader, defaults: CompilerOptions, read: (url: string) => string | undefined): CompilerOptions {
  const name = solutionMember(reader, read) ?? ROOT_CONFIG;
  const text = read(name);
  const { config } = text === undefined ? {} : reader.parseConfigFileTextToJson(name, text);
  if (typeof config !== 'object' || config === null) return defaults;
  const host = { useCaseSensitiveFileNames: true, readDirectory: () => [], fileExists: (file: string) => read(file) !== undefined, readFile: read };
  const { options } = reader.parseJsonConfigFileContent({ ...config, references: undefined }, host, name.slice(0, name.lastIndexOf('/')), {}, name);
  const { lib, baseUrl, ...rest } = defaults;
  // Paths are relative to their configuration, and a target brings its own declarations.
  const base = options['target'] === undefined ? { lib, baseUrl } : {};
  return { ...rest, ...base, ...options, ...ALWAYS };
}

/** A root that only points at others ("solution"): the first of them is the application in the usual layouts. */
function solutionMember(reader: ConfigReader, read: (url: string) => string | undefined): string | undefined {
  const text = read(ROOT_CONFIG);
  const root = text === undefined ? undefined : (reader.parseConfigFileTextToJson(ROOT_CONFIG, text).config as { files?: unknown; include?: unknown; references?: unknown } | undefined);
  if (!Array.isArray(root?.files) || root.files.length > 0 || root.include !== undefined || !Array.isArray(root.references)) return undefined;
  const urls = root.references.flatMap((reference: unknown) => (typeof (reference as { path?: unknown } | null)?.path === 'string' ? [configUrl((reference as { path: string }).path)] : []));
  return urls.find((url) => read(url) !== undefined);
}

function configUrl(path: string): string {
  return new URL(path.endsWith('.json') ? path : `${path}/tsconfig.json`, ROOT_CONFIG).href;
}
