/** What one member's preview logs, requests and shows, as the others see it: live, after a cut, after a kill of the server (server/channels/SPEC.md). */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, newProfile } from './product/browser.ts';
import { openPlain } from './product/plain-project.ts';
import { startServed, type Served } from './product/served.ts';
import type { ServerProcess } from './product/server.ts';
import { previewFrame, previewShows, screenshot } from './product/workspace.ts';

const DEV = `import { createServer } from 'node:http';
const page = (title, body) => '<!doctype html><title>' + title + '</title><h1>' + title + '</h1>' + body;
createServer((request, response) => {
  if (request.url.startsWith('/api')) return response.setHeader('content-type', 'application/json').end(JSON.stringify({ asked: request.url, secret: 'shown to its sender' }));
  response.setHeader('content-type', 'text/html');
  if (request.url.startsWith('/about')) return response.end(page('About', '<div style="height:4000px"></div><p>end</p>'));
  if (request.url.startsWith('/app')) return response.end(page('App', '<main></main><script>' +
    'const show = () => setTimeout(() => { document.querySelector("main").innerHTML = "<div style=height:" + (location.pathname.endsWith("long") ? 6000 : 3000) + "px></div><p>" + location.pathname + "</p>"; }, 150);' +
    'const goTo = (path) => { history.pushState({ key: 1 }, "", path); show(); }; addEventListener("popstate", show); show();</script>'));
  response.end(page('Home', ''));
}).listen(5173);
`;

let served: Served;
let server: ServerProcess;
let owner: Page;
let guest: Page;
let watcher: Page;
let id: string;
const browsers: Browser[] = [];

/** The document's sockets of a page, so that a test can cut them. */
const keepSockets = (): void => {
  const sockets = new Set<WebSocket>();
  const Native = WebSocket;
  window.WebSocket = class extends Native {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      if (String(url).includes('/ws/')) sockets.add(this);
    }
  };
  Object.assign(window, { cutSockets: () => sockets.forEach((socket) => socket.close()) });
};
const cut = (page: Page) => page.evaluate(() => (window as unknown as { cutSockets(): void }).cutSockets());

async function member(role: 'editor' | 'viewer'): Promise<Page> {
  const browser = await launchBrowser();
  browsers.push(browser);
  const page = await (await newProfile(browser)).newPage();
  await page.addInitScript(keepSockets);
  const response = await server.api(`/api/environments/${id}/invites`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ role }) });
  const { url } = (await response.json()) as { url: string };
  await page.goto(url);
  return page;
}

const tool = (page: Page, name: string) => page.getByRole('group', { name: 'Tools of the preview' }).getByRole('button', { name: new RegExp(`^${name}`) });
const open = async (page: Page, name: string): Promise<void> => {
  if ((await tool(page, name).getAttribute('aria-pressed')) !== 'true') await tool(page, name).click();
};
const rows = (page: Page) => page.locator('.console-row').allInnerTexts();
const run = (page: Page, script: string) => previewFrame(page)?.evaluate(script);
const inPreview = (page: Page) => previewFrame(page)?.evaluate(() => location.pathname + location.search).catch(() => '');

beforeAll(async () => {
  served = await startServed();
  ({ server } = served);
  owner = served.page;
  await owner.addInitScript(keepSockets);
  id = await openPlain(server, owner, { 'dev.mjs': DEV });
  await previewShows(owner, 'Home');
  guest = await member('editor');
  watcher = await member('viewer');
  // A viewer who has no container: what they see comes from the others alone.
  await watcher.context().route(/\.(?:preview|broker)\.localhost/, (route) => route.abort());
  await watcher.reload();
  await previewShows(guest, 'Home');
});
afterAll(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  await served.end();
});

