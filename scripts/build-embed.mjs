/** Bundles `embed/` into `dist/embed`, a package that can be published as it is. Called by scripts/build.mjs. */
import { copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { ROOT, run } from './setup/run.mjs';

const EMBED = path.join(ROOT, 'embed');

/** @param {{outDir: string, minify: boolean}} options */
export async function buildEmbed({ outDir, minify }) {
  const folder = path.join(outDir, 'embed');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  /** @param {string} entry @param {string} name */
  const bundle = (entry, name) => build({ entryPoints: [path.join(EMBED, entry)], outfile: path.join(folder, name), bundle: true, minify, format: 'esm', target: 'es2022', jsx: 'automatic', external: ['react', 'react/jsx-runtime'], legalComments: 'none', logLevel: 'warning' });
  await Promise.all([bundle('element.ts', 'element.js'), bundle('react.tsx', 'react.js'), copyFile(path.join(EMBED, 'package.json'), path.join(folder, 'package.json'))]);
  const code = await run(process.execPath, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', EMBED, '--outDir', path.join(folder, 'types')], {});
  if (code !== 0) throw new Error(`The declarations of the embed could not be made (exit code ${code}).`);
}
