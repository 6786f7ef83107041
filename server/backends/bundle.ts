/** One bundle of a backend's modules, by esbuild: the document's files are read from memory, packages from their folder, nothing else of the disk (SPEC BP1-BP4). */
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { BackendBundle } from './driver.ts';
import { DOCUMENT, bundlePlugin } from './bundle-plugin.ts';
import type { BundleInput, Found } from './bundle-plugin.ts';

/** Of all modules together, bytes. */
const MOST_BYTES = 10 * 1024 * 1024;
const MOST_SECONDS = 20;
const ENTRY = 'backend.js';

export interface Bundled {
  bundle: BackendBundle;
  /** Files of the document that are part of it. */
  inputs: string[];
  warnings: string[];
}

/** @throws {TerrariumError} 1215 syntax, 1216 no default export, 1217 unknown import, 1218 refused package, 1222 too large, 1225 too slow */
export async function bundleOf(input: BundleInput, signal: AbortSignal): Promise<Bundled> {
  const found: Found = { wasm: new Map(), problems: new Map() };
  const modules = input.modules === undefined ? undefined : await realpath(input.modules);
  const context = await esbuild.context({
    entryPoints: [input.entry],
    bundle: true,
    write: false,
    outfile: ENTRY,
    // Paths in messages and maps are relative to it.
    absWorkingDir: modules ?? path.parse(process.cwd()).root,
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'module', 'browser'],
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    legalComments: 'none',
    logLevel: 'silent',
    // With it no tsconfig.json of the disk is read.
    tsconfigRaw: { compilerOptions: { jsx: 'react-jsx', useDefineForClassFields: true } },
    define: { 'process.env.NODE_ENV': '"production"' },
    loader: { '.sql': 'text', '.txt': 'text', '.html': 'text', '.css': 'text', '.md': 'text' },
    plugins: [bundlePlugin({ ...input, modules }, found)],
  });
  try {
    return packed(await run(context, signal, input, found), input, found);
  } finally {
    await context.dispose();
  }
}

type Context = Awaited<ReturnType<typeof esbuild.context>>;
type Result = esbuild.BuildResult<{ write: false; metafile: true }>;

async function run(context: Context, signal: AbortSignal, input: BundleInput, found: Found): Promise<Result> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(MOST_SECONDS * 1000)]);
  const cancel = (): void => void context.cancel();
  limit.addEventListener('abort', cancel, { once: true });
  try {
    // The options above ask for what this type says.
    return (await context.rebuild()) as Result;
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) throw TerrariumError.of('E-TERRARIUM-1225', { seconds: MOST_SECONDS });
    throw failureOf(error, input, found);
  } finally {
    limit.removeEventListener('abort', cancel);
  }
}

/** The first of esbuild's messages, as an error of the table. */
function failureOf(error: unknown, { manifest }: BundleInput, found: Found): unknown {
  const [message] = (error as Partial<esbuild.BuildFailure>).errors ?? [];
  if (message === undefined) return error;
  const place = { file: documentPath(message.location?.file ?? manifest), line: message.location?.line ?? 1, column: (message.location?.column ?? 0) + 1 };
  const problem = found.problems.get(message.text);
  if (problem?.kind === 'refused') return TerrariumError.of('E-TERRARIUM-1218', { ...place, problem: problem.message });
  const unknown = problem?.specifier ?? /^Could not resolve "(.*)"$/.exec(message.text)?.[1];
  if (unknown !== undefined) return TerrariumError.of('E-TERRARIUM-1217', { ...place, specifier: unknown, manifest });
  return TerrariumError.of('E-TERRARIUM-1215', { ...place, problem: message.text });
}

function packed({ outputFiles, metafile, warnings }: Result, { entry }: BundleInput, found: Found): Bundled {
  const code = outputFiles.find((file) => file.path.endsWith('.js'))?.text ?? '';
  const map = outputFiles.find((file) => file.path.endsWith('.map'))?.text;
  if (!Object.values(metafile.outputs).some((output) => output.exports.includes('default'))) throw TerrariumError.of('E-TERRARIUM-1216', { file: entry });
  const modules: BackendBundle['modules'] = [{ name: ENTRY, kind: 'esm', content: code }, ...[...found.wasm].map(([name, content]) => ({ name, kind: 'wasm' as const, content }))];
  const bytes = modules.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  if (bytes > MOST_BYTES) throw TerrariumError.of('E-TERRARIUM-1222', { bytes, limit: MOST_BYTES });
  const inputs = Object.keys(metafile.inputs).filter((name) => name.startsWith(`${DOCUMENT}:`)).map(documentPath);
  return {
    bundle: { digest: digestOf(modules), modules, sourceMap: map && withPaths(map) },
    inputs,
    warnings: warnings.filter(({ location }) => location?.file.startsWith(`${DOCUMENT}:`)).map(({ text, location }) => `${documentPath(location?.file ?? '')}:${location?.line ?? 1}: ${text}`),
  };
}

export function digestOf(modules: BackendBundle['modules']): string {
  const hash = createHash('sha256');
  for (const { name, kind, content } of modules) hash.update(`${name}\n${kind}\n${Buffer.byteLength(content)}\n`).update(content);
  return hash.digest('hex');
}

const documentPath = (name: string): string => name.replace(`${DOCUMENT}:`, '');

/** Sources as paths of the project. */
function withPaths(text: string): string {
  const map = JSON.parse(text) as { sources: string[] };
  return JSON.stringify({ ...map, sources: map.sources.map((source) => documentPath(source).replace(/^(?:\.\.\/)+(?=node_modules\/)/, '')) });
}
