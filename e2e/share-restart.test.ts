/** The server ends the hard way and comes back: the tab that runs the environment is its host again by itself, and share links go on. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newProfile } from './product/browser.ts';
import { startServed, type Served } from './product/served.ts';
import { previewShows, until } from './product/workspace.ts';

let served: Served;
beforeAll(async () => (served = await startServed()));
afterAll(() => served?.end());

const curl = async (url: string): Promise<string> => (await promisify(execFile)('curl', ['-sS', '-i', '--max-time', '10', url])).stdout;

async function shared(): Promise<{ id: string; url: string }> {
  const { server, page } = served;
  const id = await server.create('react-ts');
  await page.goto(`${server.origin}/e/${id}`);
  await previewShows(page, /Count is 0/);
  const response = await server.api(`/api/environments/${id}/shares`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  const { url } = (await response.json()) as { url: string };
  await reachable(url);
  return { id, url };
}

const reachable = (url: string) => vi.waitFor(async () => expect(await curl(url)).toMatch(/^HTTP\/1.1 200/), { timeout: 30_000, interval: 250 });
const textOf = (visitor: Page) => () => visitor.evaluate(() => document.body.innerText).catch(() => '');

async function editTitle(id: string, title: string): Promise<void> {
  const { server } = served;
  const app = await (await server.api(`/api/environments/${id}/files/src/App.tsx`)).text();
  await server.api(`/api/environments/${id}/files/src/App.tsx`, { method: 'PUT', body: app.replace(/<h1>.*<\/h1>/, `<h1>${title}</h1>`) });
}

test('[HL2][SH15] a server that is killed and started again finds its host, and a visitor\'s page goes on', async () => {
  const { server, browser } = served;
  const { id, url } = await shared();
  const visitor = await (await newProfile(browser)).newPage();
  const connected = visitor.waitForEvent('console', (message) => message.text().includes('[vite] connected'));
  await visitor.goto(url);
  await until(textOf(visitor), /Count is 0/, 20_000);
  await connected;
  await server.kill();
  await server.start();
  await reachable(url);
  await editTitle(id, 'After the restart');
  // Vite's client has noticed the cut, and loads the page again when there is an answer.
  await until(textOf(visitor), /After the restart/, 30_000);
}, 120_000);

test('[SH18] a visitor\'s page that was still connecting when the server was killed goes on as well', async () => {
  const { server, browser } = served;
  const { id, url } = await shared();
  const visitor = await (await newProfile(browser)).newPage();
  const connecting = visitor.waitForEvent('websocket');
  await visitor.goto(url, { waitUntil: 'commit' });
  await connecting;
  await server.kill();
  await server.start();
  await reachable(url);
  await editTitle(id, 'After the cut');
  await until(textOf(visitor), /After the cut/, 30_000);
}, 120_000);
