/**
 * `npm run prebuild-templates [-- name…]`: starts each Vite template in a real container and keeps the dependency cache that its dev server made
 * beside the template (server/packages/prebuilt.ts). To be run after a change of a template's lockfile or configuration.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { lockfileHash, PREBUILT_FILE } from '../server/packages/prebuilt.ts';
import { writePack } from '../shared/pack/format.ts';
import { startEmbedded } from './container/start.ts';
import type { EmbedderTools } from './container/embedder-page.ts';

declare const terrarium: EmbedderTools;

const TEMPLATES = path.resolve(import.meta.dirname, '../templates');
const DEPS = 'node_modules/.vite/deps';

async function filesOf(folder: string): Promise<[string, string][]> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = names.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).filter((name) => !/^(?:node_modules|dist|\.prebuilt)\//.test(name));
  return Promise.all(paths.map(async (name): Promise<[string, string]> => [name, await readFile(path.join(folder, name), 'utf8')]));
}

/** Runs in the embedding page: installs, starts, shows the preview, and reads the cache when it does not change any more. */
async function makeDeps({ files, deps, port }: { files: [string, string][]; deps: string; port: number }): Promise<[string, string][]> {
  const container = await terrarium.boot();
  for (const [name, text] of files) {
    await container.fs.mkdir(name.slice(0, Math.max(0, name.lastIndexOf('/'))) || '.', { recursive: true });
    await container.fs.writeFile(name, text);
  }
  const installed = await terrarium.run(container, 'npm', ['install']);
  if (installed.code !== 0) throw new Error(installed.output);
  await container.fs.rm(deps, { recursive: true, force: true });
  const ready = new Promise<string>((resolve) => void container.on('server-ready', (opened, url) => opened === port && resolve(url)));
  void container.spawn('npm', ['run', 'dev']);
  const frame = document.createElement('iframe');
  frame.allow = 'cross-origin-isolated';
  frame.src = await ready;
  document.body.append(frame);
  const read = async (): Promise<[string, string][]> => {
    const names = await container.fs.readdir(deps).catch(() => []);
    return Promise.all(names.map(async (name): Promise<[string, string]> => [name, await container.fs.readFile(`${deps}/${name}`, 'utf-8')]));
  };
  const STILL_MS = 5000;
  for (let before = '', since = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 250))) {
    const found = await read();
    const now = JSON.stringify(found);
    if (now !== before) since = Date.now();
    before = now;
    if (found.some(([name]) => name === '_metadata.json') && Date.now() - since > STILL_MS) return found;
  }
}

async function prebuild(page: Page, template: string): Promise<number> {
  const folder = path.join(TEMPLATES, template);
  const { port } = JSON.parse(await readFile(path.join(folder, 'terrarium.json'), 'utf8')) as { port: number };
  const files = await filesOf(folder);
  const found = await page.evaluate(makeDeps, { files, deps: DEPS, port });
  const lockfile = await readFile(path.join(folder, 'package-lock.json'), 'utf8');
  const sorted = found.sort(([a], [b]) => (a < b ? -1 : 1));
  const pack = writePack({ v: 1, name: `prebuilt-${template}`, version: '1.0.0', integrity: lockfileHash(lockfile) }, sorted.map(([p, text]) => ({ file: { p }, data: new TextEncoder().encode(text) })));
  const target = path.join(folder, PREBUILT_FILE);
  await mkdir(path.dirname(target), { recursive: true });
  const packed = gzipSync(pack, { level: 9 });
  await writeFile(target, packed);
  return packed.length;
}

async function usesVite(template: string): Promise<boolean> {
  const text = await readFile(path.join(TEMPLATES, template, 'package.json'), 'utf8').catch(() => '{}');
  const { scripts, dependencies, devDependencies } = JSON.parse(text) as Record<'scripts' | 'dependencies' | 'devDependencies', Record<string, string> | undefined>;
  // Without packages in the page nothing is there to optimise.
  return scripts?.['dev']?.startsWith('vite') === true && (Object.keys(dependencies ?? {}).length > 0 || devDependencies?.['svelte'] !== undefined);
}

const wanted = process.argv.slice(2);
const embedded = await startEmbedded();
for (const template of await readdir(TEMPLATES)) {
  if (wanted.length > 0 ? !wanted.includes(template) : !(await usesVite(template))) continue;
  const page = await embedded.open({ label: `prebuild-${template}` });
  process.stdout.write(`${template}: ${await prebuild(page, template)} bytes\n`);
  await page.context().close();
}
await embedded.stop();
process.exit(0);
