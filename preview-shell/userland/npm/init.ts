/** `npm init`: a new package.json, asked for on a terminal; `npm init <x>` runs create-<x>. */
import { existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { NpmFailure } from './failure.ts';
import { parseManifest, readIfThere } from './project.ts';

/** The package behind `npm init <name>` (docs.npmjs.com/cli/v10/commands/npm-init). */
export function initializerOf(spec: string): string {
  const [, scope, name, version = ''] = /^(@[^/@]+)?\/?([^@]*)(@.*)?$/.exec(spec) ?? [];
  if (name === undefined) throw new NpmFailure('EINVALIDPACKAGENAME', [`"${spec}" names no initializer.`]);
  if (scope === undefined) return `create-${name}${version}`;
  return `${scope}/create${name === '' ? '' : `-${name}`}${version}`;
}

export async function init(folder: string, yes: boolean): Promise<number> {
  const path = join(folder, 'package.json');
  const known = readIfThere(path);
  const before = known === undefined ? {} : parseManifest(known, path);
  const fields = {
    name: before.name ?? (basename(folder).toLowerCase().replaceAll(/[^a-z0-9._~-]+/g, '-').replace(/^[._-]+/, '') || 'project'),
    version: before.version ?? '1.0.0',
    description: '',
    main: before.main ?? 'index.js',
    ...(yes || !process.stdin.isTTY ? {} : await ask(before.name ?? basename(folder))),
  };
  const scripts = before.scripts ?? { test: 'echo "Error: no test specified" && exit 1' };
  const manifest = { ...fields, scripts, keywords: [], author: '', license: 'ISC', ...before };
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  process.stdout.write(`${existsSync(path) ? 'Wrote to' : ''} ${path}:\n\n${JSON.stringify(manifest, null, 2)}\n\n`);
  return 0;
}

async function ask(name: string): Promise<Record<string, string>> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const question = async (label: string, standard: string) => (await lines.question(`${label}: ${standard === '' ? '' : `(${standard}) `}`)).trim() || standard;
  const answers = { name: await question('package name', name), version: await question('version', '1.0.0'), description: await question('description', ''), main: await question('entry point', 'index.js') };
  lines.close();
  return answers;
}
