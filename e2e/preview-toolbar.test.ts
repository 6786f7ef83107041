/** Sizes of the preview's window and a picture of it, by the keyboard alone (row E2). */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPlain, serving } from './product/plain-project.ts';
import { startServed, type Served } from './product/served.ts';
import { previewFrame, previewShows, screenshot } from './product/workspace.ts';

let served: Served;
let page: Page;
beforeAll(async () => {
  // The browser says yes to a capture of its own tab, as a person would.
  const args = ['--no-sandbox', '--disable-features=MediaRouter', '--auto-accept-this-tab-capture'];
  served = await startServed({}, () => chromium.launch({ executablePath: process.env['TERRARIUM_CHROMIUM'] ?? '/usr/bin/chromium', args }));
  ({ page } = served);
  await openPlain(served.server, page, { 'dev.mjs': serving('<style>body{margin:0;background:rgb(10,200,30)}</style><p>shown</p>') });
  await previewShows(page, 'shown');
});
afterAll(() => served.end());

const inner = () => previewFrame(page)?.evaluate(() => [innerWidth, innerHeight]);
const choice = () => page.getByRole('combobox', { name: 'Size of the preview' });

describe('sizes', () => {
  test('a device is chosen, turned and changed with the keyboard; the page has that many pixels, whatever fits', async () => {
    await choice().focus();
    await choice().selectOption('tablet');
    await expect.poll(inner).toEqual([768, 1024]);
    await screenshot(page, 'toolbar-tablet');
    const box = await page.locator('.preview iframe').boundingBox();
    const pane = await page.locator('.frame-device').boundingBox();
    expect(box?.width).toBeLessThan(pane?.width ?? 0);
    expect(box?.height).toBeLessThan(pane?.height ?? 0);
    await page.getByRole('button', { name: 'Turn the device' }).press('Enter');
    await expect.poll(inner).toEqual([1024, 768]);
    await page.getByRole('spinbutton', { name: 'Width in pixels' }).fill('500');
    await page.keyboard.press('Enter');
    await expect.poll(inner).toEqual([500, 768]);
    await page.getByRole('spinbutton', { name: 'Width in pixels' }).fill('5');
    await page.keyboard.press('Enter');
    await expect.poll(inner).toEqual([200, 768]);
    await choice().selectOption('');
    await expect.poll(async () => (await inner())?.[0]).toBe(Math.round((await page.locator('.preview-body').boundingBox())?.width ?? 0));
  });
});

describe('a picture', () => {
  test('is what the preview shows, and nothing around it', async () => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Take a picture of the preview' }).press('Enter');
    const file = await download;
    expect(file.suggestedFilename()).toBe('preview-home.png');
    const bytes = await readFile(await file.path());
    const size = { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
    const box = await page.locator('.preview iframe').boundingBox();
    expect(Math.abs(size.width - (box?.width ?? 0))).toBeLessThan(4);
    const corners = await page.evaluate(async (base64) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      return [[4, bitmap.height - 4], [bitmap.width - 4, 4]].map(([x = 0, y = 0]) => [...(context?.getImageData(x, y, 1, 1).data ?? [])].slice(0, 3));
    }, bytes.toString('base64'));
    for (const [red = 0, green = 0, blue = 0] of corners) expect(Math.abs(red - 10) + Math.abs(green - 200) + Math.abs(blue - 30)).toBeLessThan(40);
  });
});
