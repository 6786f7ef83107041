/** `npm ls`: direct dependencies and what is installed of them, from package.json and the installed lockfile. */
import { join } from 'node:path';
import { HIDDEN_LOCKFILE } from './installed.ts';
import { readIfThere, readManifest } from './project.ts';

interface Row {
  name: string;
  version: string | undefined;
  optional: boolean;
}

/** Exit status 1 when something required is missing, as in npm. */
export function list(root: string, names: readonly string[], json: boolean): number {
  const manifest = readManifest(root);
  const installed = installedVersions(root);
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const rows: Row[] = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter((name) => names.length === 0 || names.includes(name))
    .sort((a, b) => a.localeCompare(b, 'en'))
    .map((name) => ({ name, version: installed(name), optional: optionalDependencies?.[name] !== undefined }));
  const missing = rows.filter(({ version, optional }) => version === undefined && !optional);
  if (json) {
    const entries = rows.map(({ name, version }) => [name, version === undefined ? { missing: true } : { version }]);
    process.stdout.write(`${JSON.stringify({ name: manifest.name, version: manifest.version, dependencies: Object.fromEntries(entries) }, null, 2)}\n`);
  } else {
    const label = [manifest.name, manifest.version].filter((part) => part !== undefined).join('@');
    const ranges = { ...dependencies, ...devDependencies, ...optionalDependencies };
    const lines = rows.map(({ name, version }, at) => `${at === rows.length - 1 ? '└──' : '├──'} ${version === undefined ? `UNMET DEPENDENCY ${name}@${ranges[name] ?? ''}` : `${name}@${version}`}`);
    process.stdout.write(`${label === '' ? '' : `${label} `}${root}\n${lines.length === 0 ? '└── (empty)' : lines.join('\n')}\n\n`);
    for (const { name } of missing) process.stderr.write(`npm error missing: ${name}@${ranges[name] ?? ''}, required by ${label}\n`);
  }
  return missing.length > 0 || (names.length > 0 && rows.length === 0) ? 1 : 0;
}

function installedVersions(root: string): (name: string) => string | undefined {
  const hidden = readIfThere(join(root, HIDDEN_LOCKFILE));
  const packages = hidden === undefined ? {} : ((JSON.parse(hidden) as { packages?: Record<string, { version?: string }> }).packages ?? {});
  return (name) => packages[`node_modules/${name}`]?.version;
}
