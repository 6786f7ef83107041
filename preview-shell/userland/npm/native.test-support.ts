/**
 * Runs npm or npx on this machine against a real package service: `node native.test-support.ts npm|npx <arguments>`.
 * PACKAGES_ORIGIN is the service; mounting writes the packs' files into the folder.
 */
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { parsePack } from '../../../shared/pack/format.ts';
import type { PackMount } from '../../../shared/pack/format.ts';
import { main } from './main.ts';
import type { Platform } from './platform.ts';

const origin = process.env['PACKAGES_ORIGIN'] ?? '';

async function materialise(root: string, { path, pack, bin = {} }: Pick<PackMount, 'path' | 'pack' | 'bin'>): Promise<number> {
  const response = await fetch(`${origin}/packs/${pack}`);
  if (!response.ok) throw new Error(`pack ${pack}: ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { header, dataStart } = parsePack(bytes);
  rmSync(join(root, path), { recursive: true, force: true });
  for (const file of header.files) {
    const at = join(root, path, file.p);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, bytes.subarray(dataStart + file.o, dataStart + file.o + file.s));
    if (file.m !== undefined) chmodSync(at, file.m);
  }
  const bins = join(root, path.slice(0, path.lastIndexOf('node_modules') + 'node_modules'.length), '.bin');
  for (const [name, target] of Object.entries(bin)) {
    mkdirSync(bins, { recursive: true });
    rmSync(join(bins, name), { force: true });
    symlinkSync(relative(bins, join(root, path, target)), join(bins, name));
  }
  return bytes.length;
}

const platform: Platform = {
  packages: {
    async request(path, options) {
      const response = await fetch(`${origin}${path}`, { ...options, headers: { authorization: 'Bearer dev-test', 'content-type': 'application/json' } });
      return { status: response.status, body: await response.text() };
    },
    async mount(root, mounts) {
      let bytes = 0;
      // Shorter paths first: a package's own folder is made anew before what is nested in it.
      for (const mount of [...mounts].sort((a, b) => a.path.length - b.path.length)) bytes += await materialise(root, mount);
      return { downloaded: mounts.length, cached: 0, bytes };
    },
    async unpack(folder, pack) {
      await materialise(dirname(folder), { path: basename(folder), pack });
    },
  },
};

const [program, ...argv] = process.argv.slice(2);
process.exitCode = await main(program === 'npx' ? 'npx' : 'npm', argv, () => platform);
