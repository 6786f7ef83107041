/** The product as a person meets it: the real server, the real page, an environment made from the React template. */
import { rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import type { BrowserContext, Frame, Page } from 'playwright-core';
import type { Headless } from '../../server/headless/index.ts';
import type { HostLinks } from '../../server/host-link/links.ts';
import type { Sharing } from '../../server/share/index.ts';
import type { TerrariumConfig } from '../../shared/config/schema.ts';
import { createTerrarium } from '../../server/server.ts';
import { loadSettings } from '../../server/settings.ts';
import { makeDataFolder } from '../product/data-folder.ts';
import { RENDERED } from './rendered.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TOKEN = 'owner-token-of-the-bench';
const quiet = { info: () => undefined, warn: () => undefined, error: (message: string, fields?: object) => console.error(message, fields) };

export interface Product {
  origin: string;
  signInLink: string;
  /** The running containers, as the server reaches them. */
  hosts: HostLinks;
  sharing: Sharing;
  headless: Headless;
  ownerToken: string;
  signIn(context: BrowserContext): Promise<Page>;
  create(template?: string): Promise<string>;
  stop(): Promise<void>;
}

/** `config`: sections that take the place of those of `terrarium.config.yaml`. */
export async function startProduct(config: Partial<TerrariumConfig> = {}): Promise<Product> {
  const data = await makeDataFolder();
  const settings = await loadSettings(ROOT, { PORT: String(await freePort()), TERRARIUM_DATA: data, TERRARIUM_OWNER_TOKEN: TOKEN });
  const terrarium = await createTerrarium({ ...settings, config: { ...settings.config, ...config } }, quiet);
  await terrarium.listen();
  return {
    origin: settings.baseOrigin,
    signInLink: terrarium.signInLink,
    hosts: terrarium.hosts,
    sharing: terrarium.sharing,
    headless: terrarium.headless,
    ownerToken: TOKEN,
    async signIn(context) {
      const page = await context.newPage();
      await page.goto(terrarium.signInLink);
      return page;
    },
    async create(template = 'react-ts') {
      const response = await fetch(`${settings.baseOrigin}/api/environments`, {
        method: 'POST', headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }, body: JSON.stringify({ taskId: 'bench', template }),
      });
      return ((await response.json()) as { environmentId: string }).environmentId;
    },
    async stop() {
      await terrarium.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}

export interface Opened {
  frame: Frame;
  /** Milliseconds from the request that makes the environment to the rendered page. */
  createMs: number;
  /** Milliseconds of each phase that the page shows. */
  phases: Map<string, number>;
}

/** Creates an environment by the API and opens its link, up to the rendered preview. */
export async function openNew(product: Product, page: Page, template?: string, rendered: () => boolean = RENDERED): Promise<Opened> {
  const started = performance.now();
  const id = await product.create(template);
  await page.goto(`${product.origin}/e/${id}`, { waitUntil: 'commit' });
  const frame = await renderedFrame(page, rendered);
  const createMs = performance.now() - started;
  return { frame, createMs, phases: await phasesOf(page) };
}

/** How long a person looks at the templates before pressing Create, in milliseconds: the container boots meanwhile. */
const CHOOSING_MS = 2000;

/** Creates an environment as a person does, in the page's dialog; timed from the press of Create to the rendered preview. */
export async function createInPage(product: Product, page: Page): Promise<Opened> {
  await page.goto(product.origin);
  await page.getByRole('button', { name: 'New environment' }).first().click();
  await page.getByRole('radio', { name: 'React + TypeScript' }).waitFor();
  await page.waitForTimeout(CHOOSING_MS);
  const started = performance.now();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const frame = await renderedFrame(page, RENDERED);
  const createMs = performance.now() - started;
  return { frame, createMs, phases: await phasesOf(page) };
}

/** Asks the frame from inside it: a question over the debugger's connection every few milliseconds would be part of what is measured. */
const ASK_EVERY_MS = 10;

async function renderedFrame(page: Page, rendered: () => boolean): Promise<Frame> {
  const failed = page.locator('[data-phase][data-status="failed"]').waitFor({ timeout: 0 }).then(async () => {
    throw new Error(`The environment did not start: ${(await page.locator('[data-phase]').allTextContents()).join(', ')}`);
  });
  const waited = (async () => {
    for (;;) {
      const frame = page.frames().find((one) => /--\d+\.preview\./.test(one.url()));
      const done = frame?.waitForFunction(rendered, undefined, { polling: ASK_EVERY_MS, timeout: 0 }).then(() => frame, () => undefined);
      const settled = await done;
      if (settled !== undefined) return settled;
      await page.waitForTimeout(ASK_EVERY_MS);
    }
  })();
  return Promise.race([waited, failed]);
}

async function phasesOf(page: Page): Promise<Map<string, number>> {
  const entries = await page.evaluate(() => performance.getEntriesByType('measure').filter(({ name }) => name.startsWith('boot:')).map(({ name, duration }) => [name.slice('boot:'.length), duration] as const));
  return new Map(entries);
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
