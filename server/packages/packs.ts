/** Packs by package: built once, concurrent requests share one build. */
import type { PackIndex, PackRecord } from './pack-index.ts';
import type { NpmOptions, RegistryManifest } from './registry.ts';
import type { Workers } from './workers.ts';
import type { TarballLimits } from './pack-content.ts';
import semver from 'semver';

export interface PackWanted {
  name: string;
  version: string;
  integrity: string | undefined;
}

export interface Packs {
  get(wanted: PackWanted): Promise<PackRecord>;
  manifest(name: string, range: string): Promise<RegistryManifest>;
  stats: { built: number; fetchMs: number; buildMs: number };
}

export function createPacks({ dataDir, limits, npm, index, workers }: { dataDir: string; limits: TarballLimits; npm: NpmOptions; index: PackIndex; workers: Workers }): Packs {
  const building = new Map<string, Promise<PackRecord>>();
  const looking = new Map<string, Promise<RegistryManifest>>();
  const stats = { built: 0, fetchMs: 0, buildMs: 0 };

  async function build({ name, version, integrity }: PackWanted): Promise<PackRecord> {
    const output = await workers.pack({ name, version, integrity, dataDir, limits, npm });
    index.put(name, version, output);
    stats.built++;
    stats.fetchMs += output.fetchMs;
    stats.buildMs += output.buildMs;
    return output;
  }

  async function lookUp(name: string, range: string): Promise<RegistryManifest> {
    const exact = semver.valid(range) !== null;
    const kept = exact ? index.manifest(name, range) : undefined;
    if (kept !== undefined) return JSON.parse(kept) as RegistryManifest;
    const found = await workers.lookUp({ name, range, npm });
    if (exact) index.keepManifest(name, range, JSON.stringify(found));
    return found;
  }

  return {
    stats,
    async get(wanted) {
      const { name, version } = wanted;
      const integrity = wanted.integrity ?? (await this.manifest(name, version)).integrity;
      const known = integrity === undefined ? undefined : index.find(name, version, integrity);
      return known ?? shared(building, `${name}@${version} ${integrity ?? ''}`, () => build({ name, version, integrity }));
    },
    manifest: (name, range) => shared(looking, `${name}@${range}`, () => lookUp(name, range)),
  };
}

function shared<T>(running: Map<string, Promise<T>>, key: string, start: () => Promise<T>): Promise<T> {
  const known = running.get(key);
  if (known !== undefined) return known;
  const started = start().finally(() => running.delete(key));
  running.set(key, started);
  return started;
}
