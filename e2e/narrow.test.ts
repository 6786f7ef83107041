/** A phone: everything is reached by touch, on targets of 40 px, with nothing wider than the screen. */
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { runningProduct } from './product/in-process.ts';
import { screenshot } from './product/workspace.ts';

const running = runningProduct();
const SMALLEST = 40;

let page: Page;
let id: string;
beforeAll(async () => {
  page = await running.person();
  id = await running.product.create('static-html');
});

/** What can be pressed, is seen, and is smaller than that; editor and terminal are text, and a choice counts with its label. */
const tooSmall = (least: number): string[] =>
  [...document.querySelectorAll<HTMLElement>('button, a[href], input, select, [role=tab], [role=treeitem], [role=option]')].flatMap((element) => {
    if (element.closest('.monaco-editor, .xterm, iframe') !== null || !element.checkVisibility({ visibilityProperty: true })) return [];
    const target = element.matches('[type=checkbox], [type=radio]') ? (element.closest('label') ?? element) : element;
    const { width, height, right, left } = target.getBoundingClientRect();
    if (width <= 1 || height <= 1) return [];
    const name = element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 30);
    const size = `${element.tagName.toLowerCase()} “${name}” ${Math.round(width)} × ${Math.round(height)}`;
    const scrolls = target.closest('[role=tablist], .terminal-tabs, .tab-bar, .tool-tabs, .panel-tabs, table') !== null;
    if (!scrolls && (right > innerWidth + 1 || left < -1)) return [`${size} ends at ${Math.round(right)}`];
    return width + 0.5 < least || height + 0.5 < least ? [size] : [];
  });

async function fits(what: string): Promise<void> {
  await screenshot(page, `narrow-${page.viewportSize()?.width ?? 0}-${what}`);
  expect.soft({ what, tooSmall: await page.evaluate(tooSmall, SMALLEST) }).toEqual({ what, tooSmall: [] });
  expect.soft({ what, wide: await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) }).toEqual({ what, wide: 0 });
}

describe.each([360, 480])('at %i px', (width) => {
  test('the manager: list, details, terminated, new environment, import', async () => {
    await page.setViewportSize({ width, height: 740 });
    await page.goto(running.product.origin);
    await page.getByRole('list', { name: 'Environments' }).waitFor();
    await fits('manager');
    await page.locator('.environment-link').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('complementary').waitFor();
    await fits('details');
    await page.getByRole('button', { name: 'New environment' }).first().click();
    await fits('new');
    await page.getByRole('button', { name: 'Import a project instead' }).click();
    await fits('import');
    await page.keyboard.press('Escape');
  });
  test('the workspace: every panel is reached by touch', async () => {
    await page.goto(`${running.product.origin}/e/${id}`);
    await page.getByRole('button', { name: 'Environment menu' }).waitFor();
    const panes = page.getByRole('navigation', { name: 'Panes' });
    await fits('preview');
    for (const tool of ['Console', 'Network', 'Performance']) {
      await page.getByRole('group', { name: 'Tools of the preview' }).getByRole('button', { name: new RegExp(`^${tool}`) }).click();
      await fits(tool);
    }
    await panes.getByRole('button').first().click();
    for (const [side, shows] of [['Search', 'Search'], ['Changes', 'Changes'], ['History', 'History'], ['Agents', 'Agents'], ['Files', 'Files']] as const) {
      await page.getByRole('tablist', { name: 'Side panels' }).getByRole('tab', { name: side }).click();
      await page.locator('.narrow-side .panel').getByRole('heading', { name: shows === 'Files' ? /./ : shows, level: 2 }).first().waitFor();
      await fits(side);
    }
    await panes.getByRole('button', { name: 'Terminal' }).click();
    for (const tab of ['Problems', 'Tests', 'Backend', 'Terminal']) {
      await page.getByRole('tablist', { name: 'Bottom panel' }).getByRole('tab', { name: tab }).click();
      await fits(tab);
    }
    await panes.getByRole('button', { name: 'Editor' }).click();
    await fits('editor');
    await page.getByRole('button', { name: 'Environment menu' }).click();
    await page.getByRole('menu').waitFor();
    await fits('menu');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByRole('dialog').waitFor();
    await fits('share');
    await page.keyboard.press('Escape');
    await panes.getByRole('button', { name: 'Preview' }).click();
  });
});
