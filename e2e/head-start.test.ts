/** The container boots while a template is chosen (app/container/SPEC.md, H1-H3). */
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

/** The host is framed by then, not only the broker. */
const hostIsUp = () => expect.poll(() => page.frames().some((frame) => /^[a-z0-9]{16}\.preview\./.test(new URL(frame.url() || 'about:blank').host)), { timeout: 20_000 }).toBe(true);

test('H2, H3: a container boots in the dialog, another template gets another, and a closed dialog has none', async () => {
  await openDialog();
  await expect.poll(brokers, { timeout: 20_000 }).toHaveLength(1);
  const [first] = await brokers();
  await hostIsUp();
  await choose('Vanilla');
  await expect.poll(async () => (await brokers()).filter((label) => label !== first), { timeout: 20_000 }).toHaveLength(1);
  expect(await brokers()).toHaveLength(1);
  await page.keyboard.press('Escape');
  await expect.poll(brokers).toEqual([]);
  expect(new URL(page.url()).pathname).toBe('/');
});

test('H1, H3: the environment has the id that was reserved, and its workspace the container that was booted', async () => {
  await openDialog();
  await expect.poll(brokers, { timeout: 20_000 }).toHaveLength(1);
  await hostIsUp();
  const [label] = await brokers();
  await page.locator('iframe[title="Container broker"]').evaluate((frame) => frame.setAttribute('data-before', ''));
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(`**/e/${label}`);
  await previewShows(page, 'React + TypeScript');
  expect(await brokers()).toEqual([label]);
  expect(await page.locator('iframe[title="Container broker"][data-before]').count()).toBe(1);
});

test('H3: a reservation that the server has given up costs the head start alone', async () => {
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
