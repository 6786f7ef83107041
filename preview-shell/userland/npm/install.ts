/** `npm install`, `npm ci`, `npm uninstall`: asks the package service, mounts what it answers, writes what npm would write. */
import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Flags } from './args.ts';
import { NpmFailure } from './failure.ts';
import { isUpToDate, installedState, writeState } from './installed.ts';
import type { Platform } from './platform.ts';
import { editManifest, parseManifest, readIfThere } from './project.ts';
import { startProgress } from './progress.ts';
import { runEvent } from './run-script.ts';
import { resolveTree } from './service.ts';
import type { ResolveResponse } from './service.ts';

export interface InstallRequest {
  root: string;
  add: string[];
  remove: string[];
  frozen: boolean;
  flags: Flags;
}

const LOCAL = /^(?:file:|link:|\.{1,2}(?:\/|$)|\/|~\/)/;

/** Resolves to the exit status. */
export async function install(platform: Platform, request: InstallRequest): Promise<number> {
  const { root, flags, frozen } = request;
  if (flags.global) throw new NpmFailure('ENOTSUP', ['Global packages are not supported in the container.', 'Use "npx <name>", or install it in the project.']);
  const started = performance.now();
  const add = request.add.filter((spec) => !LOCAL.test(spec));
  const plain = request.add.length === 0 && request.remove.length === 0;
  if (request.add.length > add.length) addLocal(root, request.add.filter((spec) => LOCAL.test(spec)), flags);

  const packageJson = readIfThere(join(root, 'package.json')) ?? (plain ? undefined : '{}\n');
  if (packageJson === undefined) throw new NpmFailure('ENOENT', [`Could not read package.json: no such file or directory, open '${join(root, 'package.json')}'`]);
  const manifest = parseManifest(packageJson, join(root, 'package.json'));
  const scripts = async (events: readonly string[]) => {
    for (const event of plain && !flags.ignoreScripts ? events : []) {
      const status = await runEvent(root, manifest, event, [], flags.silent);
      if (status !== 0) throw new NpmFailure(String(status), [`path ${root}`, 'command failed', `command sh -c ${manifest.scripts?.[event] ?? event}`], status);
    }
  };

  await scripts(['preinstall']);
  const lockfile = readIfThere(join(root, 'package-lock.json'));
  if (plain && !frozen && isUpToDate(root, packageJson, lockfile, flags.omit)) {
    say(flags, [`\nup to date in ${elapsed(started)}`]);
  } else {
    const progress = startProgress();
    let summary: string;
    try {
      const saveType = flags.dev ? 'dev' : flags.optional ? 'optional' : flags.peer ? 'peer' : flags.prod ? 'prod' : undefined;
      const answer = await resolveTree(platform, { packageJson, lockfile, add, remove: request.remove, saveType, exact: flags.exact, frozen, omit: flags.omit });
      summary = await apply(platform, { request, answer, packageJson, lockfile, started });
    } finally {
      progress.stop();
    }
    say(flags, [summary]);
  }
  await scripts(['install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare']);
  return 0;
}

interface Applied {
  request: InstallRequest;
  answer: ResolveResponse;
  packageJson: string;
  lockfile: string | undefined;
  started: number;
}

/** Files are written after the mount: an install that fails leaves the project as it was. */
async function apply(platform: Platform, { request, answer, packageJson, lockfile, started }: Applied): Promise<string> {
  const { root, flags } = request;
  for (const { message } of answer.warnings) process.stderr.write(`npm warn ${message}\n`);
  const before = installedState(root);
  await platform.packages.mount(root, answer.mounts);
  await unpackPrebuilt(platform, root, answer);
  const links = [...answer.links, ...localLinks(answer.packageJson)];
  for (const link of links) makeLink(root, link);
  removeExtraneous(root, [...answer.mounts.map(({ path }) => path), ...links.map(({ path }) => path)]);
  if (!flags.noSave) {
    if (answer.packageJson !== packageJson || !existsSync(join(root, 'package.json'))) writeFileSync(join(root, 'package.json'), answer.packageJson);
    if (answer.lockfile !== lockfile) writeFileSync(join(root, 'package-lock.json'), answer.lockfile);
  }
  const packages = Object.fromEntries(answer.mounts.map(({ path, name, version }) => [path, `${name}@${version}`]));
  const types = Object.fromEntries(answer.mounts.flatMap(({ path, types: hash }) => (hash === undefined ? [] : [[path, hash]])));
  writeState(root, answer.lockfile, { omit: flags.omit, packages, types });
  return `\n${changes(before.packages, packages)} in ${elapsed(started)}`;
}

