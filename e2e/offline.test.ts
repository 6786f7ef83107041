/** A running environment whose page is loaded again with the server gone: everything comes from the browser's own storage. */
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServed, type Served } from './product/served.ts';
import type { ServerProcess } from './product/server.ts';
import { enter, openTerminal, previewFrame, previewShows, saved, screen, screenshot, terminalShows, until } from './product/workspace.ts';

let server: ServerProcess;
let served: Served;
let page: Page;
let id: string;
beforeAll(async () => {
  served = await startServed();
  ({ server, page } = served);
  id = await server.create('react-ts');
  await page.goto(`${server.origin}/e/${id}`);
  await previewShows(page, 'React + TypeScript');
  await saved(page);
  await everythingKept();
});
afterAll(() => served.end());

/** Each of the origins has what it needs, packs and disk included. */
async function everythingKept(): Promise<void> {
  const missing = async (wanted: string[]): Promise<string> => {
    const found = await Promise.all(wanted.map((url) => caches.match(url)));
    return `missing: ${wanted.filter((_, at) => found[at] === undefined).join(' ')}.`;
  };
  const keeps = (frame: () => Frame | undefined, urls: string[]) => until(async () => (await frame()?.evaluate(missing, urls).catch(String)) ?? 'no frame', 'missing: .', 30_000);
  const frameOf = (part: RegExp) => () => page.frames().find((frame) => part.test(frame.url()));
  await keeps(() => page.mainFrame(), ['/']);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await keeps(frameOf(/\.broker\./), ['/', '/broker.js']);
  await keeps(frameOf(/\/headless/), ['/relay']);
  await keeps(() => previewFrame(page), ['/~terrarium/bootstrap', '/~terrarium/client.js']);
  await openTerminal(page);
  await enter(page, `node -p "'packs=' + new Set(Object.values(JSON.parse(fs.readFileSync('node_modules/.terrarium-install.json')).packages)).size"`);
  await terminalShows(page, /^packs=\d+/m);
  const [, packs = ''] = /^packs=(\d+)/m.exec(await screen(page)) ?? [];
  await until(async () => String(await frameOf(/\/headless/)()?.evaluate(async () => (await (await caches.open('terrarium-packs-1')).keys()).length)), packs, 30_000);
}

describe('a reload with the server gone', () => {
  test('brings page, container, dev server and preview up again', async () => {
    await server.kill();
    await page.reload();
    await page.locator('.view-line').first().waitFor();
    await page.locator('[data-link=reconnecting]').waitFor();
    await previewShows(page, 'React + TypeScript');
    await page.getByRole('heading', { name: 'react-ts' }).waitFor();
    await screenshot(page, 'offline-running');
  });

  test('what is typed is shown at once, and is saved when the server is back', async () => {
    await page.locator('.view-line', { hasText: '<h1>' }).first().click();
    await page.keyboard.press('End');
    for (let step = 0; step < '</h1>'.length; step++) await page.keyboard.press('ArrowLeft');
    await page.keyboard.insertText(' offline');
    await previewShows(page, 'React + TypeScript offline');
    await openTerminal(page);
    await enter(page, 'grep -c offline src/App.tsx');
    await terminalShows(page, /^1\s*$/m);
    await server.start();
    await saved(page);
    expect(await server.stored(id, 'src/App.tsx')).toContain('React + TypeScript offline</h1>');
  });
});
