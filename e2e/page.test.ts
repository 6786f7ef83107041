/** The page against the real server: environments, files, a second person, what "saved" promises, offline. Needs `dist/app`. */
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTerrarium } from './page/start.ts';
import type { Running } from './page/start.ts';

const browserOptions = { executablePath: process.env['TERRARIUM_CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-features=MediaRouter'] };

describe('the page', () => {
  let browser: Browser;
  let server: Running;
  let owner: Page;
  let guest: Page;

  const newPerson = async () => (await browser.newContext({ viewport: { width: 1400, height: 860 } })).newPage();
  const environmentId = () => owner.url().split('/').at(-1) ?? '';
  const shows = (page: Page, text: string) => page.waitForFunction((wanted) => document.querySelector('.view-lines')?.textContent?.replaceAll('\u00a0', ' ').includes(wanted), text);
  const saved = (page: Page) => page.waitForSelector('[data-saved=saved]');
  const stored = async (path: string) => (await server.api(`/api/environments/${environmentId()}/files/${path}`)).text();

  beforeAll(async () => {
    [browser, server] = await Promise.all([chromium.launch(browserOptions), startTerrarium()]);
    owner = await newPerson();
  });
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  test('without a sign-in asks for one, and refuses a wrong token with its code', async () => {
    await owner.goto(server.origin);
    await owner.getByLabel('Token').fill('certainly-not-the-token');
    await owner.getByRole('button', { name: 'Sign in' }).click();
    await owner.getByText('E-TERRARIUM-1401').waitFor();
  });

  test('creates an environment with the keyboard alone and opens it', async () => {
    await owner.goto(server.signInLink);
    await owner.getByText('No environments yet').waitFor();
    await owner.keyboard.press('c');
    await owner.getByRole('radio', { name: /Plain files/ }).waitFor();
    await owner.keyboard.press('Tab');
    await owner.keyboard.type('Write the letter');
    await owner.keyboard.press('Enter');
    await shows(owner, 'export function App()');
    await saved(owner);
    expect(await owner.title()).toBe('Write the letter · Terrarium');
  });

  test('a second person joins by the link, and both see the same text and each other’s cursor', async () => {
    await owner.getByRole('button', { name: 'Share' }).click();
    await owner.getByRole('button', { name: 'Create a link' }).click();
    const link = await owner.getByLabel('Invitation link').inputValue();
    await owner.keyboard.press('Escape');
    guest = await newPerson();
    await guest.goto(link);
    await shows(guest, 'export function App()');
    await guest.locator('.view-line').first().click();
    await guest.keyboard.press('Home');
    await guest.keyboard.type('// written by the guest\n');
    await shows(owner, '// written by the guest');
    await owner.locator('.remote-caret').first().waitFor();
  });

  test('saved means that it can be read from the server, a deletion as well', async () => {
    await saved(guest);
    expect(await stored('src/App.tsx')).toContain('// written by the guest\n');
    await guest.keyboard.press('Control+Home');
    await guest.keyboard.press('Shift+End');
    await guest.keyboard.press('Delete');
    await saved(guest);
    expect(await stored('src/App.tsx')).not.toContain('written by the guest');
  });

  test('undo takes back one’s own edit and not the other’s', async () => {
    await owner.locator('.view-line').last().click();
    await owner.keyboard.press('Control+End');
    await owner.keyboard.type('// mine');
    await shows(guest, '// mine');
    await guest.keyboard.press('Control+Home');
    await guest.keyboard.type('// theirs\n');
    await shows(owner, '// theirs');
    await guest.keyboard.press('Control+z');
    await owner.waitForFunction(() => document.querySelector('.view-lines')?.textContent?.includes('theirs') === false);
    await shows(owner, '// mine');
  });

  test('files are made, renamed and deleted in the tree by keyboard, for everybody', async () => {
    const tree = owner.getByRole('tree');
    await tree.getByRole('treeitem', { name: 'util.ts' }).focus();
    await owner.keyboard.press('F2');
    await owner.keyboard.type('helper.ts');
    await owner.keyboard.press('Enter');
    await guest.getByRole('treeitem', { name: 'helper.ts' }).waitFor();
    await tree.getByRole('treeitem', { name: 'helper.ts' }).focus();
    await owner.keyboard.press('Delete');
    await guest.getByRole('treeitem', { name: 'helper.ts' }).waitFor({ state: 'detached' });
    await owner.getByRole('button', { name: 'New file' }).click();
    await owner.keyboard.type('../escape.ts');
    await owner.keyboard.press('Enter');
    await owner.getByText('A path cannot contain').waitFor();
  });

  test('quick open and search find a file and a line', async () => {
    await owner.keyboard.press('Control+p');
    await owner.getByRole('combobox', { name: 'File' }).fill('pack');
    await owner.keyboard.press('Enter');
    await shows(owner, '"name": "plain"');
    await owner.keyboard.press('Control+Shift+F');
    await owner.getByRole('textbox', { name: 'Search in files' }).fill('function app');
    await owner.locator('.list-row.match').click();
    await shows(owner, 'export function App()');
  });

  test('a reload with the network cut shows the page and its files, and what is typed then arrives later', async () => {
    // It becomes active only when everything is kept.
    await guest.evaluate(async () => {
      const { serviceWorker } = navigator;
      await serviceWorker.ready;
      if (serviceWorker.controller === null) await new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
    });
    await guest.context().setOffline(true);
    await guest.reload();
    await shows(guest, 'export function App()');
    await guest.locator('[data-link=offline]').waitFor();
    await guest.locator('.view-line').first().click();
    await guest.keyboard.press('Control+Home');
    await guest.keyboard.type('// typed offline\n');
    expect(await stored('src/App.tsx')).not.toContain('typed offline');
    await guest.context().setOffline(false);
    await saved(guest);
    expect(await stored('src/App.tsx')).toContain('// typed offline\n');
    await shows(owner, '// typed offline');
  });

  test('terminating asks first, and tells whoever is still inside', async () => {
    await owner.getByRole('link', { name: 'Back to the environments' }).click();
    await owner.getByRole('button', { name: 'Terminate Write the letter' }).click();
    await owner.getByRole('button', { name: 'Keep it' }).click();
    await owner.getByRole('link', { name: /Write the letter/ }).focus();
    await owner.keyboard.press('Delete');
    await owner.getByRole('button', { name: 'Terminate', exact: true }).click();
    await owner.getByText('No environments yet').waitFor();
    await guest.getByText('There is no such environment').waitFor();
  });
});
