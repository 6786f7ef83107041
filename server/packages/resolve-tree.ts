/** npm's own resolver on a project of two files: what `npm install --package-lock-only` writes, without scripts. Runs in a worker. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Arborist from '@npmcli/arborist';
import { withAddressesOf, withoutAddresses } from './lock-addresses.ts';
import { refusalOf } from './registry.ts';
import type { NpmOptions } from './registry.ts';

export interface ResolveInput {
  /** An empty folder to work in; the caller removes it, also when this thread is ended. */
  path: string;
  packageJson: string;
  lockfile: string | undefined;
  add: string[];
  remove: string[];
  saveType: 'prod' | 'dev' | 'optional' | 'peer' | undefined;
  exact: boolean;
  npm: NpmOptions;
}

export interface ResolveOutput {
  packageJson: string;
  lockfile: string;
}

/** @throws {Refusal} */
export async function resolveTree({ path, packageJson, lockfile, add, remove, saveType, exact, npm }: ResolveInput): Promise<ResolveOutput> {
  try {
    await writeFile(join(path, 'package.json'), packageJson);
    if (lockfile !== undefined) await writeFile(join(path, 'package-lock.json'), withoutAddresses(lockfile));
    const options = { ...npm, path, packageLockOnly: true, ignoreScripts: true, save: true, saveExact: exact || npm['saveExact'] === true, lockfileVersion: null };
    const arborist = new Arborist(options as ConstructorParameters<typeof Arborist>[0]);
    // The published types lag behind: `save`, `saveType` and `packageLockOnly` are options of reify() in the release used.
    const request = { ...options, add, rm: remove, ...(saveType === undefined ? {} : { saveType }) };
    await arborist.reify(request as Parameters<typeof arborist.reify>[0]);
    const written = await readFile(join(path, 'package-lock.json'), 'utf8');
    return { packageJson: await readFile(join(path, 'package.json'), 'utf8'), lockfile: lockfile === undefined ? written : withAddressesOf(lockfile, written) };
  } catch (error) {
    throw refusalOf(error, specOf(error) ?? add[0] ?? 'the project');
  }
}

/** The package that npm's error is about: its own fields, else the last part of the registry address it names. */
function specOf(error: unknown): string | undefined {
  const { pkgid, spec, uri, wanted, name, type } = error as Record<string, unknown>;
  if (typeof pkgid === 'string') return pkgid;
  if (typeof spec === 'object' && spec !== null && 'raw' in spec) return String(spec.raw);
  if (typeof name === 'string' && typeof wanted === 'string' && typeof type === 'string') return `${name}@${wanted}`;
  return typeof uri === 'string' ? decodeURIComponent(new URL(uri).pathname.slice(1)) : undefined;
}
