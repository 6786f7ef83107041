/** Tarballs and manifests of the registry that npm's own configuration names. Runs in workers. */
import pacote from 'pacote';
import semver from 'semver';
import { isPackageName } from '../../shared/policy/index.ts';
import pickRegistry from './pick-registry.ts';
import { Refusal } from './refusal.ts';

/** npm's flat configuration (registry, scoped registries, credentials, proxy, certificates …) and where responses are cached. */
export type NpmOptions = Record<string, unknown> & { cache: string };

export interface RegistryManifest {
  name: string;
  version: string;
  integrity: string | undefined;
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  /** Dependencies whose files are inside the tarball. */
  bundled: string[];
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

/** The verified bytes of one version. The address is always made from the configured registry, never taken from a lockfile. @throws {Refusal} */
export async function tarball(name: string, version: string, integrity: string | undefined, options: NpmOptions): Promise<{ data: Buffer; integrity: string }> {
  const spec = `${name}@${version}`;
  refuseForeign(name, semver.valid(version) !== null, spec);
  const base = name.slice(name.lastIndexOf('/') + 1);
  const conventional = `${pickRegistry(name, options).replace(/\/$/, '')}/${name}/-/${base}-${version}.tgz`;
  try {
    const result = await fetched(spec, integrity, integrity === undefined ? undefined : conventional, options);
    return { data: result, integrity: integrity ?? result.integrity };
  } catch (error) {
    throw refusalOf(error, spec);
  }
}

/** Registries that keep tarballs elsewhere say where in the package's metadata. */
async function fetched(spec: string, integrity: string | undefined, conventional: string | undefined, options: NpmOptions) {
  if (conventional === undefined) return pacote.tarball(spec, { ...options, preferOffline: true });
  try {
    return await pacote.tarball(spec, { ...options, integrity, resolved: conventional, preferOffline: true });
  } catch (error) {
    if ((error as { code?: string }).code !== 'E404') throw error;
    return pacote.tarball(spec, { ...options, integrity });
  }
}

/** The manifest that `range` chooses. @throws {Refusal} */
export async function manifest(name: string, range: string, options: NpmOptions): Promise<RegistryManifest> {
  refuseForeign(name, semver.validRange(range) !== null || /^[\w.-]+$/.test(range), `${name}@${range}`);
  try {
    const found = await knownManifest(`${name}@${range}`, options);
    return {
      name: found.name,
      version: found.version,
      integrity: found._integrity,
      dependencies: { ...found.dependencies },
      optionalDependencies: { ...found.optionalDependencies },
      bundled: bundledOf(found),
      ...pick(found, 'os'),
      ...pick(found, 'cpu'),
      ...pick(found, 'libc'),
    };
  } catch (error) {
    throw refusalOf(error, `${name}@${range}`);
  }
}

/** What the registry said before, unless it lacks the version: an install from a lockfile needs no network when its packs are here. */
async function knownManifest(spec: string, options: NpmOptions) {
  try {
    return await pacote.manifest(spec, { ...options, preferOffline: true });
  } catch (error) {
    const { code } = error as NpmError;
    if (code !== 'ETARGET' && code !== 'ENOVERSIONS') throw error;
    return pacote.manifest(spec, { ...options, preferOnline: true });
  }
}

/** Names and versions come from lockfiles too: an address or a path among them is refused before anything is fetched. */
function refuseForeign(name: string, isVersion: boolean, spec: string): void {
  if (!isPackageName(name) || !isVersion) throw new Refusal('E-TERRARIUM-1122', { spec });
}

function pick(from: object, key: 'os' | 'cpu' | 'libc'): Record<string, string[]> {
  const value = (from as Record<string, unknown>)[key];
  return Array.isArray(value) ? { [key]: value.map(String) } : {};
}

function bundledOf(found: object): string[] {
  const { bundleDependencies, bundledDependencies } = found as Record<string, unknown>;
  const value = bundleDependencies ?? bundledDependencies;
  return Array.isArray(value) ? value.map(String) : [];
}

interface NpmError extends Error {
  code?: string;
  spec?: unknown;
  explanation?: unknown;
}

/** npm's errors as codes of the table; addresses in their messages are not shown. */
export function refusalOf(error: unknown, spec: string): Refusal {
  if (error instanceof Refusal) return error.with({ package: spec });
  const { code = 'EUNKNOWN', message } = error as NpmError;
  switch (code) {
    case 'E404':
      return new Refusal('E-TERRARIUM-2150', { package: nameOf(spec) }, { code, lines: [`'${spec}' is not in this registry.`] });
    case 'ETARGET':
    case 'ENOVERSIONS':
      return new Refusal('E-TERRARIUM-2151', { package: spec }, { code, lines: [`No matching version found for ${spec}.`] });
    case 'EINTEGRITY':
      return new Refusal('E-TERRARIUM-2158', { package: spec }, { code });
    case 'ERESOLVE':
      return new Refusal('E-TERRARIUM-2152', { problem: message }, { code, lines: [message] });
    case 'EINVALIDPACKAGENAME':
    case 'EINVALIDTAGNAME':
      return new Refusal('E-TERRARIUM-1123', { package: spec }, { code });
    case 'ENOTFOUND':
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'ETIMEDOUT':
    case 'ENOTCACHED':
    case 'EAI_AGAIN':
    case 'E401':
    case 'E403':
    case 'E429':
    case 'ERR_SOCKET_TIMEOUT':
      return new Refusal('E-TERRARIUM-2155', { problem: code }, { code });
    default:
      return /^E5\d\d$/.test(code) ? new Refusal('E-TERRARIUM-2155', { problem: code }, { code }) : new Refusal('E-TERRARIUM-2161', { problem: withoutAddresses(message) }, { code });
  }
}

const nameOf = (spec: string) => spec.replace(/(?<=.)@.*$/, '');
const withoutAddresses = (text: string) => text.replace(/\b(?:https?|file):\/\/\S+/g, '…').replace(/(?:\/[\w.@-]+){2,}/g, '…').slice(0, 500);