/** What tools would make themselves at their first start; where it cannot be had, they do. */
async function unpackPrebuilt(platform: Platform, root: string, { prebuilt = [] }: ResolveResponse): Promise<void> {
  const missing = prebuilt.filter(({ path }) => !existsSync(join(root, path)));
  await Promise.allSettled(missing.map(({ path, pack }) => platform.packages.unpack(join(root, path), pack)));
}

/** npm's sentence: "added 2 packages, removed 1 package, and changed 3 packages". */
function changes(before: Record<string, string>, after: Record<string, string>): string {
  const added = Object.keys(after).filter((path) => before[path] === undefined).length;
  const removed = Object.keys(before).filter((path) => after[path] === undefined).length;
  const changed = Object.entries(after).filter(([path, id]) => before[path] !== undefined && before[path] !== id).length;
  const parts = ([['added', added], ['removed', removed], ['changed', changed]] as const).filter(([, count]) => count > 0).map(([verb, count]) => `${verb} ${count} package${count === 1 ? '' : 's'}`);
  if (parts.length === 0) return 'up to date';
  return parts.length < 3 ? parts.join(', and ') : `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1) ?? ''}`;
}

/** `npm install ./folder`: package.json refers to it by `file:`. */
function addLocal(root: string, specs: string[], flags: Flags): void {
  const found = specs.map((spec) => {
    const folder = resolve(process.cwd(), spec.replace(/^(?:file|link):/, ''));
    const text = readIfThere(join(folder, 'package.json'));
    if (text === undefined) throw new NpmFailure('ENOENT', [`There is no package.json in ${folder}.`]);
    return { name: parseManifest(text, join(folder, 'package.json')).name ?? basename(folder), spec: `file:${relative(root, folder) || '.'}` };
  });
  editManifest(root, (manifest) => {
    const field = flags.dev ? 'devDependencies' : flags.optional ? 'optionalDependencies' : 'dependencies';
    const all = { ...manifest[field], ...Object.fromEntries(found.map(({ name, spec }) => [name, spec])) };
    manifest[field] = Object.fromEntries(Object.entries(all).sort(([a], [b]) => a.localeCompare(b, 'en')));
  });
}

function localLinks(packageJson: string): { path: string; target: string }[] {
  const { dependencies, devDependencies, optionalDependencies } = parseManifest(packageJson, 'package.json');
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).flatMap(([name, spec]) => {
    return LOCAL.test(spec) ? [{ path: `node_modules/${name}`, target: spec.replace(/^(?:file|link):/, '') }] : [];
  });
}

function makeLink(root: string, { path, target }: { path: string; target: string }): void {
  const at = join(root, path);
  const wanted = relative(dirname(at), resolve(root, target));
  const there = lstatSync(at, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() === true && readlinkSync(at) === wanted) return;
  rmSync(at, { recursive: true, force: true });
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(wanted, at);
}

/** Packages in node_modules that nothing asks for, as npm removes them. What begins with a dot belongs to tools. */
function removeExtraneous(root: string, wanted: string[]): void {
  const modules = join(root, 'node_modules');
  const names = new Set(wanted.filter((path) => path.startsWith('node_modules/')).map((path) => path.slice('node_modules/'.length)));
  const scopes = new Set([...names].map((name) => name.split('/')[0]));
  for (const name of existsSync(modules) ? readdirSync(modules) : []) {
    if (name.startsWith('.')) continue;
    if (!name.startsWith('@') || !scopes.has(name)) {
      if (!names.has(name)) rmSync(join(modules, name), { recursive: true, force: true });
      continue;
    }
    for (const part of readdirSync(join(modules, name))) if (!names.has(`${name}/${part}`)) rmSync(join(modules, name, part), { recursive: true, force: true });
  }
}

function say({ silent, json }: Flags, lines: string[]): void {
  if (!silent && !json) process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** npm's way: milliseconds below a second, then whole seconds, then minutes. */
function elapsed(started: number): string {
  const ms = performance.now() - started;
  if (ms < 1000) return `${Math.round(ms)}ms`;
  return ms < 60_000 ? `${Math.round(ms / 1000)}s` : `${Math.round(ms / 60_000)}m`;
}
