/** The tab that runs an environment dies as a browser kills it, without a word: another member, a visitor of its share link and an agent go on. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, newProfile } from './product/browser.ts';
import { openPlain, serving } from './product/plain-project.ts';
import { startServed, type Served } from './product/served.ts';
import { previewShows, saved, screenshot, typeAtTop, until } from './product/workspace.ts';

/** Of J4: an answer within this counts as available, in milliseconds. */
const ANSWER_LIMIT_MS = 10_000;
const REQUESTS = 200;

let served: Served;
let far: Browser;
let other: Page;
let visitor: Page;
let id: string;
let share: string;

beforeAll(async () => {
  [served, far] = await Promise.all([startServed(), launchBrowser()]);
  const { server, page } = served;
  id = await openPlain(server, page, { 'dev.mjs': serving('<h1>Home</h1>') });
  await previewShows(page, 'Home');
  other = await server.signIn(await newProfile(far));
  await other.goto(`${server.origin}/e/${id}`);
  await previewShows(other, 'Home');
  const response = await server.api(`/api/environments/${id}/shares`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  share = ((await response.json()) as { url: string }).url;
  visitor = await (await newProfile(far)).newPage();
  await visitor.goto(share);
  await until(() => visitor.innerText('body'), 'Home', 20_000);
});
afterAll(async () => {
  await far.close();
  await served.end();
});

async function runCommand(command: string): Promise<unknown> {
  const response = await served.server.api(`/api/environments/${id}/tools/command_run`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ command }) });
  return await response.json();
}

async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => undefined);
  await crashed;
}

/** Asks until there is an answer, as a page that tries again does. @returns milliseconds */
async function answered(): Promise<number> {
  const started = performance.now();
  await until(() => visitor.evaluate((url) => fetch(url, { cache: 'no-store' }).then((answer) => String(answer.status)), share), '200', ANSWER_LIMIT_MS * 3);
  return performance.now() - started;
}

test('the host\'s tab crashes: a command that ran fails with a code, another tab takes over, the visitor and the document go on', async () => {
  const { page } = served;
  await page.getByRole('treeitem', { name: 'package.json' }).click();
  await typeAtTop(page, ' ');
  await saved(page);
  const inFlight = runCommand('sleep 60');
  await until(async () => JSON.stringify(await runCommand('ps')), 'sleep', 10_000);
  const times: number[] = [];
  const asking = (async () => {
    for (let asked = 0; asked < REQUESTS; asked++) times.push(await answered());
  })();
  await until(async () => String(times.length > 20), 'true', 20_000);
  await crash(page);
  expect(await inFlight).toMatchObject({ error: { code: 'E-TERRARIUM-1321' } });
  await until(async () => JSON.stringify(await runCommand('echo taken over')), 'taken over', 15_000);
  await asking;
  expect(Math.max(...times)).toBeLessThan(ANSWER_LIMIT_MS);
  // Nobody else is thrown out of anything.
  await previewShows(other, 'Home');
  await visitor.reload();
  await until(() => visitor.innerText('body'), 'Home', 10_000);
  await screenshot(other, 'host-killed-other');
  expect(await served.server.stored(id, 'package.json')).toMatch(/^ \{/);
}, 90_000);
