/**
 * Builds `dist/` from `app/`, `preview-shell/` and `shared/`: `node scripts/build.mjs [--force] [--no-minify]`.
 * Each part is keyed by the content of all that goes into it, so that an unchanged part costs one walk over its sources.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { contentKey } from './setup/content-key.mjs';
import { ROOT } from './setup/run.mjs';

const DIST = path.join(ROOT, 'dist');

/** @typedef {{name: string, inputs: string[], build: (options: {minify: boolean}) => Promise<boolean>}} Part `build` resolves with false when its sources are not there. */

/** @type {Part[]} */
const PARTS = [
  {
    name: 'preview-shell',
    inputs: ['preview-shell', 'app/broker', 'app/container', 'shared', 'scripts/build.mjs', 'scripts/build-preview-shell.mjs', 'scripts/build-system-image.mjs', 'scripts/build', 'package-lock.json'],
    async build({ minify }) {
      const script = path.join(ROOT, 'scripts', 'build-preview-shell.mjs');
      if (!existsSync(script)) return skipped('preview-shell', 'scripts/build-preview-shell.mjs');
      const { buildPreviewShell } = await import(pathToFileURL(script).href);
      await buildPreviewShell({ outDir: DIST, minify });
      return true;
    },
  },
  {
    name: 'embed',
    inputs: ['embed', 'shared/protocol', 'tsconfig.json', 'scripts/build.mjs', 'scripts/build-embed.mjs', 'package-lock.json'],
    async build({ minify }) {
      const script = path.join(ROOT, 'scripts', 'build-embed.mjs');
      if (!existsSync(script)) return skipped('embed', 'scripts/build-embed.mjs');
      const { buildEmbed } = await import(pathToFileURL(script).href);
      await buildEmbed({ outDir: DIST, minify });
      return true;
    },
  },
  {
    name: 'app',
    inputs: ['app', 'shared', 'vite.config.ts', 'scripts/build.mjs', 'package-lock.json'],
    async build({ minify }) {
      if (!existsSync(path.join(ROOT, 'app', 'index.html'))) return skipped('app', 'app/index.html');
      const vite = await import('vite');
      await vite.build({ configFile: path.join(ROOT, 'vite.config.ts'), logLevel: 'warn', build: { minify } });
      return true;
    },
  },
];

/** @param {string} part @param {string} missing */
function skipped(part, missing) {
  console.warn(`Not built: ${part} (there is no ${missing}).`);
  return false;
}

/**
 * Builds what has changed. Resolves with the names of the parts that were built.
 * @param {{force?: boolean, minify?: boolean}} [options]
 */
export async function build({ force = false, minify = true } = {}) {
  await mkdir(DIST, { recursive: true });
  const built = [];
  for (const part of PARTS) {
    if (await buildPart(part, { force, minify })) built.push(part.name);
  }
  return built;
}

/** @param {Part} part @param {{force: boolean, minify: boolean}} options */
async function buildPart(part, { force, minify }) {
  const keyFile = path.join(DIST, `.${part.name}.key`);
  const key = await contentKey(part.inputs, `minify=${minify}`);
  if (!force && (await readFile(keyFile, 'utf8').catch(() => '')) === key) return false;
  const start = performance.now();
  await rm(keyFile, { force: true });
  if (!(await part.build({ minify }))) return false;
  await writeFile(keyFile, key);
  console.log(`Built ${part.name} in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
  return true;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await build({ force: process.argv.includes('--force'), minify: !process.argv.includes('--no-minify') });
}
