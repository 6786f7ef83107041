/** A server whose policy lets every package in (`TERRARIUM_PACKAGES_MODE=open`): the registry decides, and a terminal shows its word. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPlain, serving } from './product/plain-project.ts';
import { startServed, type Served } from './product/served.ts';
import type { ServerProcess } from './product/server.ts';
import { enter, openTerminal, previewShows, screen, terminalShows } from './product/workspace.ts';

let server: ServerProcess;
let served: Served;
let page: Page;
let id: string;
beforeAll(async () => {
  served = await startServed({ TERRARIUM_PACKAGES_MODE: 'open' });
  ({ server, page } = served);
  id = await openPlain(server, page, { 'dev.mjs': serving('<h1>It serves</h1>') });
  await previewShows(page, 'It serves');
});
afterAll(() => served.end());

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
