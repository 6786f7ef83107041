/**
 * Bundles what runs on the untrusted origins and the broker: `dist/host` (kernel, threads, Node's library as a pack), `dist/broker`.
 * Called by scripts/build.mjs.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { planAwaits } from '../shared/module-code/awaits/plan.ts';
import { writePack } from '../shared/pack/format.ts';
import { HOST_PATHS } from '../shared/protocol/preview-channel.ts';
import { ROOT } from './setup/run.mjs';
import { systemImage } from './build-system-image.mjs';

const SHELL = path.join(ROOT, 'preview-shell');
/** The Node release whose library is in vendor/node-lib. */
const NODE_VERSION = '22.23.3';

/** @param {{outDir: string, minify: boolean}} options */
export async function buildPreviewShell({ outDir, minify }) {
  const host = path.join(outDir, 'host');
  await rm(host, { recursive: true, force: true });
  await mkdir(host, { recursive: true });
  const brotli = await writeHashed(host, 'brotli', 'wasm', await readFile(path.join(ROOT, 'node_modules/brotli-wasm/pkg.web/brotli_wasm_bg.wasm')));
  const manifest = {
    kernel: await bundleHashed(host, 'kernel', path.join(SHELL, 'kernel', 'worker.ts'), minify),
    image: await writeHashed(host, 'system-image', 'tpk', await systemImage(minify)),
    library: await writeHashed(host, 'node-library', 'tpk', await libraryPack()),
    thread: await bundleHashed(host, 'thread', path.join(SHELL, 'node', 'worker.ts'), minify, { TERRARIUM_BROTLI_WASM: JSON.stringify(HOST_PATHS.runtime + brotli) }, [path.join(SHELL, 'node', 'platform-crypto.ts')]),
    relay: await buildHostPage(host, 'relay', minify),
    brotli,
    plan: await bundleHashed(host, 'plan', path.join(SHELL, 'node', 'plan-script.ts'), minify),
    transform: await bundleHashed(host, 'transform', path.join(SHELL, 'node', 'transform-script.ts'), minify),
  };
  await buildHostPage(host, 'headless', minify);
  await build({ ...shared(minify), entryPoints: [path.join(SHELL, 'service-worker', 'host-sw.ts')], format: 'iife', outfile: path.join(host, 'host-sw.js') });
  await build({ ...shared(minify), entryPoints: [path.join(SHELL, 'host', 'forget.ts')], format: 'esm', outfile: path.join(host, 'forget.js') });
  await writeFile(path.join(host, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await buildPreview(path.join(outDir, 'preview'), minify);
  await buildBroker(path.join(outDir, 'broker'), minify);
}

/** A page's script carries its hash as well: the server lets `/~runtime/` be cached for ever. @param {string} host @param {string} name @param {boolean} minify @returns {Promise<string>} its script's name */
async function buildHostPage(host, name, minify) {
  const { outputFiles } = await build({ ...shared(minify), entryPoints: [path.join(SHELL, 'host', `${name}.ts`)], format: 'esm', write: false });
  const script = await writeHashed(host, name, 'js', outputFiles[0].contents);
  const html = await readFile(path.join(SHELL, 'host', `${name}.html`), 'utf8');
  await writeFile(path.join(host, `${name}.html`), html.replace(`${name}.js`, script));
  return script;
}

/** What the preview origins serve of ours; their names are part of the protocol. @param {string} folder @param {boolean} minify */
async function buildPreview(folder, minify) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const one = (/** @type {string} */ name, /** @type {'esm' | 'iife'} */ format) =>
    build({ ...shared(minify), entryPoints: [path.join(SHELL, 'preview', `${name}.ts`)], format, outfile: path.join(folder, `${name}.js`) });
  await Promise.all([one('preview-sw', 'iife'), one('client', 'iife'), one('worker-client', 'iife'), one('bootstrap', 'esm')]);
  await copyFile(path.join(SHELL, 'preview', 'bootstrap.html'), path.join(folder, 'bootstrap.html'));
}

/** @param {string} folder @param {boolean} minify */
async function buildBroker(folder, minify) {
  await mkdir(folder, { recursive: true });
  await build({ ...shared(minify), entryPoints: [path.join(ROOT, 'app/broker/broker.ts')], format: 'esm', outfile: path.join(folder, 'broker.js') });
  await build({ ...shared(minify), entryPoints: [path.join(ROOT, 'app/broker/service-worker.ts')], format: 'iife', outfile: path.join(folder, 'service-worker.js') });
  await copyFile(path.join(ROOT, 'app/broker/broker.html'), path.join(folder, 'index.html'));
}

/** @param {boolean} minify @returns {import('esbuild').BuildOptions} */
const shared = (minify) => ({
  // undici's llhttp decodes its WebAssembly with Node's Buffer.
  alias: { 'node:buffer': path.join(SHELL, 'kernel', 'gateway', 'http', 'buffer-for-llhttp.ts') },
  bundle: true, minify, target: 'es2022', platform: 'browser', legalComments: 'none', logLevel: 'warning', keepNames: false,
});

/** A classic script: a program's own `import()` works in it, and it starts sooner than a module. @returns {Promise<string>} its file name */
async function bundleHashed(folder, name, entry, minify, define = {}, inject = []) {
  const { outputFiles } = await build({ ...shared(minify), entryPoints: [entry], format: 'iife', write: false, define, inject });
  return writeHashed(folder, name, 'js', outputFiles[0].contents);
}

/** Names carry the content, so that they can be cached for ever. */
async function writeHashed(folder, name, extension, bytes) {
  const file = `${name}-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.${extension}`;
  await writeFile(path.join(folder, file), bytes);
  return file;
}

async function libraryPack() {
  const root = path.join(SHELL, 'vendor', 'node-lib');
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.js')).map((name) => name.split(path.sep).join('/')).sort();
  const files = await Promise.all(names.map(async (p) => {
    const data = await readFile(path.join(root, p));
    const plan = planAwaits(data.toString('utf8'), 'commonjs');
    return { file: { p }, data: new Uint8Array(data), facts: plan?.length ? new TextEncoder().encode(JSON.stringify(plan)) : undefined };
  }));
  return writePack({ v: 1, name: 'node', version: NODE_VERSION, integrity: '' }, files);
}
