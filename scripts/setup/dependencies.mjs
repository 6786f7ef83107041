/** Brings node_modules to what package-lock.json says, and does nothing when it is there already. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { npm, ROOT, SetupError } from './run.mjs';

/** @param {string} node the project's Node */
export async function ensureDependencies(node) {
  if (isCurrent()) return;
  console.log('Installing dependencies (once).');
  const code = await npm(['ci', '--no-audit', '--no-fund'], node);
  if (code !== 0) throw new SetupError(`npm ci failed with exit code ${code}: see its output above. The first start needs the npm registry; later ones work offline.`);
}

/**
 * npm writes `node_modules/.package-lock.json` as the last step of an installation, so it is both the record of what is there and the
 * mark that the installation was completed. Optional packages of other platforms are in the lockfile alone.
 */
function isCurrent() {
  const recordPath = path.join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(recordPath)) return false;
  const record = readPackages(recordPath);
  const lock = readPackages(path.join(ROOT, 'package-lock.json'));
  return Object.entries(lock).every(([where, wanted]) => {
    const present = record[where];
    if (where === '' || wanted.link) return true;
    if (present === undefined) return wanted.optional === true || wanted.peer === true;
    return present.version === wanted.version && present.integrity === wanted.integrity;
  });
}

/** @param {string} file @returns {Record<string, {version?: string, integrity?: string, optional?: boolean, peer?: boolean, link?: boolean}>} */
function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}
