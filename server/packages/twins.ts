/** WebAssembly builds in place of native packages: which version, and what else they need. Nothing of it reaches package.json or the lockfile. */
import semver from 'semver';
import { lookUpPath } from './lockfile.ts';
import type { Packs } from './packs.ts';
import { Refusal } from './refusal.ts';
import type { RegistryManifest } from './registry.ts';
import { fitsPlatform } from './select.ts';
import type { Missing, Selected } from './select.ts';

export interface Placed {
  path: string;
  name: string;
  version: string;
  integrity: string | undefined;
}

export interface Swap {
  wanted: string;
  mounted: string;
}

export interface Placement {
  placed: Placed[];
  swaps: Swap[];
  warnings: { code: string; message: string }[];
}

/** @throws {Refusal} 2159 when no version fits */
export async function place(selected: Selected[], missing: Missing[], packs: Packs): Promise<Placement> {
  const result: Placement = { placed: [], swaps: [], warnings: [] };
  const occupied = new Set(selected.map(({ path }) => path));
  const wants = [
    ...selected.flatMap(({ path, name, version, twin }) => (twin === undefined ? [] : [{ path, wanted: `${name}@${version}`, twin, version }])),
    ...missing.map(({ from, name, range }) => ({ path: `${from}/node_modules/${name}`, wanted: `${name}@${range}`, twin: name, version: semver.valid(range) ?? semver.minVersion(range)?.version ?? range })),
  ];
  for (const one of selected) if (one.twin === undefined) result.placed.push(one);
  for (const { path, wanted, twin, version } of wants) {
    const manifest = await nearest(twin, version, wanted, packs);
    if (manifest.version !== version) result.warnings.push({ code: 'wasm-version', message: `${wanted} runs as ${twin}@${manifest.version}: the nearest WebAssembly build.` });
    result.swaps.push({ wanted, mounted: `${twin}@${manifest.version}` });
    occupied.add(path);
    result.placed.push({ path, name: twin, version: manifest.version, integrity: manifest.integrity });
    await placeDependencies(path, manifest, { occupied, packs, placed: result.placed });
  }
  return result;
}

/** The same version, else the highest below it with the same major (for 0.x: minor) number. */
async function nearest(twin: string, version: string, wanted: string, packs: Packs): Promise<RegistryManifest> {
  const { major, minor } = semver.parse(version) ?? { major: 0, minor: 0 };
  try {
    return await packs.manifest(twin, version);
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'E-TERRARIUM-2151') throw error;
  }
  try {
    return await packs.manifest(twin, `>=${major}.${major === 0 ? minor : 0}.0 <${version}`);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'E-TERRARIUM-2151') throw new Refusal('E-TERRARIUM-2159', { package: wanted, twin }, { code: 'ENOTSUP' });
    throw error;
  }
}

/** What the lockfile's tree does not offer at `path` is nested below it. */
async function placeDependencies(path: string, manifest: RegistryManifest, state: { occupied: Set<string>; packs: Packs; placed: Placed[] }): Promise<void> {
  for (const [name, range] of Object.entries(manifest.dependencies)) {
    if (manifest.bundled.includes(name) || lookUpPath(state.occupied, path, name) !== undefined) continue;
    const found = await state.packs.manifest(name, range);
    if (!fitsPlatform(found)) continue;
    const nested = `${path}/node_modules/${name}`;
    state.occupied.add(nested);
    state.placed.push({ path: nested, name: found.name, version: found.version, integrity: found.integrity });
    await placeDependencies(nested, found, state);
  }
}
