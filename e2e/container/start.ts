/** The real server, and on another origin a page that embeds its container host through the unmodified client library. */
import { rm } from 'node:fs/promises';
import http from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { makeDataFolder } from '../product/data-folder.ts';
import { createLogger } from '../../server/logger.ts';
import { createTerrarium } from '../../server/server.ts';
import { loadSettings } from '../../server/settings.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const LABEL = 'embedded';

export interface Embedded {
  browser: Browser;
  /** Opens the embedding page in a fresh profile, or in that of `page`. */
  open(options?: { coep?: 'require-corp' | 'credentialless'; label?: string }): Promise<Page>;
  /** Origin of the app. */
  origin: string;
  stop(): Promise<void>;
}

export async function startEmbedded(): Promise<Embedded> {
  const data = await makeDataFolder();
  const { outputFiles } = await build({ entryPoints: [path.join(import.meta.dirname, 'embedder-page.ts')], bundle: true, format: 'esm', write: false, logLevel: 'silent' });
  const script = outputFiles[0]?.text ?? '';
  const embedder = http.createServer((request, response) => {
    if (request.url === '/page.js') return void response.writeHead(200, { 'content-type': 'text/javascript', 'cross-origin-resource-policy': 'cross-origin' }).end(script);
    const isolated = request.url?.includes('coep=') === true;
    const headers = isolated ? { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': request.url?.includes('require-corp') === true ? 'require-corp' : 'credentialless' } : {};
    response.writeHead(200, { 'content-type': 'text/html', ...headers }).end('<!doctype html><body><script type="module" src="/page.js"></script></body>');
  });
  await new Promise<void>((resolve) => embedder.listen(0, '127.0.0.1', resolve));
  const embedderOrigin = `http://127.0.0.1:${(embedder.address() as AddressInfo).port}`;
  const settings = await loadSettings(ROOT, { PORT: String(await freePort()), TERRARIUM_DATA: data, TERRARIUM_EMBED_ORIGINS: embedderOrigin });
  const terrarium = await createTerrarium(settings, createLogger());
  await terrarium.listen();
  const browser = await chromium.launch({ executablePath: process.env['TERRARIUM_CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-features=MediaRouter'] });
  const { host: base } = new URL(settings.baseOrigin);
  return {
    browser,
    origin: settings.baseOrigin,
    async open({ coep, label = LABEL } = {}) {
      const page = await (await browser.newContext()).newPage();
      const query = new URLSearchParams({ host: `http://${label}.preview.${base}`, ...(coep === undefined ? {} : { coep }) });
      await page.goto(`${embedderOrigin}/?${query}`);
      await page.waitForFunction(() => document.title === 'ready');
      return page;
    },
    async stop() {
      await browser.close();
      embedder.close();
      await terrarium.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
