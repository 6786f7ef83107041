/** Which entries of a lockfile a container mounts: reachable, for its platform, not omitted. Also tells whether the lockfile satisfies package.json. */
import { checkPlatform } from 'npm-install-checks';
import semver from 'semver';
import { parseSpecifier } from '../../shared/policy/index.ts';
import { lookUpPath, nameOfEntry } from './lockfile.ts';
import type { LockEntry, LockTree } from './lockfile.ts';
import type { Manifest } from './manifest.ts';

export type Omit = 'dev' | 'optional' | 'peer';

export interface Selected {
  path: string;
  name: string;
  version: string;
  integrity: string | undefined;
  /** The WebAssembly build to mount there. */
  twin: string | undefined;
}

/** A WebAssembly platform package that the tree asks for and the lockfile lacks. */
export interface Missing {
  /** The package that asks for it. */
  from: string;
  name: string;
  range: string;
}

export interface Link {
  path: string;
  target: string;
}

export interface Selection {
  selected: Selected[];
  missing: Missing[];
  links: Link[];
  /** Why the lockfile does not satisfy package.json: empty when it does. */
  problems: string[];
}

/** What a container says of itself; a package for one libc alone is native. */
const PLATFORM = { os: 'linux', cpu: 'wasm32', libc: 'none' };
const WASM_BINDING = /-wasm32-(?:wasi|unknown)/;

export function fitsPlatform(entry: Pick<LockEntry, 'os' | 'cpu' | 'libc'>): boolean {
  try {
    checkPlatform(entry, false, PLATFORM);
    return true;
  } catch {
    return false;
  }
}

interface Edge {
  from: string;
  name: string;
  spec: string;
  optional: boolean;
}

export function select(manifest: Manifest, tree: LockTree, options: { omit: ReadonlySet<Omit>; twins: ReadonlyMap<string, string> }): Selection {
  const result: Selection = { selected: [], missing: [], links: [], problems: [] };
  const seen = new Set<string>();
  const queue: Edge[] = rootEdges(manifest, options.omit);
  for (let edge = queue.pop(); edge !== undefined; edge = queue.pop()) {
    const path = lookUpPath(tree, edge.from, edge.name);
    const entry = path === undefined ? undefined : tree.get(path);
    if (path === undefined || entry === undefined) absent(edge, result);
    else {
      // Overrides change what satisfies an inner edge, so only the project's own ranges are compared here; npm wrote the rest.
      if (edge.from === '' && !satisfies(entry, path, edge.spec)) result.problems.push(`${edge.name}@${entry.version ?? '?'} does not satisfy ${edge.spec}`);
      if (!seen.has(path)) visit(path, entry, edge, { queue, seen, result, tree, ...options });
    }
  }
  result.selected.sort((a, b) => (a.path < b.path ? -1 : 1));
  return result;
}

function absent({ from, name, spec, optional }: Edge, result: Selection): void {
  if (parseSpecifier(name, spec).kind === 'local') return;
  if (optional && WASM_BINDING.test(name)) result.missing.push({ from, name, range: spec });
  else if (!optional) result.problems.push(`Missing: ${name}@${spec} from lock file`);
}

interface Walk {
  queue: Edge[];
  seen: Set<string>;
  result: Selection;
  tree: LockTree;
  omit: ReadonlySet<Omit>;
  twins: ReadonlyMap<string, string>;
}

function visit(path: string, entry: LockEntry, edge: Edge, { queue, seen, result, tree, omit, twins }: Walk): void {
  const name = nameOfEntry(path, entry);
  const twin = twins.get(name);
  if (twin === undefined && !fitsPlatform(entry)) {
    // An edge that requires it leads here again with `optional` false.
    if (!edge.optional) result.problems.push(`${name}@${entry.version ?? '?'} is a native package of another platform`);
    return;
  }
  seen.add(path);
  if (entry.link === true) {
    const target = entry.resolved ?? '';
    result.links.push({ path, target });
    const project = tree.get(target);
    if (project !== undefined) queue.push(...edgesOf(target, project, omit));
    return;
  }
  if (entry.version === undefined) result.problems.push(`${path} has no version`);
  else if (entry.inBundle !== true) result.selected.push({ path, name, version: entry.version, integrity: entry.integrity, twin });
  // The optional dependencies of a native package are its builds for each platform; the twin needs none of them.
  queue.push(...edgesOf(path, twin === undefined ? entry : { ...entry, optionalDependencies: {} }, omit));
}

function rootEdges(manifest: Manifest, omit: ReadonlySet<Omit>): Edge[] {
  const dev = Object.entries(manifest.devDependencies ?? {}).map(([name, spec]) => ({ from: '', name, spec, optional: false }));
  return [...(omit.has('dev') ? [] : dev), ...edgesOf('', manifest, omit)];
}

function edgesOf(from: string, entry: Pick<LockEntry, 'dependencies' | 'optionalDependencies' | 'peerDependencies' | 'peerDependenciesMeta'>, omit: ReadonlySet<Omit>): Edge[] {
  const optional = Object.entries(entry.optionalDependencies ?? {}).map(([name, spec]) => ({ from, name, spec, optional: true }));
  // package.json may name an optional dependency in `dependencies` as well: the optional one counts.
  const required = Object.entries(entry.dependencies ?? {}).filter(([name]) => entry.optionalDependencies?.[name] === undefined).map(([name, spec]) => ({ from, name, spec, optional: false }));
  const peers = Object.entries(entry.peerDependencies ?? {}).map(([name, spec]) => ({ from, name, spec, optional: entry.peerDependenciesMeta?.[name]?.optional === true || from !== '' }));
  return [...required, ...(omit.has('optional') ? [] : optional), ...(omit.has('peer') ? [] : peers)];
}

function satisfies(entry: LockEntry, path: string, spec: string): boolean {
  const wanted = parseSpecifier(path.slice(path.lastIndexOf('node_modules/') + 13), spec);
  if (wanted.kind !== 'registry') return wanted.kind === 'local';
  if (wanted.name !== nameOfEntry(path, entry)) return false;
  // A tag ("latest") is satisfied by whatever was locked, as in npm.
  return semver.validRange(wanted.range) === null || semver.satisfies(entry.version ?? '', wanted.range, { includePrerelease: false, loose: true });
}
