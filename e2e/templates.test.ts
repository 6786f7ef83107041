/** Each template, from its creation to its rendered page: real packages, its own dev server or Node program. */
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openNew, startProduct, type Product } from './bench/product.ts';

let product: Product;
let browser: Browser;
beforeAll(async () => {
  product = await startProduct();
  browser = await chromium.launch({ executablePath: process.env['TERRARIUM_CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-features=MediaRouter'] });
});
afterAll(async () => {
  await browser.close();
  await product.stop();
});

/** Runs in the preview. */
const hasHeading = (): boolean => (document.querySelector('h1')?.textContent ?? '') !== '' && document.querySelector('main[role="status"]') === null;

test.each([
  ['vue-ts', 'Vue + TypeScript'], ['svelte-ts', 'Svelte + TypeScript'], ['vanilla-ts', 'Vanilla TypeScript'], ['static-html', 'Static HTML'], ['node-hono', 'Hono on Node'], ['node-express', 'Express on Node'],
  ['vitest', 'Vitest'],
])('%s', async (template, heading) => {
  const page = await product.signIn(await browser.newContext({ viewport: { width: 1440, height: 900 } }));
  const { frame } = await openNew(product, page, template, hasHeading);
  expect(await frame.evaluate(() => document.querySelector('h1')?.textContent)).toBe(heading);
  if (template === 'vitest') {
    await page.getByRole('button', { name: /new terminal/i }).first().click();
    const screen = async (): Promise<string> => (await page.locator('.xterm-rows').last().innerText()).replaceAll('\u00a0', ' ');
    await expect.poll(screen, { timeout: 20_000 }).toContain('$');
    await page.keyboard.type('npm test; echo "exit=$?"');
    await page.keyboard.press('Enter');
    await expect.poll(screen, { timeout: 60_000 }).toMatch(/3 passed[^]*exit=0/);
  }
  await page.context().close();
});
