/** From the document's files to a bundle: entry, packages, esbuild. */
import { TerrariumError } from '../../shared/errors/error.ts';
import type { PackagesApp } from '../packages/index.ts';
import { Refusal } from '../packages/refusal.ts';
import { bundleOf } from './bundle.ts';
import type { Bundled } from './bundle.ts';
import type { Modules } from './modules.ts';
import { entryOf, manifestOf } from './source.ts';
import type { Source } from './source.ts';

export interface Builder {
  /** @throws {TerrariumError} 1200 no entry, and as `bundleOf`; what an install throws, with the line of package.json */
  build(environmentId: string, source: Source, signal: AbortSignal): Promise<Bundled>;
}

export interface BuilderOptions {
  modules: Modules;
  policy: PackagesApp['policy'];
  readBlob(environmentId: string, sha256: string): Promise<Uint8Array>;
}

export function createBuilder({ modules, policy, readBlob }: BuilderOptions): Builder {
  /** Only where something is to be installed, so that a backend of its own files alone waits for no registry. */
  async function foldersFor(environmentId: string, source: Source, signal: AbortSignal): Promise<string | undefined> {
    const manifest = manifestOf(source);
    if (manifest === undefined || !hasDependencies(manifest)) return undefined;
    try {
      return await modules.folderOf(environmentId, { packageJson: manifest.packageJson, lockfile: manifest.lockfile }, signal);
    } catch (error) {
      throw refusedIn(manifest, error);
    }
  }

  return {
    async build(environmentId, source, signal) {
      const entry = entryOf((path) => source.has(path));
      if (entry === undefined) throw TerrariumError.of('E-TERRARIUM-1200');
      const folder = await foldersFor(environmentId, source, signal);
      const bundled = await bundleOf({
        entry, source, modules: folder, manifest: manifestOf(source)?.path ?? 'package.json',
        readBlob: (sha256) => readBlob(environmentId, sha256),
        refusal(name) {
          const verdict = policy.judge.judge(name, 'environment', policy.mode);
          if (verdict.allowed) return undefined;
          const { reason, instead, nearest } = verdict;
          const error = verdict.code === 'E-TERRARIUM-1120' ? TerrariumError.of(verdict.code, { package: name, reason, instead }) : TerrariumError.of(verdict.code, { package: name, nearest: nearest.join(', ') });
          return textOf(error);
        },
      }, signal);
      const manifest = manifestOf(source);
      return { ...bundled, inputs: [...bundled.inputs, ...(manifest === undefined ? [] : [manifest.path, manifest.path.replace(/package\.json$/, 'package-lock.json')])] };
    },
  };
}

interface ManifestFile {
  path: string;
  packageJson: string;
}

function hasDependencies({ path, packageJson }: ManifestFile): boolean {
  try {
    const { dependencies = {} } = JSON.parse(packageJson) as { dependencies?: object };
    return Object.keys(dependencies).length > 0;
  } catch (error) {
    throw TerrariumError.of('E-TERRARIUM-1215', { file: path, line: 1, column: 1, problem: error instanceof Error ? error.message : 'it is not JSON' });
  }
}

/** A package that is refused, with its line in package.json. */
function refusedIn({ path, packageJson }: ManifestFile, error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const name = error.context['package'];
  const before = packageJson.slice(0, Math.max(0, packageJson.indexOf(`"${String(name)}"`)));
  if (name === undefined || before === '') return error.toError();
  return TerrariumError.of('E-TERRARIUM-1218', { file: path, line: before.split('\n').length, column: before.length - before.lastIndexOf('\n'), problem: textOf(error.toError()) });
}

const textOf = ({ code, message }: TerrariumError): string => `${code}, ${message.replace(/\.$/, '')}`;
