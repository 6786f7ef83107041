/** `npx` and `npm exec`: a program of the project, else of a package installed apart. docs.npmjs.com/cli/v10/commands/npx */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Flags } from './args.ts';
import { NpmFailure } from './failure.ts';
import { HIDDEN_LOCKFILE, writeState } from './installed.ts';
import type { Platform } from './platform.ts';
import { parseManifest, readIfThere } from './project.ts';
import { startProgress } from './progress.ts';
import { pathWithBins, quote, runShell, scriptEnvironment } from './run-script.ts';
import { resolveTree } from './service.ts';

export async function exec(platform: Platform, root: string, command: readonly string[], flags: Flags): Promise<number> {
  const [first, ...args] = command;
  const wanted = flags.packages.length > 0 ? flags.packages : first === undefined ? [] : [first];
  if (first === undefined && flags.call === undefined) throw new NpmFailure('', ['Name a command: npx [-p <package>] <command> [arguments]']);
  const local = flags.packages.length === 0 && first !== undefined ? findProgram(root, first) : undefined;
  if (local !== undefined || (flags.packages.length === 0 && flags.call !== undefined)) return run(root, undefined, flags.call, [local ?? first ?? '', ...args]);
  const { folder, name } = await installApart(platform, wanted, flags);
  const program = flags.packages.length > 0 ? first : programOf(folder, name);
  return run(root, join(folder, 'node_modules', '.bin'), flags.call, [program ?? '', ...args]);
}

function run(root: string, bins: string | undefined, call: string | undefined, command: readonly string[]): Promise<number> {
  const text = readIfThere(join(root, 'package.json'));
  const manifest = text === undefined ? {} : parseManifest(text, join(root, 'package.json'));
  const line = call ?? command.map(quote).join(' ');
  const env = scriptEnvironment(root, manifest, 'npx', line);
  const path = bins === undefined ? pathWithBins(root) : [bins, pathWithBins(root)].join(delimiter);
  return runShell(line, { cwd: process.cwd(), env: { ...env, PATH: path } });
}

function findProgram(root: string, name: string): string | undefined {
  if (name.includes('/') || name.includes('@')) return undefined;
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', '.bin', name))) return name;
    if (dirname(folder) === folder) return undefined;
  }
}

/** Each set of packages has a folder of its own below HOME, kept for the next time. */
async function installApart(platform: Platform, specs: string[], flags: Flags): Promise<{ folder: string; name: string }> {
  const folder = join(homedir(), '.npm', '_npx', createHash('sha256').update(specs.join('\n')).digest('hex').slice(0, 16));
  const known = readIfThere(join(folder, 'package.json'));
  // A name without a version means the newest one, so the registry is asked each time unless a version was named.
  const pinned = specs.every((spec) => /.@\d+\.\d+\.\d+/.test(spec));
  if (known === undefined || !pinned || readIfThere(join(folder, HIDDEN_LOCKFILE)) === undefined) {
    if (known === undefined) await confirm(specs, flags);
    const progress = startProgress();
    try {
      const answer = await resolveTree(platform, { packageJson: '{}\n', add: specs });
      await platform.packages.mount(folder, answer.mounts);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), answer.packageJson);
      writeState(folder, answer.lockfile, { omit: [], packages: Object.fromEntries(answer.mounts.map(({ path, name, version }) => [path, `${name}@${version}`])) });
    } finally {
      progress.stop();
    }
  }
  const manifest = parseManifest(readIfThere(join(folder, 'package.json')) ?? '{}', join(folder, 'package.json'));
  return { folder, name: Object.keys(manifest.dependencies ?? {})[0] ?? '' };
}

async function confirm(specs: string[], { yes }: Flags): Promise<void> {
  if (yes || !process.stdin.isTTY || !process.stderr.isTTY) return;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`Need to install the following packages:\n${specs.join('\n')}\nOk to proceed? (y) `);
  lines.close();
  if (!/^(?:y|yes|)$/i.test(answer.trim())) throw new NpmFailure('', ['canceled']);
}

/** The program that a package stands for: its only one, else the one of its own name. */
function programOf(folder: string, name: string): string {
  const path = join(folder, 'node_modules', name, 'package.json');
  const { bin = {} } = parseManifest(readIfThere(path) ?? '{}', path);
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (typeof bin === 'string') return base;
  const names = Object.keys(bin);
  if (new Set(Object.values(bin)).size === 1 && names[0] !== undefined) return names[0];
  if (bin[base] !== undefined) return base;
  throw new NpmFailure('', ['could not determine executable to run']);
}
