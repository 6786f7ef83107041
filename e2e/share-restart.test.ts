/** The server ends the hard way and comes back: the tab that runs the environment is its host again by itself, and share links go on. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newProfile } from './product/browser.ts';
import { startServed, type Served } from './product/served.ts';
import { previewShows, until } from './product/workspace.ts';

let served: Served;
beforeAll(async () => (served = await startServed()));
afterAll(() => served?.end());

const curl = async (url: string): Promise<string> => (await promisify(execFile)('curl', ['-sS', '-i', '--max-time', '10', url])).stdout;

test('[HL2][SH15] a server that is killed and started again finds its host, and a visitor\'s page goes on', async () => {
  const { server, page, browser } = served;
  const id = await server.create('react-ts');
  await page.goto(`${server.origin}/e/${id}`);
  await previewShows(page, /Count is 0/);
  const response = await server.api(`/api/environments/${id}/shares`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  const { url } = (await response.json()) as { url: string };
  const visitor = await (await newProfile(browser)).newPage();
  await vi.waitFor(async () => expect(await curl(url)).toMatch(/^HTTP\/1.1 200/), { timeout: 20_000 });
  await visitor.goto(url);
  const text = () => visitor.evaluate(() => document.body.innerText).catch(() => '');
  await until(text, /Count is 0/, 20_000);
  await server.kill();
  await server.start();
  await vi.waitFor(async () => expect(await curl(url)).toMatch(/^HTTP\/1.1 200/), { timeout: 30_000, interval: 250 });
  const app = await (await server.api(`/api/environments/${id}/files/src/App.tsx`)).text();
  await server.api(`/api/environments/${id}/files/src/App.tsx`, { method: 'PUT', body: app.replace('React + TypeScript', 'After the restart') });
  // Vite's client has noticed the cut, and loads the page again when there is an answer.
  await until(text, /After the restart/, 30_000);
}, 120_000);
