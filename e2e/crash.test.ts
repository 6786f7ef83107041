/** The server ends the hard way while somebody types: what "Saved" has promised is kept, what was typed meanwhile arrives. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { launchMortal, newProfile } from './product/browser.ts';
import { createServerProcess, type ServerProcess } from './product/server.ts';
import { editorText, previewShows, saved, screenshot, typeAtTop } from './product/workspace.ts';

let server: ServerProcess;
let id: string;
let page: Page;
let browser: Browser;
let killBrowser: () => Promise<void>;
beforeAll(async () => {
  server = await createServerProcess();
  await server.start();
});
afterAll(() => server.dispose());

beforeEach(async () => {
  const mortal = await launchMortal();
  browser = mortal.browser;
  killBrowser = () => mortal.server.kill();
  page = await server.signIn(await newProfile(browser));
  id = await server.create('static-html');
  await page.goto(`${server.origin}/e/${id}`);
  await page.locator('.view-line').first().waitFor();
  await saved(page);
});
afterEach(() => killBrowser());

const words = (from: number, count: number): string => Array.from({ length: count }, (_, at) => `<!--${from + at}-->`).join('');

/** Tells, each time that the page says "Saved", what the editor's first line shows at that moment: no more than the document has. */
async function recordSaved(): Promise<string[]> {
  const seen: string[] = [];
  await page.exposeFunction('sawSaved', (line: string) => void seen.push(line));
  await page.evaluate(() => {
    const watch = () => {
      if (document.querySelector('[data-saved=saved]') !== null) {
        (globalThis as unknown as { sawSaved(line: string): void }).sawSaved(document.querySelector('.view-line')?.textContent ?? '');
      }
      requestAnimationFrame(watch);
    };
    watch();
  });
  return seen;
}

describe('a server that is killed with -9 under typing', () => {
  test('and the browser with it: everything that was "Saved" is there', async () => {
    const seen = await recordSaved();
    await typeAtTop(page, words(0, 10), { delay: 5 });
    for (let next = 10; next <= 60; next += 10) {
      await expect.poll(() => seen.at(-1), { timeout: 30_000 }).toContain(words(next - 1, 1));
      if (next < 60) await page.keyboard.type(words(next, 10), { delay: 5 });
    }
    const typing = page.keyboard.type(words(60, 200), { delay: 5 }).catch(() => {});
    await expect.poll(() => editorText(page), { timeout: 30_000 }).toContain(words(65, 1));
    await Promise.all([server.kill(), killBrowser()]);
    await typing;
    await server.start();
    const [first] = (await server.stored(id, 'index.html')).split('\n');
    const promised = seen.at(-1) ?? '';
    expect(promised).toContain(words(0, 60));
    expect(first?.startsWith(promised.split('-->').slice(0, -1).join('-->'))).toBe(true);
  });

  test('with the page left open: it connects again by itself, and what was typed meanwhile is saved once', async () => {
    const typing = typeAtTop(page, words(0, 60), { delay: 5 });
    typing.catch(() => {});
    await expect.poll(() => editorText(page), { timeout: 20_000 }).toContain('<!--5-->');
    await server.kill();
    await typing;
    await page.waitForSelector('[data-link=reconnecting]', { state: 'attached' });
    await page.keyboard.type(words(60, 5));
    await page.getByRole('status').filter({ hasText: 'Reconnecting' }).waitFor();
    const notice = page.getByRole('status').filter({ hasText: 'E-TERRARIUM-1305' });
    await notice.waitFor({ timeout: 30_000 });
    expect(await notice.innerText()).toContain('Go on working');
    await screenshot(page, 'server-killed');
    await server.start();
    await saved(page);
    await notice.waitFor({ state: 'detached' });
    const [first] = (await server.stored(id, 'index.html')).split('\n');
    expect(first?.startsWith(words(0, 65))).toBe(true);
    // An install that failed for want of the server is made up for as well. A page that was being loaded when the last letters came may show a torn comment.
    await vi.waitFor(async () => {
      await page.getByRole('button', { name: 'Reload preview' }).click();
      await previewShows(page, 'Count is 0', 10_000);
    }, { timeout: 60_000 });
    await screenshot(page, 'server-back');
  });
});
