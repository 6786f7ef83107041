/** A server whose policy lets every package in (`TERRARIUM_PACKAGES_MODE=open`): the registry decides, and a terminal shows its word. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, newProfile } from './product/browser.ts';
import { openPlain, serving } from './product/plain-project.ts';
import { createServerProcess, type ServerProcess } from './product/server.ts';
import { enter, openTerminal, previewShows, screen, terminalShows } from './product/workspace.ts';

let server: ServerProcess;
let browser: Browser;
let page: Page;
let id: string;
beforeAll(async () => {
  server = await createServerProcess({ TERRARIUM_PACKAGES_MODE: 'open' });
  [browser] = await Promise.all([launchBrowser(), server.start()]);
  page = await server.signIn(await newProfile(browser));
  id = await openPlain(server, page, { 'dev.mjs': serving('<h1>It serves</h1>') });
  await previewShows(page, 'It serves');
});
afterAll(async () => {
  await browser.close();
  await server.dispose();
});

test('a package that the registry does not have is E-TERRARIUM-2150, and changes nothing', async () => {
  const before = await server.stored(id, 'package.json');
  await openTerminal(page);
  await enter(page, 'clear; npm install no-such-package-of-terrarium; echo "exit=$?"');
  await terminalShows(page, /E-TERRARIUM-2150[^]*^exit=1\s*$/m, 60_000);
  const shown = (await screen(page)).replace(/\s+/g, '');
  expect(shown).toContain('Theregistryhasnopackage"no-such-package-of-terrarium".');
  expect(shown).toContain('Checkthespellingofthename.');
  expect(await server.stored(id, 'package.json')).toBe(before);
});
