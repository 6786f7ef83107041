/** Who may frame a container host, and whether it is isolated there, in a real browser (server/hosts/SPEC.md). */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, startTestServer } from '../server/testing.ts';
import type { TestServer } from '../server/testing.ts';

let server: TestServer;
let port: number;
let browser: Browser;
const embedders: Server[] = [];
const ports = { listed: 0, isolated: 0, foreign: 0 };

/** A page of its own origin that frames whatever `?frame=` says and passes on what the frame reports. */
async function embedder(headers: Record<string, string>): Promise<number> {
  const own = await freePort();
  const page = createServer((request, response) => {
    const frame = new URL(request.url ?? '/', 'http://x').searchParams.get('frame') ?? 'about:blank';
    response.writeHead(200, { 'content-type': 'text/html', ...headers });
    response.end(`<!doctype html><script>addEventListener('message', ({ data }) => { document.title = JSON.stringify(data); });</script><iframe allow="cross-origin-isolated" src="${frame}"></iframe>`);
  });
  await new Promise<void>((resolve) => page.listen(own, '127.0.0.1', resolve));
  embedders.push(page);
  return own;
}

beforeAll(async () => {
  ports.listed = await embedder({});
  ports.isolated = await embedder({ 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' });
  ports.foreign = await embedder({});
  port = await freePort();
  server = await startTestServer({ port, embedOrigins: [`http://127.0.0.1:${ports.listed}`, `http://127.0.0.1:${ports.isolated}`] });
  const { writeFileSync } = await import('node:fs');
  writeFileSync(`${server.settings.distDir}/host/headless.html`, '<!doctype html><html><head><script defer src="/~runtime/report.js"></script></head></html>');
  // What is told is no secret, and the target is whoever frames it: the test itself.
  writeFileSync(`${server.settings.distDir}/host/report.js`, 'parent.postMessage({ isolated: crossOriginIsolated, memory: typeof SharedArrayBuffer, boot: JSON.parse(document.getElementById("terrarium-boot").textContent).label }, new URL(location.ancestorOrigins[0]).origin);');
  await server.listen();
  browser = await chromium.launch({ executablePath: process.env['TERRARIUM_CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-features=MediaRouter'] });
});
afterAll(async () => {
  await browser?.close();
  embedders.forEach((page) => page.close());
  await server?.dispose();
});

async function framed(by: number, label: string, query = ''): Promise<unknown> {
  const page: Page = await browser.newPage();
  try {
    const refused = page.waitForEvent('console', { predicate: (message) => message.text().includes('frame-ancestors') }).then(() => 'refused', () => 'closed');
    await page.goto(`http://127.0.0.1:${by}/?frame=${encodeURIComponent(`http://${label}.preview.localhost:${port}/headless${query}`)}`);
    const reported = page.waitForFunction(() => document.title !== '' && document.title).then((handle) => handle.jsonValue(), () => 'closed');
    const answer = await Promise.race([refused, reported]);
    return answer === 'refused' ? answer : JSON.parse(String(answer));
  } finally {
    await page.close();
  }
}

test('[H3] isolated in a page without any isolation of its own', async () => {
  expect(await framed(ports.listed, 'any-label')).toEqual({ isolated: true, memory: 'function', boot: 'any-label' });
});
test.each(['credentialless', 'require-corp'])('[H3] isolated in an isolated page by coep=%s', async (coep) => {
  expect(await framed(ports.isolated, 'any-label', `?coep=${coep}`)).toEqual({ isolated: true, memory: 'function', boot: 'any-label' });
});
test('[H4] a page that is not listed may not frame it', async () => {
  expect(await framed(ports.foreign, 'any-label')).toBe('refused');
});
test('[H4] not even a listed page may frame that of an environment', async () => {
  expect(await framed(ports.listed, await server.create())).toBe('refused');
});
