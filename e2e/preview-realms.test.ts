/** What frames inside of a page and its workers log and request is shown with where it happened (preview-shell/preview/SPEC.md, P15). */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPlain } from './product/plain-project.ts';
import { startServed, type Served } from './product/served.ts';
import { previewFrame, previewShows } from './product/workspace.ts';

const DEV = `import { createServer } from 'node:http';
const FILES = {
  '/frame.html': ['text/html', '<p>framed</p><script>console.log("from the frame", { a: 1 })</script>'],
  '/classic.js': ['text/javascript', '"use strict";\\nconsole.log("from a classic worker", (function () { return String(this) })(), { b: 2 });\\nfetch("/data?by=worker");\\nsetTimeout(() => { throw new TypeError("thrown in a worker") });'],
  '/module.js': ['text/javascript', 'import { name } from "/name.js";\\nconsole.warn("from a", name, import.meta.url.endsWith("/module.js"));'],
  '/name.js': ['text/javascript', 'export const name = "module worker";'],
  '/data': ['application/json', '{"for":"the worker"}'],
};
createServer((request, response) => {
  const [type, body] = FILES[request.url.split('?')[0]] ?? ['text/html', '<h1>Realms</h1><iframe src="/frame.html"></iframe>'];
  response.setHeader('content-type', type).end(body);
}).listen(5173);
`;

let served: Served;
let page: Page;
beforeAll(async () => {
  served = await startServed();
  ({ page } = served);
  await openPlain(served.server, page, { 'dev.mjs': DEV });
  await previewShows(page, 'Realms');
});
afterAll(() => served.end());

test('[P15] lines, errors and requests of frames and workers, each with its realm', async () => {
  await page.getByRole('button', { name: /^Console/ }).click();
  const row = (text: string) => page.locator('.console-row', { hasText: text });
  const shown = async (text: string) => (await row(text).first().innerText()).replace(/\s+/g, ' ');
  await expect.poll(() => shown('from the frame'), { timeout: 20_000 }).toMatch(/from the frame .*a: 1.* frame/);
  await previewFrame(page)?.evaluate(`new Worker('/classic.js'); new Worker('/module.js', { type: 'module' })`);
  // Strict as it was written.
  await expect.poll(() => shown('from a classic worker'), { timeout: 20_000 }).toMatch(/undefined .*b: 2.* worker/);
  await expect.poll(() => shown('module worker'), { timeout: 20_000 }).toMatch(/^from a\s*module worker\s*true.*worker/);
  await expect.poll(() => shown('thrown in a worker'), { timeout: 20_000 }).toMatch(/Uncaught TypeError: thrown in a worker/);
  await page.getByRole('button', { name: /^Network/ }).click();
  await expect.poll(() => page.getByRole('row', { name: /by=worker/ }).innerText()).toMatch(/GET\s+200\s+fetch/);
  // Where the page is stays what the page says.
  expect(await page.getByRole('textbox', { name: 'Address in the preview' }).inputValue()).toBe('/');
});
