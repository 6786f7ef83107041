/** The browser stops service workers whenever it likes: previews, hot updates and programs go on, and nothing has to be reloaded. */
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServed, type Served } from './product/served.ts';
import type { ServerProcess } from './product/server.ts';
import { enter, openTerminal, previewFrame, previewShows, screenshot, terminalShows, until } from './product/workspace.ts';

let server: ServerProcess;
let served: Served;
let page: Page;
let id: string;
let devtools: CDPSession;
const running = new Map<string, string>();
/** Those that the browser has not said to have stopped since they were told to: they may start again at once, by whatever asks for them. */
const toStop = new Set<string>();
beforeAll(async () => {
  served = await startServed();
  ({ server, page } = served);
  devtools = await page.context().newCDPSession(page);
  devtools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
    for (const { versionId, scriptURL, runningStatus } of versions) {
      running.set(versionId, `${new URL(scriptURL).pathname} ${runningStatus}`);
      if (runningStatus === 'stopped') toStop.delete(versionId);
    }
  });
  await devtools.send('ServiceWorker.enable');
  id = await server.create('react-ts');
  await page.goto(`${server.origin}/e/${id}`);
  await previewShows(page, 'React + TypeScript');
});
afterAll(() => served.end());

/** Resolves when the browser has said of each that ran that it has stopped, and what it knew is gone. */
async function stopAll(): Promise<void> {
  for (const [versionId, worker] of running) if (!worker.endsWith('stopped')) toStop.add(versionId);
  expect(toStop.size).toBeGreaterThan(0);
  await devtools.send('ServiceWorker.stopAllWorkers');
  await until(() => Promise.resolve([...toStop].map((versionId) => running.get(versionId)).join(' ')), /^$/, 10_000);
}

async function edit(from: string, to: string): Promise<void> {
  const text = await server.stored(id, 'src/App.tsx');
  await server.api(`/api/environments/${id}/files/src/App.tsx`, { method: 'PUT', body: text.replace(from, to) });
}

describe('all service workers stopped', () => {
  test('there are some to stop', () => {
    expect([...running.values()].join(' ')).toMatch(/preview-sw\.js/);
    expect([...running.values()].join(' ')).toMatch(/host-sw\.js/);
  });

  test('an edit is still hot, and the page keeps its state', async () => {
    await previewFrame(page)?.click('button');
    await stopAll();
    await edit('React + TypeScript', 'Hot after the stop');
    await previewShows(page, 'Hot after the stop', 30_000);
    await previewShows(page, 'Count is 1');
  });

  test('the preview is reloaded, and its page asks for more', async () => {
    await stopAll();
    await page.getByRole('button', { name: 'Reload preview' }).click();
    await previewShows(page, /Hot after the stop[^]*Count is 0/, 30_000);
    await stopAll();
    expect(await previewFrame(page)?.evaluate(async () => (await fetch('/package.json')).status)).toBe(200);
  });

  test('a program still imports modules, and a new preview port opens', async () => {
    await server.api(`/api/environments/${id}/files/late.mjs`, { method: 'PUT', body: "import { name } from './name.mjs';\nconst { basename } = await import('node:path');\nconsole.log('imported', name, basename('/a/b'));\n" });
    await server.api(`/api/environments/${id}/files/name.mjs`, { method: 'PUT', body: "export const name = 'late';\n" });
    await openTerminal(page);
    await stopAll();
    await enter(page, 'node late.mjs');
    await terminalShows(page, /^imported late b\s*$/m);
    await stopAll();
    await enter(page, `clear; node -e "require('http').createServer((q,s)=>s.setHeader('content-type','text/html').end('<h1>Second port</h1>')).listen(3001)" &`);
    await page.getByRole('combobox', { name: 'Port' }).selectOption('3001');
    await previewShows(page, 'Second port', 30_000);
    await screenshot(page, 'workers-stopped');
  });
});
