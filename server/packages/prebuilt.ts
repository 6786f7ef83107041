/**
 * What a template's dev server would make of its dependencies at the first start, made beforehand (e2e/prebuild-templates.ts) and kept beside the
 * template: Vite takes its dependency cache when lockfile and configuration are the same, and makes it anew otherwise. Rules: SPEC.md, PK-B*.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parsePack } from '../../shared/pack/format.ts';
import type { PrebuiltFolder } from './protocol.ts';
import { packPath } from './pack-path.ts';

/** Relative to the template. */
export const PREBUILT_FILE = '.prebuilt/vite-deps.tpk.gz';
/** Relative to the project. */
const VITE_DEPS = 'node_modules/.vite/deps';

export interface Prebuilt {
  /** What belongs to a project with this lockfile. */
  of(lockfile: string): PrebuiltFolder[];
  has(pack: string): boolean;
}

/** A pack's `integrity` says for which lockfile it was made. */
export const lockfileHash = (lockfile: string): string => `sha256-${createHash('sha256').update(lockfile).digest('base64')}`;

export async function loadPrebuilt(templatesDir: string, dataDir: string): Promise<Prebuilt> {
  const byLockfile = new Map<string, PrebuiltFolder>();
  for (const template of await readdir(templatesDir).catch(() => [])) {
    const file = path.join(templatesDir, template, PREBUILT_FILE);
    if (!existsSync(file)) continue;
    const bytes = await promisify(gunzip)(await readFile(file));
    const pack = createHash('sha256').update(bytes).digest('hex');
    await store(packPath(dataDir, pack), bytes);
    byLockfile.set(parsePack(bytes).header.integrity, { path: VITE_DEPS, pack, bytes: bytes.length });
  }
  const packs = new Set([...byLockfile.values()].map(({ pack }) => pack));
  return {
    of: (lockfile) => [byLockfile.get(lockfileHash(lockfile))].filter((one) => one !== undefined),
    has: (pack) => packs.has(pack),
  };
}

async function store(target: string, bytes: Uint8Array): Promise<void> {
  if (existsSync(target)) return;
  const temporary = `${target}.${randomBytes(6).toString('hex')}`;
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(temporary, bytes, { flush: true });
  await rename(temporary, target);
}
