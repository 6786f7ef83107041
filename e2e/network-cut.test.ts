/**
 * The network between one member and the server swallows everything for 30 s, while that member and another edit, log and run programs. Nothing is closed:
 * both ends have to notice by themselves. What the member sees meanwhile, and that afterwards nothing is lost or doubled.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, launchOver, newProfile } from './product/browser.ts';
import { networkTo, type Network } from './product/cut.ts';
import { openPlain } from './product/plain-project.ts';
import { createServerProcess, type ServerProcess } from './product/server.ts';
import { editorText, enter, openTerminal, previewFrame, previewShows, saved, screenshot, terminalShows, typeAtTop, until } from './product/workspace.ts';

const CUT_MS = 30_000;
const DEV = `import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>' + readFileSync('notes.txt', 'utf8') + '</h1>')).listen(5173);
`;

let server: ServerProcess;
let network: Network;
let browsers: Browser[];
let cutOff: Page;
let other: Page;
let id: string;

beforeAll(async () => {
  server = await createServerProcess();
  await server.start();
  const { port } = new URL(server.origin);
  network = await networkTo(Number(port));
  browsers = await Promise.all([launchOver(port, network.port), launchBrowser()]);
  const [near, far] = await Promise.all(browsers.map((browser) => newProfile(browser)));
  if (near === undefined || far === undefined) throw new Error('Two browsers were started.');
  cutOff = await server.signIn(near);
  id = await openPlain(server, cutOff, { 'dev.mjs': DEV, 'notes.txt': 'start\n' });
  await previewShows(cutOff, 'start');
  other = await server.signIn(far);
  await other.goto(`${server.origin}/e/${id}`);
  await previewShows(other, 'start');
  for (const page of [cutOff, other]) {
    await page.getByRole('treeitem', { name: 'notes.txt' }).click();
    await until(() => editorText(page), /start/, 10_000);
    await page.getByRole('group', { name: 'Tools of the preview' }).getByRole('button', { name: /^Console/ }).click();
  }
});
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await network.close();
  await server.dispose();
});

const log = (page: Page, from: number, to: number, name: string) => previewFrame(page)?.evaluate(`for (let n = ${from}; n <= ${to}; n++) console.log('${name}' + n + '.')`);
const counted = async (page: Page, name: string): Promise<string[]> => (await page.locator('.console-row').allInnerTexts()).flatMap((text) => new RegExp(`\\b${name}\\d+\\.`).exec(text)?.[0] ?? []);
const numbers = (name: string, to: number) => Array.from({ length: to }, (_, at) => `${name}${at + 1}.`);

/** What an agent gets that runs a command. */
async function runCommand(command: string): Promise<{ exitCode?: number; output?: string; error?: { code: string } }> {
  const response = await server.api(`/api/environments/${id}/tools/command_run`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ command }) });
  return (await response.json()) as { exitCode?: number; output?: string; error?: { code: string } };
}

test('a member whose network swallows everything for 30 s sees it, works on, and loses nothing', async () => {
  const started = Date.now();
  expect(await runCommand('echo before')).toMatchObject({ exitCode: 0, output: 'before\n' });
  const inFlight = runCommand('sleep 60; echo late');
  await log(cutOff, 1, 5, 'near');
  network.cut();

  // Both go on editing, logging and running.
  await typeAtTop(cutOff, 'from the near one\n');
  await typeAtTop(other, 'from the far one\n');
  await log(cutOff, 6, 10, 'near');
  await log(other, 1, 5, 'far');
  await openTerminal(cutOff);
  await enter(cutOff, 'grep -c near notes.txt');
  await terminalShows(cutOff, /^1$/m);
  await cutOff.getByRole('button', { name: 'Reload preview' }).click();
  await previewShows(cutOff, 'from the near one', 10_000);
  // The one who is cut off is told, long before TCP would.
  await cutOff.locator('[data-link=reconnecting]').waitFor({ timeout: 20_000 });
  await cutOff.getByText('E-TERRARIUM-1305').waitFor({ timeout: 10_000 });
  await screenshot(cutOff, 'cut-near');
  // The server has noticed as well: another member's page answers for the environment, and what was asked of the first has failed.
  expect(await inFlight).toMatchObject({ error: { code: 'E-TERRARIUM-1321' } });
  await until(async () => JSON.stringify(await runCommand('cat notes.txt')), /from the far one/, 10_000);
  await screenshot(other, 'cut-far');
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, started + CUT_MS - Date.now())));

  network.heal();
  await cutOff.locator('[data-link=connected]').waitFor({ timeout: 30_000 });
  await Promise.all([saved(cutOff), saved(other)]);
  const merged = /^(?:from the near one\nfrom the far one|from the far one\nfrom the near one)\nstart\n$/;
  await until(() => server.stored(id, 'notes.txt'), merged, 10_000);
  for (const page of [cutOff, other]) {
    // The editor's elements do not stand in the order of its lines.
    await until(async () => (await editorText(page)).trim().split('\n').toSorted().join('|'), /^from the far one\|from the near one\|start$/, 10_000);
    await until(() => counted(page, 'near').then(String), String(numbers('near', 10)), 20_000);
    await until(() => counted(page, 'far').then(String), String(numbers('far', 5)), 20_000);
  }
  await cutOff.getByText('E-TERRARIUM-1305').waitFor({ state: 'detached' });
  await cutOff.locator('.xterm-screen').last().click();
  await enter(cutOff, 'wc -l < notes.txt');
  await terminalShows(cutOff, /^3$/m);
  expect(await runCommand('grep -c from notes.txt')).toMatchObject({ exitCode: 0, output: '2\n' });
  await screenshot(cutOff, 'cut-healed');
  // Its page, which was the host, is there to be host again.
  await other.close();
  await until(async () => JSON.stringify(await runCommand('echo again')), /again/, 40_000);
}, 120_000);
