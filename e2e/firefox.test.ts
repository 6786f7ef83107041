/** The product in Firefox as it is installed, where there is one: what docs/browsers.md says of it. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firefoxPath, launchFirefox } from './product/browser.ts';
import { putFile } from './product/plain-project.ts';
import { startServed, type Served } from './product/served.ts';
import type { ServerProcess } from './product/server.ts';
import { enter, openTerminal, previewFrame, previewShows, saved, screenshot, terminalShows, until } from './product/workspace.ts';

const path = firefoxPath();
if (path === undefined) console.log('Skipped: there is no Firefox here. Install it, or set TERRARIUM_FIREFOX to its path.');

describe.skipIf(path === undefined)('Firefox', () => {
  let server: ServerProcess;
  let served: Served;
  let page: Page;
  let id: string;
  beforeAll(async () => {
    served = await startServed({}, () => launchFirefox(path ?? ''));
    ({ server, page } = served);
    id = await server.create('react-ts');
    await page.goto(`${server.origin}/e/${id}`);
  });
  afterAll(() => served.end());

  /** An edit from outside: the driver's clicks do not always reach an editor that another part of the page had the focus before. */
  async function replace(text: string, by: string): Promise<void> {
    const before = await server.stored(id, 'src/App.tsx');
    expect(before).toContain(text);
    await putFile(server, id, 'src/App.tsx', before.replace(text, by));
  }

  async function typeIntoHeading(at: Page, text: string): Promise<void> {
    await at.locator('.view-line', { hasText: '<h1>' }).first().click();
    await at.keyboard.press('End');
    for (let step = 0; step < '</h1>'.length; step++) await at.keyboard.press('ArrowLeft');
    await at.keyboard.insertText(text);
  }

  test('an environment comes up to its rendered page', async () => {
    await previewShows(page, 'React + TypeScript');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await screenshot(page, 'firefox');
  });

  test('hot reload keeps the page’s state', async () => {
    // The driver's pointer events stay in the process of the page.
    await previewFrame(page)?.evaluate(() => document.querySelector('button')?.click());
    await previewShows(page, 'Count is 1');
    await typeIntoHeading(page, 'Typed');
    await previewShows(page, 'React + TypeScriptTyped');
    await previewShows(page, 'Count is 1');
  });

  test('the terminal runs programs, pipes and Ctrl-C', async () => {
    await openTerminal(page);
    await enter(page, 'node -p "6*7" | cat; npm ls react; echo "exit=$?"');
    await terminalShows(page, /^42[^]*react@[^]*exit=0/m);
    await enter(page, 'sleep 1000');
    await page.keyboard.press('Control+c');
    await enter(page, 'echo "ended $?"');
    await terminalShows(page, /^ended 130/m);
    await screenshot(page, 'firefox-terminal');
  });

  test('a second tab shows the same, and both follow an edit', async () => {
    const other = await page.context().newPage();
    await other.goto(`${server.origin}/e/${id}`);
    await previewShows(other, 'React + TypeScriptTyped');
    await saved(page);
    await replace('Typed<', 'TypedTwice<');
    await previewShows(page, 'TypedTwice');
    await previewShows(other, 'TypedTwice');
    await other.close();
    await page.bringToFront();
  });

  test('the editor’s workers check types', async () => {
    await replace('<h1>', '<h1>{undefinedName}');
    await until(async () => String(await page.locator('.squiggly-error').count()), /[1-9]/, 30_000);
    await replace('{undefinedName}', '');
  });

  test('a reload finds environment and disk again', async () => {
    await openTerminal(page);
    await enter(page, 'mkdir -p /home/project/node_modules/mine && echo kept > node_modules/mine/note && echo written');
    await terminalShows(page, /^written/m);
    await saved(page);
    await page.reload();
    await previewShows(page, 'TypedTwice');
    await openTerminal(page);
    await enter(page, 'cat node_modules/mine/note');
    await terminalShows(page, /^kept/m);
  });
});
