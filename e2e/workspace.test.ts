/** The whole product in a real browser: an environment from a template to its rendered page, edits, a second person, the terminal. */
import { chromium, type Browser, type Frame, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

const person = async (): Promise<Page> => product.signIn(await browser.newContext({ viewport: { width: 1440, height: 900 } }));
const heading = (frame: Frame): Promise<string | null | undefined> => frame.evaluate(() => document.querySelector('h1')?.textContent).catch(() => undefined);

/** Puts the cursor before `</h1>` of the open editor. */
async function clickIntoHeading(page: Page): Promise<void> {
  await page.locator('.view-line', { hasText: '<h1>' }).first().click();
  await page.keyboard.press('End');
  for (let step = 0; step < '</h1>'.length; step++) await page.keyboard.press('ArrowLeft');
}

describe('an environment', () => {
  let page: Page;
  let frame: Frame;
  beforeAll(async () => {
    page = await person();
    ({ frame } = await openNew(product, page));
  });

  test('is made from a template and shows its page on an origin of its own', async () => {
    expect(await heading(frame)).toBe('React + TypeScript');
    expect(new URL(frame.url()).origin).not.toBe(new URL(page.url()).origin);
  });

  test('follows what is typed in the editor, and keeps the page’s state', async () => {
    await frame.click('button');
    await clickIntoHeading(page);
    await page.keyboard.insertText(' typed');
    await expect.poll(() => heading(frame), { timeout: 20_000 }).toBe('React + TypeScript typed');
    expect(await frame.evaluate(() => document.body.innerText)).toContain('Count is 1');
  });

  test('is edited by a second person: both editors and both previews follow', async () => {
    const other = await person();
    await other.goto(page.url());
    const preview = (): Frame | undefined => other.frames().find((each) => /--\d+\.preview\./.test(each.url()));
    await expect.poll(async () => (preview() === undefined ? undefined : heading(preview() as Frame)), { timeout: 60_000 }).toBe('React + TypeScript typed');
    await clickIntoHeading(other);
    await other.keyboard.insertText(' twice');
    // The editor draws spaces as no-break spaces.
    await expect.poll(async () => (await page.locator('.view-lines').first().innerText()).replaceAll('\u00a0', ' '), { timeout: 20_000 }).toContain('typed twice');
    await expect.poll(() => heading(frame), { timeout: 20_000 }).toBe('React + TypeScript typed twice');
    await expect.poll(() => heading(preview() as Frame), { timeout: 20_000 }).toBe('React + TypeScript typed twice');
    await other.context().close();
  });

  test('a preview reaches nothing of the page that shows it', async () => {
    const reached = await frame.evaluate(async (app) => {
      const attempt = async (work: () => unknown): Promise<string> => {
        try {
          return `got ${String(await work())}`;
        } catch {
          return 'refused';
        }
      };
      return [
        await attempt(() => window.parent.document.title),
        await attempt(() => window.top?.localStorage.length),
        await attempt(async () => (await fetch(`${app}/api/environments`, { credentials: 'include' })).status),
      ];
    }, product.origin);
    expect(reached).toEqual(['refused', 'refused', 'refused']);
  });
});