describe('what a preview says', () => {
  test('a line that it logs is in the console of a member without a container, with who it is from', async () => {
    await run(owner, `console.warn('hello from', { the: 'owner' })`);
    await open(watcher, 'Console');
    const row = watcher.locator('.console-row', { hasText: 'hello from' });
    await row.waitFor();
    const profile = await owner.evaluate(() => (JSON.parse(localStorage.getItem('terrarium.profile') ?? '{}') as { name: string }).name);
    await expect.poll(() => row.locator('.from-chip').innerText()).toBe(profile);
    await screenshot(watcher, 'channels-console');
    const { records } = (await (await server.api(`/api/environments/${id}/console`)).json()) as { records: { author: { id: string }; record: { level: string } }[] };
    expect(records.at(-1)).toMatchObject({ author: { kind: 'person', id: 'owner', name: profile }, record: { level: 'warn' } });
  });

  test('a request is shown with headers, body and timing, without what is secret', async () => {
    await run(owner, `fetch('/api?x=1', { method: 'POST', headers: { authorization: 'Bearer hush', 'x-kind': 'test' }, body: JSON.stringify({ name: 'a', password: 'hush' }) }).then((answer) => answer.json())`);
    await open(watcher, 'Network');
    const row = watcher.getByRole('row', { name: /api\?x=1/ });
    await expect.poll(() => row.innerText()).toMatch(/POST\s+200\s+fetch\s+\d+ B\s+\d+ ms/);
    await row.click();
    const details = watcher.getByRole('complementary', { name: 'Request' });
    await expect.poll(() => details.innerText()).toMatch(/x-kind/);
    const text = await details.innerText();
    expect(text).toContain('{"asked":"/api?x=1"');
    expect(text).toContain('(not passed on)');
    expect(text).not.toContain('hush');
    await screenshot(watcher, 'channels-network');
    // Its sender sees all of it.
    await open(owner, 'Network');
    await owner.getByRole('row', { name: /api\?x=1/ }).click();
    await expect.poll(() => owner.getByRole('complementary', { name: 'Request' }).innerText()).toContain('Bearer hush');
  });

  test('XMLHttpRequest, a failed request, and the page itself are shown too', async () => {
    // With the details open there is no room for all columns.
    await watcher.getByRole('button', { name: 'Close details' }).click();
    await run(owner, `{ const xhr = new XMLHttpRequest(); xhr.open('GET', '/api/xhr'); xhr.send(); } fetch('http://localhost:9/').catch(() => {})`);
    await open(watcher, 'Network');
    await expect.poll(() => watcher.getByRole('row', { name: /xhr/ }).first().innerText()).toMatch(/GET\s+200\s+xhr/);
    await expect.poll(() => watcher.locator('.network tr.bad').first().innerText()).toMatch(/failed/);
    await watcher.getByRole('row', { name: /navigation/ }).first().waitFor();
  });

  test('how fast it was is shown with whose it was', async () => {
    await open(watcher, 'Performance');
    await watcher.getByRole('row', { name: /First contentful paint/ }).first().waitFor();
    await screenshot(watcher, 'channels-performance');
  });
});

