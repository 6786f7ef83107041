/** A phone on a poor network: 400 kbit/s, 400 ms there and back, a processor of a quarter of the speed. It sees at all times how far it is, and gets there. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchOver, newProfile } from './product/browser.ts';
import { networkTo, type Network } from './product/cut.ts';
import { putFile, serving } from './product/plain-project.ts';
import { createServerProcess, type ServerProcess } from './product/server.ts';
import { previewText, screenshot } from './product/workspace.ts';

const SLOW = { bytesPerSecond: 50_000, latencyMs: 400 };
const FAST = { bytesPerSecond: 100_000_000, latencyMs: 0 };
const TOKEN = 'owner-token-of-the-product-tests';
const slowness = { ...SLOW };

let server: ServerProcess;
let network: Network;
let browser: Browser;
let page: Page;
let id: string;
beforeAll(async () => {
  server = await createServerProcess();
  await server.start();
  const { port } = new URL(server.origin);
  network = await networkTo(Number(port), slowness);
  browser = await launchOver(port, network.port);
  page = await (await newProfile(browser)).newPage();
  await page.setViewportSize({ width: 360, height: 740 });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  id = await server.create('static-html');
  await server.api(`/api/environments/${id}/files/package-lock.json`, { method: 'DELETE' });
  await putFile(server, id, 'package.json', '{ "scripts": { "dev": "node dev.mjs" } }');
  await putFile(server, id, 'dev.mjs', serving('<h1>Got there</h1>'));
});
afterAll(async () => {
  await browser?.close();
  await network?.close();
  await server?.dispose();
});

interface Seen {
  atMs: number;
  /** What says that something is going on. */
  status: string;
  /** The phases of the start that have ended. */
  done: number;
  title: number;
}

const look = (): Omit<Seen, 'atMs'> => ({
  status: [...document.querySelectorAll('[role=status], [role=progressbar], .boot')].map((element) => element.textContent).join(' ').trim(),
  done: document.querySelectorAll('.phase.done').length,
  title: document.querySelector('.top-bar h1')?.getBoundingClientRect().width ?? 0,
});

/** Opens the environment. @returns what the page showed until the preview was there */
async function opened(name: string): Promise<Seen[]> {
  const seen: Seen[] = [];
  const began = performance.now();
  await page.goto(`${server.origin}/e/${id}`, { waitUntil: 'commit', timeout: 30_000 });
  while (performance.now() - began < 60_000) {
    const at = await page.evaluate(look).catch(() => undefined);
    if (at !== undefined) seen.push({ atMs: performance.now() - began, ...at });
    if ((await previewText(page)).includes('Got there')) return seen;
    if (seen.length % 8 === 1) await screenshot(page, `slow-${name}-${seen.length}`);
    await page.waitForTimeout(500);
  }
  throw new Error(`After a minute it shows ${JSON.stringify(seen.at(-1))}`);
}

/** From the first word on there is always one; the name of the task can be read meanwhile. */
function alwaysTold(seen: readonly Seen[], withinMs: number): void {
  const first = seen.findIndex(({ status }) => status !== '');
  expect(seen[first]?.atMs).toBeLessThan(withinMs);
  expect(seen.slice(first).filter(({ status }) => status === '')).toEqual([]);
  expect(Math.min(...seen.map(({ title }) => title).filter((width) => width > 0))).toBeGreaterThan(50);
}

test('a browser that has nothing of it is told at once that something comes', async () => {
  await page.goto(`${server.origin}/login?token=${TOKEN}`, { waitUntil: 'commit', timeout: 30_000 });
  await page.getByText('Loading Terrarium…').waitFor({ timeout: 5000 });
  await screenshot(page, 'slow-nothing');
});

test('a browser that has been here gets to the preview, and sees how far it is', async () => {
  Object.assign(slowness, FAST);
  await opened('fast');
  await page.waitForLoadState('networkidle');
  Object.assign(slowness, SLOW);
  const seen = await opened('slow');
  alwaysTold(seen, 10_000);
  expect(Math.max(...seen.map(({ done }) => done))).toBeGreaterThan(2);
  expect(seen.at(-1)?.atMs).toBeLessThan(40_000);
  await page.setViewportSize({ width: 1440, height: 900 });
  alwaysTold(await opened('wide'), 10_000);
}, 150_000);
