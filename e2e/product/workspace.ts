/** What the tests do and see in an open workspace: editor, terminal, preview, saved state. */
import { expect, vi } from 'vitest';
import type { Page } from 'playwright-core';
import { previewText } from './preview-frame.ts';

export { previewFrame, previewText } from './preview-frame.ts';

/** Editors and terminals draw spaces as no-break spaces. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

/** Waits until `read` gives what matches; in hooks as well, where `expect.poll` is not to be had. */
export const until = (read: () => Promise<string>, text: string | RegExp, timeout: number) => vi.waitFor(async () => expect(await read()).toMatch(text), { timeout, interval: 50 });

export const editorText = async (page: Page): Promise<string> => plain(await page.locator('.view-lines').first().innerText());

export async function typeAtTop(page: Page, text: string, options: { delay?: number } = {}): Promise<void> {
  await page.locator('.view-line').first().click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type(text, options);
}

export const saved = (page: Page) => page.waitForSelector('[data-saved=saved]', { state: 'attached' });

export const previewShows = (page: Page, text: string | RegExp, timeout = 60_000) => until(() => previewText(page), text, timeout);

export const screen = async (page: Page): Promise<string> => plain(await page.locator('.xterm-rows').last().innerText());
export const terminalShows = (page: Page, text: string | RegExp, timeout = 30_000) => until(() => screen(page), text, timeout);

export async function openTerminal(page: Page): Promise<void> {
  await page.getByRole('button', { name: /new terminal/i }).first().click();
  await terminalShows(page, /\$ $|\$\s*$/m);
}

export async function enter(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

/** For a person to look at, in the folder that `TERRARIUM_SCREENSHOTS` names. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['TERRARIUM_SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
}
