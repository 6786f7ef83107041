/** Each template, from its creation to its rendered page: real packages, its own dev server or Node program. */
import { expect, test } from 'vitest';
import { openNew } from './bench/product.ts';
import { runningProduct } from './product/in-process.ts';

const running = runningProduct();

/** Runs in the preview. */
const hasHeading = (): boolean => (document.querySelector('h1')?.textContent ?? '') !== '' && document.querySelector('main[role="status"]') === null;

test.each([
  ['vue-ts', 'Vue + TypeScript'], ['svelte-ts', 'Svelte + TypeScript'], ['vanilla-ts', 'Vanilla TypeScript'], ['static-html', 'Static HTML'], ['node-hono', 'Hono on Node'], ['node-express', 'Express on Node'],
  ['vitest', 'Vitest'],
])('%s', async (template, heading) => {
  const page = await running.person();
  const { frame } = await openNew(running.product, page, template, hasHeading);
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
