/** Addresses of a lockfile are never followed: they are taken out before npm's resolver reads it, and put back where the entry stayed the same. */
import semver from 'semver';

type Json = Record<string, unknown>;
const objects = (value: unknown): [string, Json][] => (typeof value === 'object' && value !== null ? Object.entries(value).filter((one): one is [string, Json] => typeof one[1] === 'object' && one[1] !== null) : []);

/** `text` is JSON (checked before). Entries that are no registry version are dropped: they are resolved anew. */
export function withoutAddresses(text: string): string {
  const lock = JSON.parse(text) as Json;
  const packages = lock['packages'] as Json | undefined;
  for (const [path, entry] of objects(packages)) {
    if (path === '' || entry['link'] === true || !path.includes('node_modules/')) continue;
    delete entry['resolved'];
    if (semver.valid(String(entry['version'])) === null && packages !== undefined) delete packages[path];
  }
  // The tree of lockfileVersion 1 and 2; npm makes it anew from `packages`.
  if (packages !== undefined) delete lock['dependencies'];
  else stripOld(lock);
  return JSON.stringify(lock, null, 2);
}

function stripOld(parent: Json): void {
  const dependencies = parent['dependencies'] as Json | undefined;
  for (const [name, entry] of objects(dependencies)) {
    delete entry['resolved'];
    delete entry['from'];
    if (semver.valid(String(entry['version'])) === null && dependencies !== undefined) delete dependencies[name];
    else stripOld(entry);
  }
}

/** `after` with the addresses that `before` had for the same path and version. */
export function withAddressesOf(before: string, after: string): string {
  const old = new Map(objects((JSON.parse(before) as Json)['packages']));
  const lock = JSON.parse(after) as Json;
  let changed = false;
  for (const [path, entry] of objects(lock['packages'])) {
    const known = old.get(path);
    if (entry['resolved'] !== undefined || typeof known?.['resolved'] !== 'string' || known['version'] !== entry['version'] || known['link'] === true) continue;
    const { version, ...others } = entry;
    Object.assign(lock['packages'] as Json, { [path]: { version, resolved: known['resolved'], ...others } });
    changed = true;
  }
  return changed ? `${JSON.stringify(lock, null, 2)}\n` : after;
}
