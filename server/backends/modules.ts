/**
 * The packages of a backend as a folder of files for the bundler: what the package service resolved and its policy lets in, unpacked once for each
 * tree (SPEC BP3). No package's code runs.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LRUCache } from 'lru-cache';
import { isProjectPath } from '../../shared/document/schema.ts';
import { parsePack } from '../../shared/pack/format.ts';
import type { PackMount } from '../../shared/pack/format.ts';
import type { PackagesApp } from '../packages/index.ts';
import { packPath } from '../packages/pack-path.ts';

export interface Manifest {
  packageJson: string;
  lockfile: string | undefined;
}

export interface Modules {
  /** A folder with `node_modules` of this tree. @throws {Refusal} as an install does */
  folderOf(environmentId: string, manifest: Manifest, signal: AbortSignal): Promise<string>;
}

export interface ModulesOptions {
  /** Where the trees lie. */
  folder: string;
  /** Where packs lie. */
  dataDir: string;
  packages: Pick<PackagesApp, 'install'>;
}

/** Trees whose folder is known, by environment and manifest: a resolution is believed as long as its manifest and lockfile are the same. */
const KNOWN = 500;

export function createModules({ folder, dataDir, packages }: ModulesOptions): Modules {
  const known = new LRUCache<string, string>({ max: KNOWN });
  const unpacking = new Map<string, Promise<void>>();

  async function unpacked(mounts: readonly PackMount[]): Promise<string> {
    const digest = sha256(JSON.stringify(mounts.map(({ path: place, pack }) => `${place} ${pack}`).toSorted((a, b) => (a < b ? -1 : 1))));
    const target = path.join(folder, digest);
    if (await exists(target)) return target;
    const started = unpacking.get(digest) ?? unpack(mounts, target, dataDir).finally(() => unpacking.delete(digest));
    unpacking.set(digest, started);
    await started;
    return target;
  }

  return {
    async folderOf(environmentId, manifest, signal) {
      const key = sha256(JSON.stringify([environmentId, manifest]));
      const found = known.get(key);
      if (found !== undefined && (await exists(found))) return found;
      const { mounts } = await packages.install(environmentId, { ...manifest, omit: ['dev'] }, signal);
      const target = await unpacked(mounts);
      known.set(key, target);
      return target;
    },
  };
}

/** Whole or not at all. */
async function unpack(mounts: readonly PackMount[], target: string, dataDir: string): Promise<void> {
  const temporary = `${target}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(path.join(temporary, 'node_modules'), { recursive: true });
    for (const mount of mounts) await unpackOne(mount, temporary, dataDir);
    // Its end of search for package.json and settings, above every package.
    await writeFile(path.join(temporary, 'package.json'), '{"private":true}');
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // Another process of this folder was first.
    if (!(await exists(target))) throw error;
  }
}

async function unpackOne({ path: place, pack }: PackMount, root: string, dataDir: string): Promise<void> {
  if (!isProjectPath(place)) return;
  const bytes = await readFile(packPath(dataDir, pack));
  const { header, dataStart } = parsePack(bytes);
  const folders = new Set<string>();
  for (const { p, o, s } of header.files) {
    if (!isProjectPath(p) || /\.d\.[cm]?ts$/.test(p)) continue;
    const file = path.join(root, place, p);
    const parent = path.dirname(file);
    if (!folders.has(parent)) await mkdir(parent, { recursive: true });
    folders.add(parent);
    await writeFile(file, bytes.subarray(dataStart + o, dataStart + o + s));
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const exists = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined)) !== undefined;
