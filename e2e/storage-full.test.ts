/** The browser gives no more storage: the page says so, programs are told, what is typed is saved on the server, and all goes on when there is room. */
import type { BrowserContext, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchWithQuota } from './product/browser.ts';
import { openPlain, serving } from './product/plain-project.ts';
import { createServerProcess, type ServerProcess } from './product/server.ts';
import { editorText, enter, openTerminal, previewShows, saved, screenshot, terminalShows, typeAtTop, until } from './product/workspace.ts';

/** Chromium gives one site three quarters of it. */
const QUOTA = 120 * 1024 * 1024;

let server: ServerProcess;
let context: BrowserContext;
let close: () => Promise<void>;
let page: Page;
let id: string;
beforeAll(async () => {
  server = await createServerProcess();
  [{ context, close }] = await Promise.all([launchWithQuota(QUOTA), server.start()]);
  page = await server.signIn(context);
  id = await openPlain(server, page, { 'dev.mjs': serving('<h1>It serves</h1>') });
  await previewShows(page, 'It serves');
});
afterAll(async () => {
  await close();
  await server.dispose();
});

const notice = () => page.locator('.notice-bar').filter({ hasText: 'E-TERRARIUM-1142' });

/** Takes what storage is left to the origin of a frame. */
async function fill(frame: Frame): Promise<void> {
  await frame.evaluate(async () => {
    const cache = await caches.open('filling');
    for (let bytes = 16 * 1024 * 1024; bytes > 2048;) {
      try {
        await cache.put(`/${crypto.randomUUID()}`, new Response(new Uint8Array(bytes)));
      } catch {
        bytes /= 2;
      }
    }
  });
}

/** Entry by entry: the bytes of a whole cache that is deleted stay taken until no script holds it any more, which is when garbage is collected. */
async function empty(frame: Frame): Promise<void> {
  await frame.evaluate(async () => {
    const cache = await caches.open('filling');
    for (const entry of await cache.keys()) await cache.delete(entry);
  });
}

function hostFrame(): Frame {
  const frame = page.frames().find((one) => one.url().includes('/headless'));
  if (frame === undefined) throw new Error('There is no container host.');
  return frame;
}

describe('storage that is full', () => {
  test('for the container: the page says so, programs get ENOSPC, and with room both go on', async () => {
    await openTerminal(page);
    await fill(hostFrame());
    await enter(page, `node -e "const fs=require('fs');let i=0;setInterval(()=>{try{fs.writeFileSync('/tmp/../home/fill'+i++,Buffer.alloc(300000,i))}catch(e){console.log('refused '+e.code);process.exit(1)}},20)"`);
    await terminalShows(page, /^refused ENOSPC\s*$/m);
    await notice().waitFor();
    expect(await notice().innerText()).toMatch(/no more storage\. Free space/);
    await screenshot(page, 'storage-full');
    await typeAtTop(page, '<!-- typed while full -->');
    await saved(page);
    expect(await server.stored(id, 'index.html')).toContain('<!-- typed while full -->');
    await previewShows(page, 'It serves');
    await empty(hostFrame());
    await notice().waitFor({ state: 'detached', timeout: 30_000 });
    await page.locator('.xterm-screen').last().click();
    await enter(page, 'clear; rm -f ~/fill*; echo again > ~/again.txt; cat ~/again.txt');
    await terminalShows(page, /^again\s*$/m);
  });

  test('for the page: what is typed is saved on the server, the page says that it keeps no copy, and with room it keeps one again', async () => {
    await fill(page.mainFrame());
    await typeAtTop(page, '<!-- ');
    await page.keyboard.insertText(`${'not kept here '.repeat(2000)}-->`);
    await notice().waitFor({ timeout: 30_000 });
    await saved(page);
    expect(await server.stored(id, 'index.html')).toContain('not kept here not kept here -->');
    await empty(page.mainFrame());
    // Chromium gives IndexedDB room again about a minute after it has refused it.
    await notice().waitFor({ state: 'detached', timeout: 100_000 });
    await server.kill();
    await page.reload();
    await until(() => editorText(page), 'not kept here not kept here', 30_000);
  }, 240_000);
});