describe('following', () => {
  test('a member follows route and scroll with the keyboard, and goes alone by going elsewhere', async () => {
    const follow = guest.getByRole('combobox', { name: 'Follow a member' });
    await follow.waitFor();
    await follow.focus();
    await guest.keyboard.press('ArrowDown');
    await owner.getByRole('textbox', { name: 'Address in the preview' }).fill('/about?from=owner');
    await owner.keyboard.press('Enter');
    await expect.poll(() => inPreview(guest), { timeout: 20_000 }).toBe('/about?from=owner');
    await run(owner, `scrollTo(0, document.documentElement.scrollHeight / 2)`);
    await expect.poll(() => previewFrame(guest)?.evaluate(() => scrollY), { timeout: 20_000 }).toBeGreaterThan(1000);
    await screenshot(guest, 'channels-following');
    await guest.getByRole('textbox', { name: 'Address in the preview' }).fill('/');
    await guest.keyboard.press('Enter');
    await expect.poll(() => guest.locator('.follow').getAttribute('data-following')).toBe('false');
    expect(await inPreview(owner)).toBe('/about?from=owner');
  });
  test('a route that changes without a load changes so for who follows, scrolled as far; a load is a load', async () => {
    const goTo = async (path: string) => {
      await owner.getByRole('textbox', { name: 'Address in the preview' }).fill(path);
      await owner.keyboard.press('Enter');
    };
    const inGuest = <T>(script: string) => previewFrame(guest)?.evaluate(script).catch(() => undefined) as Promise<T | undefined>;
    await goTo('/app/one');
    await expect.poll(() => previewFrame(owner)?.evaluate('document.querySelector("p")?.textContent').catch(() => ''), { timeout: 20_000 }).toBe('/app/one');
    const follow = guest.getByRole('combobox', { name: 'Follow a member' });
    await follow.focus();
    await guest.keyboard.press('ArrowDown');
    await expect.poll(() => inGuest('document.querySelector("p")?.textContent'), { timeout: 20_000 }).toBe('/app/one');
    await inGuest('window.marked = true');
    await run(owner, 'goTo("/app/long?x=1#here")');
    await expect.poll(() => inGuest('document.querySelector("p")?.textContent'), { timeout: 20_000 }).toBe('/app/long');
    expect(await inGuest('location.search + location.hash + window.marked')).toBe('?x=1#heretrue');
    await run(owner, 'scrollTo(0, document.documentElement.scrollHeight)');
    await expect.poll(() => inGuest<number>('scrollY'), { timeout: 20_000 }).toBeGreaterThan(4000);
    // The page gets its height later than the route: what is followed is the share of the way.
    await run(owner, 'goTo("/app/short"); setTimeout(() => scrollTo(0, 1000), 300)');
    await expect.poll(() => inGuest<string>('[location.pathname, Math.abs(scrollY - 1000) < 300, window.marked].join()'), { timeout: 20_000 }).toBe('/app/short,true,true');
    expect(await guest.locator('.follow').getAttribute('data-following')).toBe('true');
    await goTo('/app/one');
    await expect.poll(() => inGuest('[location.pathname, window.marked].join()'), { timeout: 20_000 }).toBe('/app/one,');
    await follow.selectOption('');
  });
});

describe('cuts', () => {
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `n${from + index}`);
  const counted = async (page: Page) => (await rows(page)).flatMap((text) => /\bn\d+\b/.exec(text)?.[0] ?? []);
  const log = (from: number, to: number) => run(owner, `for (let n = ${from}; n <= ${to}; n++) console.log('n' + n)`);

  test('sockets of both sides are cut while lines come: none is lost, none is doubled', async () => {
    await open(watcher, 'Console');
    for (let round = 0; round < 4; round++) {
      await log(round * 20 + 1, round * 20 + 10);
      await cut(round % 2 === 0 ? owner : watcher);
      await log(round * 20 + 11, round * 20 + 20);
      await expect.poll(() => counted(watcher), { timeout: 20_000 }).toEqual(numbers(1, round * 20 + 20));
    }
  });

  test('the server is killed and starts again: none is lost, none is doubled, and the state is shown meanwhile', async () => {
    await log(81, 90);
    await expect.poll(async () => (await counted(watcher)).length).toBe(90);
    await server.kill();
    await watcher.locator('[data-link=reconnecting]').waitFor({ state: 'attached' });
    await log(91, 100);
    await server.start();
    await expect.poll(() => counted(watcher), { timeout: 30_000 }).toEqual(numbers(1, 100));
    await log(101, 101);
    await expect.poll(() => counted(watcher)).toEqual(numbers(1, 101));
    const late = await member('viewer');
    await open(late, 'Console');
    await expect.poll(() => counted(late), { timeout: 30_000 }).toEqual(numbers(1, 101));
  });
});
