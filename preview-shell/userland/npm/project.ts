/** The project that a command is about, and its two files. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { NpmFailure } from './failure.ts';

export interface Manifest {
  name?: string;
  version?: string;
  main?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  config?: Record<string, unknown>;
  bin?: string | Record<string, string>;
}

/** The nearest folder upwards with a package.json or node_modules, else where we are (docs.npmjs.com/cli/v10/configuring-npm/folders). */
export function findRoot(prefix: string | undefined): string {
  if (prefix !== undefined) return resolve(prefix);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) || existsSync(join(folder, 'node_modules'))) return folder;
    if (dirname(folder) === folder) return process.cwd();
  }
}

/** Text of a file, undefined when it is not there. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export function readManifest(root: string): Manifest {
  const path = join(root, 'package.json');
  const text = readIfThere(path);
  if (text === undefined) throw new NpmFailure('ENOENT', [`Could not read package.json: no such file or directory, open '${path}'`]);
  return parseManifest(text, path);
}

export function parseManifest(text: string, path: string): Manifest {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    if (typeof value === 'object' && value !== null) return value;
    throw new SyntaxError('it is no JSON object');
  } catch (error) {
    throw new NpmFailure('EJSONPARSE', [`Invalid package.json: ${(error as Error).message}`, `File: ${path}`, 'Correct the file and run the command again.']);
  }
}

/** Changes package.json and keeps its indentation, newlines and order of keys. */
export function editManifest(root: string, edit: (manifest: Manifest) => void): void {
  const path = join(root, 'package.json');
  const text = readIfThere(path) ?? '{}\n';
  const manifest = parseManifest(text, path);
  edit(manifest);
  const indent = /^[{[]\r?\n([ \t]+)/.exec(text.replace(/^\ufeff/, ''))?.[1] ?? '  ';
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  writeFileSync(path, `${JSON.stringify(manifest, null, indent)}\n`.replaceAll('\n', newline));
}
