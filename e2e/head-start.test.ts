/** What is about to be created starts while a template is chosen (app/workspace/SPEC.md). */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServed, type Served } from './product/served.ts';
import { previewShows } from './product/workspace.ts';

let served: Served;
let page: Page;
beforeAll(async () => {
  served = await startServed();
  page = served.page;
  await page.goto(served.server.origin);
});
afterAll(() => served.end());

const brokers = (): Promise<string[]> => page.locator('iframe[title="Container broker"]').evaluateAll((frames) => frames.map((frame) => new URL((frame as HTMLIFrameElement).src).hostname.split('.')[0] ?? ''));
const openDialog = () => page.getByRole('button', { name: 'New environment' }).first().click();
const choose = (title: string) => page.getByRole('radio', { name: title }).locator('..').click();

/** The draft's dev server listens: nothing is left to do but to look at it. */
const serves = () => expect.poll(() => page.evaluate(() => performance.getEntriesByName('boot:port').length), { timeout: 40_000 }).toBe(1);
const status = (label = '') => page.evaluate(async (id) => (await fetch(`/api/environments/${id}`)).status, label);
const listed = () => page.evaluate(async () => ((await (await fetch('/api/environments')).json()) as { environments: { environmentId: string }[] }).environments.map(({ environmentId }) => environmentId));
const documents = () => page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));

/** What the browser keeps for the container host of a label, in the partition of the app. */
async function kept(label = ''): Promise<{ folders: number; workers: number }> {
  const url = `http://${label}.preview.${new URL(served.server.origin).host}/relay`;
  await page.evaluate((src) => {
    const frame = document.createElement('iframe');
    frame.title = 'looks';
    frame.src = src;
    document.body.append(frame);
  }, url);
  await expect.poll(() => page.frames().some((frame) => frame.url() === url)).toBe(true);
  const frame = page.frames().find((one) => one.url() === url);
  const found = await frame?.evaluate(async () => {
    let folders = 0;
    for await (const _ of (await navigator.storage.getDirectory()).keys()) folders++;
    return { folders, workers: (await navigator.serviceWorker.getRegistrations()).length };
  });
  await page.locator('iframe[title="looks"]').evaluate((element) => element.remove());
  return found ?? { folders: -1, workers: -1 };
}

test('HS1, HS4: a draft starts in the dialog, another template gets another, and a closed dialog leaves nothing', async () => {
  await openDialog();
  await expect.poll(brokers, { timeout: 20_000 }).toHaveLength(1);
  const [first] = await brokers();
  await serves();
  expect(await status(first)).toBe(200);
  expect(await listed()).not.toContain(first);
  await expect.poll(async () => (await kept(first)).folders, { timeout: 10_000 }).toBeGreaterThan(0);
  await choose('Vanilla');
  await expect.poll(async () => (await brokers()).filter((label) => label !== first), { timeout: 20_000 }).toHaveLength(1);
  const [second] = await brokers();
  await expect.poll(() => status(first)).toBe(404);
  await expect.poll(() => kept(first), { timeout: 10_000 }).toEqual({ folders: 0, workers: 0 });
  await page.keyboard.press('Escape');
  await expect.poll(brokers).toEqual([]);
  await expect.poll(() => status(second)).toBe(404);
  await expect.poll(documents).toEqual([]);
  expect(new URL(page.url()).pathname).toBe('/');
});

test('HS2, HS3: the environment is the draft, and its workspace the session that started, with the dev server that runs', async () => {
  await page.reload();
  await openDialog();
  await expect.poll(brokers, { timeout: 20_000 }).toHaveLength(1);
  const [label] = await brokers();
  await serves();
  await page.locator('iframe[title="Container broker"]').evaluate((frame) => frame.setAttribute('data-before', ''));
  await page.getByRole('textbox', { name: 'Task' }).fill('named at last');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(`**/e/${label}`);
  await previewShows(page, 'React + TypeScript');
  expect(await brokers()).toEqual([label]);
  expect(await page.locator('iframe[title="Container broker"][data-before]').count()).toBe(1);
  expect(await listed()).toContain(label);
  await expect.poll(() => page.title()).toContain('named at last');
});

test('HS3: Create is pressed at once', async () => {
  await page.goto(served.server.origin);
  await openDialog();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(/\/e\/[a-z0-9]{16}$/);
  await previewShows(page, 'React + TypeScript');
  expect(await brokers()).toHaveLength(1);
});

test('HS3: a draft that the server has given up costs the head start alone', async () => {
  await page.goto(served.server.origin);
  await openDialog();
  await expect.poll(brokers, { timeout: 20_000 }).toHaveLength(1);
  const [label] = await brokers();
  await served.server.kill();
  await served.server.start();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(/\/e\/[a-z0-9]{16}$/);
  expect(page.url()).not.toContain(label);
  await previewShows(page, 'React + TypeScript');
  expect(await brokers()).toHaveLength(1);
});
