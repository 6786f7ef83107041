/** What the last install left: node_modules/.package-lock.json is the lockfile it was made from, so that nothing is asked when nothing changed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { INSTALL_STATE as STATE } from '../../../shared/protocol/install-state-path.ts';
import { readIfThere } from './project.ts';

export const HIDDEN_LOCKFILE = 'node_modules/.package-lock.json';

export interface InstalledState {
  omit: string[];
  /** Path -> `name@version` as mounted. */
  packages: Record<string, string>;
  /** Path -> pack of its declarations, for the editor (shared/protocol/install-state.ts). */
  types?: Record<string, string>;
}

export function installedState(root: string): InstalledState {
  const text = readIfThere(join(root, STATE));
  if (text === undefined) return { omit: [], packages: {} };
  try {
    return JSON.parse(text) as InstalledState;
  } catch {
    // Cut short by a crash: the install is done again in full.
    return { omit: [], packages: {} };
  }
}

export function writeState(root: string, lockfile: string, state: InstalledState): void {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(join(root, STATE), JSON.stringify(state));
  writeFileSync(join(root, HIDDEN_LOCKFILE), lockfile);
}

const FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** Whether node_modules is what package.json and the lockfile say. */
export function isUpToDate(root: string, packageJson: string, lockfile: string | undefined, omit: string[]): boolean {
  if (lockfile === undefined || readIfThere(join(root, HIDDEN_LOCKFILE)) !== lockfile) return false;
  if (sorted(installedState(root).omit) !== sorted(omit)) return false;
  const manifest = JSON.parse(packageJson) as Record<string, Record<string, string> | undefined>;
  if (manifest['overrides'] !== undefined) return false;
  const locked = (JSON.parse(lockfile) as { packages?: Record<string, Record<string, Record<string, string> | undefined>> }).packages?.[''] ?? {};
  return FIELDS.every((field) => sorted(manifest[field]) === sorted(locked[field]));
}

const sorted = (value: Record<string, string> | string[] | undefined) => JSON.stringify(Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
