/**
 * A hostile container host gets nothing of the app (decision 1 of the architecture): it holds raw Comlink objects of the broker's
 * realm, attacks through them, and the page of the app stays as it was.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** What the server sends with the broker (no eval there), without which `constructor` would be a way to run code in it. */
const BROKER_CSP = "default-src 'none'; script-src 'self'; frame-src http:";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const browserOptions = { executablePath: process.env['TERRARIUM_CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-features=MediaRouter'] };

async function bundle(path: string): Promise<string> {
  const { outputFiles } = await build({ entryPoints: [source(path)], bundle: true, format: 'esm', write: false, logLevel: 'silent' });
  return outputFiles[0]?.text ?? '';
}

describe('a hostile container host', () => {
  let browser: Browser;
  let server: http.Server;
  let page: Page;
  const loot = Promise.withResolvers<Record<string, string>>();

  beforeAll(async () => {
    const [app, broker, host] = await Promise.all([bundle('./hostile-host/page.ts'), bundle('../app/broker/broker.ts'), bundle('./hostile-host/host.ts')]);
    server = http.createServer((request, response) => {
      const name = request.headers.host ?? '';
      const role = name.includes('.broker.') ? 'broker' : name.includes('.preview.') ? 'host' : 'app';
      if (request.url === '/loot') return void receive(request).then((text) => (loot.resolve(JSON.parse(text) as Record<string, string>), response.end()));
      const scripts = { app, broker, host };
      if (request.url?.endsWith('.js') === true) return void response.writeHead(200, { 'content-type': 'text/javascript' }).end(scripts[role]);
      const headers = { 'content-type': 'text/html', ...(role === 'broker' ? { 'content-security-policy': BROKER_CSP } : {}) };
      response.writeHead(200, headers).end('<!doctype html><body><script type="module" src="/main.js"></script></body>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await chromium.launch(browserOptions);
    page = await browser.newPage();
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  });

  afterAll(async () => {
    await browser.close();
    server.close();
  });

  test('cannot run code in the realm that holds the library', async () => {
    const got = await loot.promise;
    expect(got['construct Function']).toMatch(/^refused: .*(?:unsafe-eval|Content Security Policy)/);
    expect(got['call Function']).toMatch(/^refused: .*(?:unsafe-eval|Content Security Policy)/);
  });

  test('reads nothing of the app, by whatever way', async () => {
    expect(JSON.stringify(await loot.promise)).not.toContain('secret-of-the-app');
    expect((await loot.promise)['read top']).toMatch(/^refused/);
    expect((await loot.promise)['read parent']).toMatch(/^refused/);
  });

  test('pollutes at most the broker: the app’s own prototypes are as they were', async () => {
    // The pollution itself works inside the broker, or this test would prove nothing.
    expect((await loot.promise)['pollute Object.prototype']).toMatch(/^got/);
    expect(await page.evaluate(() => 'polluted' in {})).toBe(false);
    expect(await page.evaluate(() => 'polluted' in (() => {}))).toBe(false);
  });

  test('does not navigate the app away, and its handshake is not taken', async () => {
    const got = await loot.promise;
    expect(page.url()).not.toContain('owned');
    expect(got['handshake']).toBeUndefined();
  });

  test('what it sends reaches the app only in the shape of the protocol', async () => {
    const outcome = await page.waitForFunction(() => {
      const { outcome: seen } = globalThis as unknown as { outcome: { done: boolean; events: string[]; boot: unknown } };
      return seen.done ? seen : undefined;
    });
    const { boot, events } = (await outcome.jsonValue()) as { boot: unknown; events: string[] };
    // A polluted broker may fail to answer at all; what it must not do is to answer with more than the protocol has.
    if (!(boot as { message?: string }).message) expect(boot).toEqual({ workdir: '/home/project', path: '/bin' });
    for (const event of events) expect(event.length).toBeLessThan(20_000);
    expect(events.filter((event) => !/^(?:server-ready|port|error|code|xdg-open|preview-message) \{/.test(event))).toEqual([]);
  });
});

async function receive(request: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
