/** A page that loads while a file changes ends at the newest text (preview-shell/preview/SPEC.md, P17; server/share/SPEC.md, SH22). */
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { newProfile } from './product/browser.ts';
import { putFile } from './product/plain-project.ts';
import { startServed, type Served } from './product/served.ts';
import { previewFrame, previewShows, until } from './product/workspace.ts';

const APP = 'src/App.tsx';

/** Vite's client, without which a page has no connection, or the script that starts the page's own comes when it is told to. */
const CONFIG = `import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const waiting = [];
let held = '';
const hold = {
  name: 'hold',
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      if (request.url.startsWith('/hold?')) {
        held = request.url.slice(6);
        response.end(held);
      } else if (request.url === '/release') {
        held = '';
        for (const go of waiting.splice(0)) go();
        response.end();
      } else if (held !== '' && request.url.startsWith(held)) waiting.push(next);
      else next();
    });
  },
};

export default defineConfig({ plugins: [hold, react()] });
`;

let served: Served;
let id: string;
let url: string;
/** A page of the link that shows nothing of the environment's. */
let reader: Page;
let original: string;
beforeAll(async () => {
  served = await startServed();
  const { server, page } = served;
  id = await server.create('react-ts');
  await putFile(server, id, 'vite.config.ts', CONFIG);
  // A module that neither of the others needs, and for which the page waits.
  await putFile(server, id, 'src/slow.ts', 'export {};\n');
  await putFile(server, id, 'src/main.tsx', `import './slow.ts';\n${await server.stored(id, 'src/main.tsx')}`);
  original = await server.stored(id, APP);
  await page.goto(`${server.origin}/e/${id}`);
  await previewShows(page, 'React + TypeScript');
  const response = await server.api(`/api/environments/${id}/shares`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  ({ url } = (await response.json()) as { url: string });
  reader = await (await newProfile(served.browser)).newPage();
  await reader.goto(`${url}~share/state`);
});
afterAll(() => served?.end());

/** Of the dev server, over the link. */
const ask = (path: string): Promise<string> => reader.evaluate(async (at) => (await fetch(at)).text(), path);
const title = (words: string): Promise<void> => putFile(served.server, id, APP, original.replace('React + TypeScript', words));
const got = (page: Page | Frame, path: string) => vi.waitFor(async () => expect(await page.evaluate((name) => performance.getEntriesByType('resource').some((entry) => new URL(entry.name).pathname === name), path)).toBe(true), { timeout: 20_000 });
const textOf = (page: Page) => (): Promise<string> => page.evaluate(() => document.body.innerText).catch(() => '');

/** `load` begins to load a page; it has the text from before when the file changes, and is then let go on. */
async function changeWhileLoading(held: string, words: string, load: () => Promise<() => Page | Frame>): Promise<void> {
  await ask(`/hold?${held}`);
  const page = await load();
  await vi.waitFor(() => got(page(), `/${APP}`), { timeout: 20_000 });
  await title(words);
  await vi.waitFor(async () => expect(await ask(`/${APP}`)).toContain(words), { timeout: 20_000 });
  await ask('/release');
}

test.each([['before it is connected', '/@vite/client'], ['before its modules have run', '/src/slow.ts']])('[SH22] a visitor\'s page shows what changed %s', async (words, held) => {
  const visitor = await (await newProfile(served.browser)).newPage();
  await changeWhileLoading(held, `Visitor, ${words}`, async () => {
    await visitor.goto(url, { waitUntil: 'commit' });
    return () => visitor;
  });
  await until(textOf(visitor), `Visitor, ${words}`, 15_000);
  await visitor.close();
});

test.each([['before it is connected', '/@vite/client'], ['before its modules have run', '/src/slow.ts']])('P17: the preview shows what changed %s', async (words, held) => {
  const { page } = served;
  await changeWhileLoading(held, `Preview, ${words}`, async () => {
    await previewFrame(page)?.evaluate(() => {
      document.documentElement.classList.add('before');
      setTimeout(() => location.reload());
    });
    await vi.waitFor(async () => expect(await previewFrame(page)?.evaluate(() => document.documentElement.classList.contains('before'))).toBe(false), { timeout: 20_000 });
    return () => previewFrame(page) ?? page.mainFrame();
  });
  await previewShows(page, `Preview, ${words}`, 15_000);
});
