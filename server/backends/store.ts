/** What of each backend is on the disk, one folder for each environment: its database, the version that serves, snapshots (SPEC BP9). */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { BackendSnapshot } from './backends.ts';
import type { BackendBundle } from './driver.ts';
import type { Migration } from './source.ts';

/** A version that was started once. */
export interface Deployed {
  bundle: BackendBundle;
  migrations: Migration[];
  /** Files of the document that it was made of. */
  inputs: string[];
  /** What those files were. */
  sourceKey: string;
}

const MOST_SNAPSHOTS = 20;
const metaSchema = z.object({ id: z.string(), name: z.string(), at: z.number(), bytes: z.number() });
const deployedSchema = z.object({
  bundle: z.object({ digest: z.string(), sourceMap: z.string().optional(), modules: z.array(z.object({ name: z.string(), kind: z.enum(['esm', 'text', 'data', 'wasm']), text: z.string().optional(), base64: z.string().optional() })) }),
  migrations: z.array(z.object({ name: z.string(), path: z.string(), sql: z.string(), sha256: z.string() })),
  inputs: z.array(z.string()),
  sourceKey: z.string(),
});

export interface BackendStore {
  dataDir(environmentId: string): string;
  load(environmentId: string): Promise<Deployed | undefined>;
  save(environmentId: string, deployed: Deployed): Promise<void>;
  /** While no process has the data open. */
  clearData(environmentId: string): Promise<void>;
  /** While no process has the data open. @throws {TerrariumError} 1223 */
  snapshot(environmentId: string, name: string): Promise<BackendSnapshot>;
  snapshots(environmentId: string): BackendSnapshot[];
  /** While no process has the data open. @throws {TerrariumError} 1221 */
  restore(environmentId: string, snapshotId: string): Promise<void>;
  drop(environmentId: string, snapshotId: string): Promise<void>;
  bytes(environmentId: string): Promise<number>;
  remove(environmentId: string): Promise<void>;
}

export function createBackendStore(root: string): BackendStore {
  const of = (environmentId: string, ...parts: string[]): string => path.join(root, environmentId, ...parts);
  const dataDir = (environmentId: string): string => of(environmentId, 'data');
  /** The name of a folder in `snapshots` and nothing else. */
  function found(environmentId: string, snapshotId: string): string {
    const folder = of(environmentId, 'snapshots', snapshotId);
    if (!/^[0-9a-f-]{36}$/.test(snapshotId) || !existsSync(folder)) throw TerrariumError.of('E-TERRARIUM-1221', { snapshot: snapshotId.slice(0, 64) });
    return folder;
  }

  function snapshots(environmentId: string): BackendSnapshot[] {
    const folder = of(environmentId, 'snapshots');
    if (!existsSync(folder)) return [];
    const ids = readdirSync(folder).filter((id) => /^[0-9a-f-]{36}$/.test(id));
    return ids.map((id) => metaSchema.parse(JSON.parse(readFileSync(path.join(folder, id, 'snapshot.json'), 'utf8')))).sort((a, b) => b.at - a.at);
  }

  return {
    dataDir,
    snapshots,
    async load(environmentId) {
      const text = await readFile(of(environmentId, 'deployed.json'), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : parsed(text);
    },
    async save(environmentId, { bundle, ...rest }) {
      const modules = bundle.modules.map(({ name, kind, content }) => (typeof content === 'string' ? { name, kind, text: content } : { name, kind, base64: Buffer.from(content).toString('base64') }));
      await mkdir(of(environmentId), { recursive: true, mode: 0o700 });
      await replace(of(environmentId, 'deployed.json'), JSON.stringify({ ...rest, bundle: { ...bundle, modules } }));
    },
    clearData: (environmentId) => rm(dataDir(environmentId), { recursive: true, force: true }),
    async snapshot(environmentId, name) {
      if (snapshots(environmentId).length >= MOST_SNAPSHOTS) throw TerrariumError.of('E-TERRARIUM-1223', { limit: MOST_SNAPSHOTS });
      const meta = { id: randomUUID(), name, at: Date.now(), bytes: await sizeOf(dataDir(environmentId)) };
      const temporary = of(environmentId, 'snapshots', `.${meta.id}`);
      await mkdir(temporary, { recursive: true, mode: 0o700 });
      if (existsSync(dataDir(environmentId))) await cp(dataDir(environmentId), path.join(temporary, 'data'), { recursive: true });
      await writeFile(path.join(temporary, 'snapshot.json'), JSON.stringify(meta));
      await rename(temporary, of(environmentId, 'snapshots', meta.id));
      return meta;
    },
    async restore(environmentId, snapshotId) {
      const copied = path.join(found(environmentId, snapshotId), 'data');
      const temporary = of(environmentId, 'restoring');
      await rm(temporary, { recursive: true, force: true });
      if (existsSync(copied)) await cp(copied, temporary, { recursive: true });
      else await mkdir(temporary, { recursive: true, mode: 0o700 });
      await rm(dataDir(environmentId), { recursive: true, force: true });
      await rename(temporary, dataDir(environmentId));
    },
    drop: async (environmentId, snapshotId) => rm(found(environmentId, snapshotId), { recursive: true, force: true }),
    bytes: (environmentId) => sizeOf(dataDir(environmentId)),
    remove: (environmentId) => rm(of(environmentId), { recursive: true, force: true }),
  };
}

/** Undefined for what another version wrote: it is built anew. */
function parsed(text: string): Deployed | undefined {
  try {
    const { bundle, ...rest } = deployedSchema.parse(JSON.parse(text));
    const modules = bundle.modules.map(({ name, kind, text: code, base64 = '' }) => ({ name, kind, content: code ?? new Uint8Array(Buffer.from(base64, 'base64')) }));
    return { ...rest, bundle: { digest: bundle.digest, sourceMap: bundle.sourceMap, modules } };
  } catch {
    return undefined;
  }
}

async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(path.join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}
