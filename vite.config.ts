/** Bundles the page (`app/`) into `dist/app`. The server serves it; `scripts/build.mjs` calls this. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { transform } from 'esbuild';
import { defineConfig } from 'vite';
import type { Plugin, ProxyOptions } from 'vite';
import { oneTypescriptWorker, typescriptLibs } from './scripts/typescript-libs.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('app'),
  // y-monaco names a file that the editor's `exports` map no longer reaches by that path; it must be the same module instance.
  resolve: { alias: { 'monaco-editor/esm/vs/editor/editor.api.js': here('node_modules/monaco-editor/esm/vs/editor/editor.api.js') } },
  plugins: [oneTypescriptWorker(), react(), asciiOnly(), assetList(), preloadMain()],
  worker: { format: 'es', plugins: () => [typescriptLibs(), asciiOnly()], rolldownOptions: { checks: { pluginTimings: false } } },
  build: {
    outDir: here('dist/app'),
    emptyOutDir: true,
    target: 'es2023',
    manifest: true,
    // The editor and its TypeScript worker are single large chunks by nature, loaded on their own.
    chunkSizeWarningLimit: 8192,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: { index: here('app/index.html'), embed: here('app/embed.html'), 'service-worker': here('app/service-worker/service-worker.ts') },
      output: { entryFileNames: (chunk) => (chunk.name === 'service-worker' ? 'service-worker.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { proxy: proxyTo(process.env['TERRARIUM_DEV_SERVER']) },
});

/** The engine keeps a script with one character beyond Latin-1 at two bytes for each: 14 MB instead of 7 for the TypeScript worker, several times over. */
function asciiOnly(): Plugin {
  return {
    name: 'terrarium:ascii-only',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        for (const chunk of Object.values(bundle)) {
          if (chunk.type !== 'chunk' || !BEYOND_LATIN_1.test(chunk.code)) continue;
          chunk.code = (await transform(chunk.code, { charset: 'ascii', legalComments: 'none', target: 'es2023', minifySyntax: true, minifyWhitespace: true })).code;
        }
      },
    },
  };
}

const BEYOND_LATIN_1 = /[^\u0000-\u00ff]/;

/** Writes `asset-list.json`, the paths of all hashed files, which the page's service worker keeps for offline. */
function assetList(): Plugin {
  return {
    name: 'terrarium:asset-list',
    generateBundle(_options, bundle) {
      const paths = Object.keys(bundle).filter((name) => name.startsWith('assets/') && !name.endsWith('.map'));
      this.emitFile({ type: 'asset', fileName: 'asset-list.json', source: JSON.stringify(paths.map((name) => `/${name}`)) });
    },
  };
}

/** The first script opens the container's frame and then asks for the page's code: the browser fetches both at once. */
function preloadMain(): Plugin {
  return {
    name: 'terrarium:preload-main',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle, filename }) {
        const entry = filename === here('app/embed.html') ? 'app/embed/start.tsx' : 'app/main.tsx';
        const main = Object.values(bundle ?? {}).find((chunk) => chunk.type === 'chunk' && chunk.facadeModuleId === here(entry));
        return main === undefined ? [] : [{ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${main.fileName}` }, injectTo: 'head' as const }];
      },
    },
  };
}

/** For work on the page alone: Vite's own server passes what it does not have to a running Terrarium. */
function proxyTo(target: string | undefined): Record<string, ProxyOptions> {
  if (target === undefined) return {};
  return { '/api': { target, changeOrigin: true }, '/ws': { target, ws: true, changeOrigin: true } };
}
