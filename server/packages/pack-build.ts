/** Makes a package's packs from its verified tarball. */
import { createHash } from 'node:crypto';
import { writePack } from '../../shared/pack/format.ts';
import type { PackEntry } from '../../shared/pack/format.ts';
import type { CodeFacts } from '../../shared/module-code/facts.ts';
import type { UnpackedFile } from './pack-content.ts';
import { addBodies, factsOf, formatOf, readyLexers } from './pack-facts.ts';
import { reachable, requireEntries, type EntryManifest } from './required-modules.ts';
import { Refusal } from './refusal.ts';

export interface BuiltPack {
  hash: string;
  bytes: Uint8Array;
}

export interface BuiltPackage {
  runtime: BuiltPack;
  /** Type declarations and package.json, for editors; undefined where a package has none. */
  types: BuiltPack | undefined;
  bin: Record<string, string>;
}

export interface PackageIdentity {
  name: string;
  version: string;
  integrity: string;
}

/** Never read at run time. Declarations stay: `tsc` and type-aware linters read them from the disk. */
const LEFT_OUT = /\.(?:map|md|markdown)$/i;
const DECLARATION = /\.d\.(?:ts|mts|cts)$/;

interface Manifest extends EntryManifest {
  type?: unknown;
  bin?: unknown;
  directories?: { bin?: unknown };
}

/** @throws {Refusal} */
export async function buildPackage(identity: PackageIdentity, files: ReadonlyMap<string, UnpackedFile>): Promise<BuiltPackage> {
  await readyLexers();
  const manifest = manifestOf(files);
  const bin = binOf(identity.name, manifest, files);
  const programs = new Set(Object.values(bin));
  const runtime = [...files.values()].filter(({ path }) => !LEFT_OUT.test(path)).sort(byPath);
  const facts = factsOfAll(runtime, manifest, typeReader(files));
  const packed = runtime.map(({ path, mode, data }): PackEntry => {
    const file: PackEntry['file'] = { p: path };
    if ((mode & 0o111) !== 0 || programs.has(path)) file.m = 0o755;
    const known = facts.get(path);
    return { file, data, facts: known === undefined ? undefined : Buffer.from(JSON.stringify(known)) };
  });
  const declarations = runtime.filter(({ path }) => DECLARATION.test(path));
  const types = declarations.length === 0 ? undefined : [...declarations, ...runtime.filter(({ path }) => /(?:^|\/)package\.json$/.test(path))].sort(byPath);
  return { runtime: sealed(identity, packed), types: types && sealed(identity, types.map(({ path, data }) => ({ file: { p: path }, data }))), bin };
}

function factsOfAll(files: readonly UnpackedFile[], manifest: Manifest, typeOfFolder: (folder: string) => string | undefined): Map<string, CodeFacts> {
  const facts = new Map<string, CodeFacts>();
  const sources = new Map<string, Buffer>();
  for (const { path, data } of files) {
    const format = formatOf(path, typeOfFolder);
    const known = format === undefined ? undefined : factsOf(path, data.toString('utf8'), format);
    if (known === undefined) continue;
    facts.set(path, known);
    sources.set(path, data);
  }
  const required = reachable(requireEntries(manifest), (path) => facts.get(path)?.m?.q.map(([specifier]) => specifier));
  addBodies(required, facts, (path) => sources.get(path)?.toString('utf8') ?? '');
  return facts;
}

const byPath = (a: UnpackedFile, b: UnpackedFile) => (a.path < b.path ? -1 : 1);

function sealed({ name, version, integrity }: PackageIdentity, files: readonly PackEntry[]): BuiltPack {
  const bytes = writePack({ v: 1, name, version, integrity }, files);
  return { hash: createHash('sha256').update(bytes).digest('hex'), bytes };
}

function manifestOf(files: ReadonlyMap<string, UnpackedFile>): Manifest {
  const file = files.get('package.json');
  const value = file && parsed(file.data);
  if (value === undefined) throw new Refusal('E-TERRARIUM-2156', { problem: 'it has no readable package.json' });
  return value;
}

function parsed(data: Buffer): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(data.toString('utf8').replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `none` for a package.json that says nothing: the search ends there all the same. */
function typeReader(files: ReadonlyMap<string, UnpackedFile>): (folder: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (folder) => {
    if (!known.has(folder)) {
      const file = files.get(folder === '' ? 'package.json' : `${folder}/package.json`);
      const type = file && parsed(file.data)?.type;
      known.set(folder, file === undefined ? undefined : typeof type === 'string' ? type : 'none');
    }
    return known.get(folder);
  };
}

/** docs.npmjs.com/cli/v11/configuring-npm/package-json, "bin" and "directories.bin". Names and targets never leave their folders. */
function binOf(name: string, { bin, directories }: Manifest, files: ReadonlyMap<string, UnpackedFile>): Record<string, string> {
  const found: Record<string, string> = {};
  const add = (command: string, target: string) => {
    const path = target.split('/').filter((part) => part !== '' && part !== '.').join('/');
    const base = command.slice(command.lastIndexOf('/') + 1);
    if (base !== '' && base !== '..' && base !== '.' && files.has(path)) found[base] = path;
  };
  if (typeof bin === 'string') add(name, bin);
  else if (typeof bin === 'object' && bin !== null) for (const [command, target] of Object.entries(bin)) if (typeof target === 'string') add(command, target);
  const folder = directories?.bin;
  if (bin === undefined && typeof folder === 'string') {
    const prefix = `${folder.replace(/^\.?\/+/, '').replace(/\/+$/, '')}/`;
    for (const path of files.keys()) if (path.startsWith(prefix) && !path.slice(prefix.length).includes('/')) add(path.slice(prefix.length), path);
  }
  return found;
}
