/** A container host that does not come: the page says which of the causes it is, and starts by itself or on demand when it can. */
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, afterAll, describe, expect, test } from 'vitest';
import { launchBrowser, newProfile } from './product/browser.ts';
import { BOOT_STAGE_LIMIT } from '../shared/protocol/broker.ts';
import { screenshot } from './product/workspace.ts';
import { OWNER_TOKEN, startTerrarium, type Running } from './page/start.ts';

let browser: Browser;
let server: Running | undefined;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(() => server?.stop());

async function openOn(running: Running): Promise<Page> {
  server = running;
  const page = await (await newProfile(browser)).newPage();
  await page.goto(running.signInLink);
  const made = await fetch(`${running.origin}/api/environments`, { method: 'POST', headers: { authorization: `Bearer ${OWNER_TOKEN}`, 'content-type': 'application/json' }, body: '{"taskId":"t","template":"plain"}' });
  await page.goto(`${running.origin}/e/${((await made.json()) as { environmentId: string }).environmentId}`);
  return page;
}

const failure = (page: Page) => page.locator('.boot-failure');

describe('a container host', () => {
  test('that the server cannot serve: the server is named, not the browser', async () => {
    const page = await openOn(await startTerrarium({ without: ['host'] }));
    await failure(page).getByText('E-TERRARIUM-2106').waitFor({ timeout: 30_000 });
    expect(await failure(page).innerText()).toMatch(/with an error \(503\)\. Start again in a moment/);
    await screenshot(page, 'host-503');
  });

  test('that something before the server answers for', async () => {
    const running = await startTerrarium();
    const page = await openOn(running);
    await page.context().route(/\/headless/, (route) => route.fulfill({ status: 502, body: 'Bad gateway' }));
    await page.reload();
    await failure(page).getByText('E-TERRARIUM-2106').waitFor({ timeout: 30_000 });
    await page.context().unroute(/\/headless/);
    await page.getByRole('button', { name: 'Start again' }).click();
    await page.locator('[data-phase=container][data-status=done]').waitFor({ timeout: 30_000 });
  });

  test('whose name does not resolve, or is blocked', async () => {
    const running = await startTerrarium();
    const page = await openOn(running);
    await page.context().route(/\.preview\.localhost/, (route) => route.abort('blockedbyclient'));
    await page.reload();
    await page.locator('iframe[title="Container broker"]').waitFor({ state: 'attached' });
    const asked = performance.now();
    await failure(page).getByText('E-TERRARIUM-2103').waitFor({ timeout: 60_000 });
    // Far below the time that a slow host is given.
    expect(performance.now() - asked).toBeLessThan(BOOT_STAGE_LIMIT / 4);
    expect(await failure(page).innerText()).toContain('no extension blocks them');
  });
});
