/** What the worker threads of the package service do: resolve trees, look up manifests, build packs. */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { buildPackage } from './pack-build.ts';
import type { BuiltPack } from './pack-build.ts';
import { unpackTarball } from './pack-content.ts';
import type { TarballLimits } from './pack-content.ts';
import { packPath } from './pack-path.ts';
import { outcomeOf, Refusal } from './refusal.ts';
import type { Outcome } from './refusal.ts';
import { manifest, tarball } from './registry.ts';
import type { NpmOptions, RegistryManifest } from './registry.ts';
import type { ResolveInput, ResolveOutput } from './resolve-tree.ts';

export interface PackInput {
  name: string;
  version: string;
  integrity: string | undefined;
  dataDir: string;
  limits: TarballLimits;
  npm: NpmOptions;
}

export interface PackOutput {
  integrity: string;
  hash: string;
  bytes: number;
  types: string | undefined;
  bin: Record<string, string>;
  fetchMs: number;
  buildMs: number;
}

/** @throws only for mistakes of our own; refusals come back as values. */
export async function resolve(input: ResolveInput): Promise<Outcome<ResolveOutput>> {
  const { resolveTree } = await import('./resolve-tree.ts');
  return outcomeOf(() => resolveTree(input));
}

export function lookUp({ name, range, npm }: { name: string; range: string; npm: NpmOptions }): Promise<Outcome<RegistryManifest>> {
  return outcomeOf(() => manifest(name, range, npm));
}

/** Fetches, verifies, unpacks in memory, and stores the packs. */
export function pack(input: PackInput): Promise<Outcome<PackOutput>> {
  const { name, version, dataDir, limits, npm } = input;
  return outcomeOf(async () => {
    try {
      const started = performance.now();
      const { data, integrity } = await tarball(name, version, input.integrity, npm);
      const fetchedAt = performance.now();
      const { runtime, types, bin } = await buildPackage({ name, version, integrity }, await unpackTarball(data, limits));
      await Promise.all([runtime, ...(types === undefined ? [] : [types])].map((built) => store(dataDir, built)));
      return { integrity, hash: runtime.hash, bytes: runtime.bytes.length, types: types?.hash, bin, fetchMs: fetchedAt - started, buildMs: performance.now() - fetchedAt };
    } catch (error) {
      throw error instanceof Refusal ? error.with({ package: `${name}@${version}` }) : error;
    }
  });
}

/** Under a name of its own first: a pack that is there is whole. */
async function store(dataDir: string, { hash, bytes }: BuiltPack): Promise<void> {
  const path = packPath(dataDir, hash);
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(temporary, bytes, { flush: true });
  await rename(temporary, path);
}
