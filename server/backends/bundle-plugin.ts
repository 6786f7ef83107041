/** Where esbuild finds a backend's modules: the document's files, the folder of its packages, and no other place. */
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import type { Loader, OnLoadResult, OnResolveArgs, OnResolveResult, PartialMessage, Plugin, PluginBuild } from 'esbuild';
import type { Source, SourceFile } from './source.ts';

/** esbuild's namespace of the document's files. */
export const DOCUMENT = 'project';

export interface BundleInput {
  entry: string;
  source: Source;
  /** Folder that has `node_modules`. */
  modules: string | undefined;
  /** Path of the package.json that counts, for messages. */
  manifest: string;
  readBlob(sha256: string): Promise<Uint8Array>;
  /** Why the policy refuses a package that is imported and not installed; undefined where it does not. */
  refusal(packageName: string): string | undefined;
}

export interface Found {
  /** WebAssembly modules by the name with which the bundle imports them. */
  wasm: Map<string, Uint8Array>;
  /** By the text of the message. */
  problems: Map<string, { kind: 'unknown' | 'refused'; specifier: string; message: string }>;
}

const EXTENSIONS = ['', '.ts', '.tsx', '.mts', '.js', '.jsx', '.mjs', '.cjs', '.cts', '.json'];
const LOADERS: Record<string, Loader> = {
  '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx', '.jsx': 'jsx', '.js': 'jsx', '.mjs': 'js', '.cjs': 'js', '.json': 'json', '.sql': 'text', '.txt': 'text', '.html': 'text', '.css': 'text', '.md': 'text',
};
/** Marks a question that the plugin asks of esbuild itself. */
const OWN = Symbol('own');

export function bundlePlugin(input: BundleInput, found: Found): Plugin {
  return {
    name: 'backend',
    setup(build) {
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.pluginData === OWN) return undefined;
        if (args.kind === 'entry-point') return { path: args.path, namespace: DOCUMENT };
        if (isRuntime(args.path)) return { path: args.path.startsWith('cloudflare:') || args.path.startsWith('node:') ? args.path : `node:${args.path}`, external: true };
        if (args.path.endsWith('.wasm')) return { errors: [], ...(await wasm(build, args, input, found)) };
        return args.namespace === DOCUMENT ? await fromDocument(build, args, input, found) : undefined;
      });
      build.onLoad({ filter: /.*/, namespace: DOCUMENT }, ({ path: name }) => documentModule(name, input));
      build.onLoad({ filter: /.*/, namespace: 'file' }, ({ path: file }) => packageModule(file, input.modules));
    },
  };
}

/** Modules of the runtime; which of Node's it has, it says when it starts. */
const isRuntime = (specifier: string): boolean => /^cloudflare:(?:workers|sockets|email)$/.test(specifier) || isBuiltin(specifier);

async function fromDocument(build: PluginBuild, { path: specifier, importer, kind }: OnResolveArgs, input: BundleInput, found: Found): Promise<OnResolveResult> {
  if (/^\.{0,2}\//.test(specifier) || specifier === '.' || specifier === '..') {
    const name = specifier.startsWith('/') ? undefined : documentPath(path.posix.join(path.posix.dirname(importer), specifier), input.source);
    return name === undefined ? { errors: [unknown(specifier, found)] } : { path: name, namespace: DOCUMENT };
  }
  const resolved = input.modules === undefined ? undefined : await build.resolve(specifier, { kind, resolveDir: input.modules, pluginData: OWN });
  if (resolved !== undefined && resolved.errors.length === 0) return { path: resolved.path, namespace: resolved.namespace, sideEffects: resolved.sideEffects, external: resolved.external };
  const reason = input.refusal(packageName(specifier));
  return { errors: [reason === undefined ? unknown(specifier, found) : refused(specifier, reason, found)] };
}

/** As bundlers do: with an extension added, TypeScript's for JavaScript's, or a folder's index. */
function documentPath(name: string, source: Source): string | undefined {
  const candidates = [...EXTENSIONS.map((extension) => name + extension), name.replace(/\.([cm]?)js$/, '.$1ts'), name.replace(/\.jsx?$/, '.tsx'), ...EXTENSIONS.slice(1).map((extension) => `${name}/index${extension}`)];
  return candidates.find((candidate) => source.has(candidate));
}

const packageName = (specifier: string): string => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');

function unknown(specifier: string, found: Found): PartialMessage {
  const text = `Nothing is found for "${specifier}"`;
  found.problems.set(text, { kind: 'unknown', specifier, message: text });
  return { text };
}

function refused(specifier: string, message: string, found: Found): PartialMessage {
  const text = `"${specifier}" is refused`;
  found.problems.set(text, { kind: 'refused', specifier, message });
  return { text };
}

async function documentModule(name: string, { source, readBlob }: BundleInput): Promise<OnLoadResult> {
  const file = source.get(name);
  if (file === undefined) return { errors: [{ text: `There is no file ${name}` }] };
  const loader = LOADERS[path.posix.extname(name)] ?? (file.kind === 'text' ? 'text' : 'binary');
  return { contents: await contentOf(file, readBlob), loader };
}

const contentOf = (file: SourceFile, readBlob: BundleInput['readBlob']): string | Promise<Uint8Array> => (file.kind === 'text' ? file.text : readBlob(file.sha256));

/** A package may name any path of the machine in its imports and in comments that point to source maps. */
async function packageModule(file: string, modules: string | undefined): Promise<OnLoadResult | undefined> {
  if (modules === undefined || !(await realpath(file)).startsWith(modules + path.sep)) return { errors: [{ text: 'A package imports a file outside of its folder' }] };
  const loader = LOADERS[path.extname(file)];
  if (loader === undefined) return { errors: [{ text: `Files of the kind "${path.extname(file)}" cannot be imported` }] };
  const text = await readFile(file, 'utf8');
  return { contents: text.replaceAll('sourceMappingURL=', 'sourceMap='), loader };
}

/** A module of its own, which the runtime compiles. */
async function wasm(build: PluginBuild, args: OnResolveArgs, input: BundleInput, found: Found): Promise<OnResolveResult> {
  const place = await (args.namespace === DOCUMENT ? fromDocument(build, args, input, found) : build.resolve(args.path, { kind: args.kind, resolveDir: args.resolveDir, pluginData: OWN }));
  if (place.errors !== undefined && place.errors.length > 0) return { errors: place.errors };
  const bytes = place.namespace === DOCUMENT ? await documentBytes(place.path ?? '', input) : await packageBytes(place.path ?? '', input.modules);
  if (bytes === undefined) return { errors: [unknown(args.path, found)] };
  const name = `${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.wasm`;
  found.wasm.set(name, bytes);
  return { path: `./${name}`, external: true };
}

async function documentBytes(name: string, { source, readBlob }: BundleInput): Promise<Uint8Array | undefined> {
  const file = source.get(name);
  return file?.kind === 'blob' ? await readBlob(file.sha256) : undefined;
}

async function packageBytes(file: string, modules: string | undefined): Promise<Uint8Array | undefined> {
  return modules !== undefined && (await realpath(file)).startsWith(modules + path.sep) ? await readFile(file) : undefined;
}
