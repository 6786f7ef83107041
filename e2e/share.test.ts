/** A share link as those who get it see it: another browser profile and curl, with HMR; its end; its host's end. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startProduct, type Product } from './bench/product.ts';
import { launchBrowser, newProfile } from './product/browser.ts';
import { previewShows, saved, screenshot, typeAtTop, until } from './product/workspace.ts';

const run = promisify(execFile);
const curl = async (...args: string[]): Promise<string> => (await run('curl', ['-sS', '-i', '--max-time', '20', ...args])).stdout;

let product: Product;
let browser: Browser;
let host: Page;
let viewer: Page;
let id: string;

interface ShareView {
  shareId: string;
  url: string;
  urls: { url: string; from: string }[];
  viewers: { agent: string; open: number }[];
}

const api = (path: string, init: RequestInit = {}) => fetch(`${product.origin}/api/environments/${id}${path}`, { ...init, headers: { authorization: `Bearer ${product.ownerToken}`, 'content-type': 'application/json' } });
const share = async (body: object = {}) => (await (await api('/shares', { method: 'POST', body: JSON.stringify(body) })).json()) as ShareView;
const shares = async () => ((await (await api('/shares')).json()) as { shares: ShareView[] }).shares;
const text = (page: Page) => page.evaluate(() => document.body.innerText).catch(() => '');
const shows = (page: Page, what: string | RegExp, timeout = 30_000) => until(() => text(page), what, timeout);

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchBrowser()]);
  host = await product.signIn(await newProfile(browser));
  id = await product.create('react-ts');
  await host.goto(`${product.origin}/e/${id}`);
  await previewShows(host, /count/i);
  await vi.waitFor(() => expect(product.hosts.of(id)).toBeDefined(), { timeout: 20_000 });
  // A profile of its own, without any membership.
  viewer = await (await newProfile(browser)).newPage();
});
afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

let link: ShareView;

test('[E5] a stranger\'s browser shows the live preview, and its button works', async () => {
  link = await share();
  await viewer.goto(link.url);
  await shows(viewer, /count is 0/i);
  await viewer.getByRole('button').first().click();
  await shows(viewer, /count is 1/i);
  await screenshot(viewer, 'share-viewer');
});

test('[E5] an edit arrives by HMR, without loading the page again', async () => {
  await viewer.evaluate(() => void ((globalThis as { kept?: number }).kept = 1));
  await host.locator('.view-line').first().waitFor();
  await host.getByRole('treeitem', { name: 'index.css' }).waitFor();
  const app = await (await api('/files/src/App.tsx')).text();
  expect((await api('/files/src/App.tsx', { method: 'PUT', body: app.replace(/<h1>[^<]*/, '<h1>Edited for everybody') })).ok).toBe(true);
  await shows(viewer, /Edited for everybody/);
  expect(await viewer.evaluate(() => (globalThis as { kept?: number }).kept)).toBe(1);
  await shows(viewer, /count is 1/i);
});

test('[E5] curl gets the page, its modules, and a HEAD', async () => {
  const page = await curl(link.url);
  expect(page).toMatch(/^HTTP\/1.1 200/);
  expect(page).toContain('id="root"');
  expect(await curl(`${link.url}src/App.tsx`)).toContain('Edited for everybody');
  expect(await curl('-I', link.url)).toMatch(/^HTTP\/1.1 200/);
});

test('[SH17] those who look are listed', async () => {
  const [{ viewers } = { viewers: [] }] = await shares();
  expect(viewers.map(({ agent }) => agent)).toEqual(expect.arrayContaining([expect.stringContaining('Chrome'), expect.stringContaining('curl')]));
  expect(viewers.find(({ agent }) => agent.includes('Chrome'))?.open).toBeGreaterThan(0);
});

test('[SH20] the address on the local network shows it too', async () => {
  const { hostname } = new URL(link.url);
  const stored = product.sharing.shares.find(hostname.split('.')[0] ?? '');
  const lan = await (await newProfile(browser)).newPage();
  await lan.goto(`http://127.0.0.1:${stored.lanPorts['5173']}/`);
  await shows(lan, /Edited for everybody/);
  await lan.context().close();
});

test('[SH13] a page that asks localhost for another port of the link gets it, and nothing of one that is not shared', async () => {
  const code = "require('http').createServer((q, r) => r.writeHead(200, { 'access-control-allow-origin': q.headers.origin ?? '' }).end(q.headers.host + ' for ' + q.headers.origin)).listen(3001, () => console.log('up'))";
  const life = new AbortController();
  const started = await product.hosts.require(id, life.signal);
  await started.run({ command: 'node', args: ['-e', code] }, life.signal).output.getReader().read();
  const both = await share({ ports: [5173, 3001] });
  const page = await (await newProfile(browser)).newPage();
  await page.goto(both.url);
  await shows(page, /Edited for everybody/);
  const ask = (port: number) => page.evaluate((url) => fetch(url).then((answer) => answer.text(), () => 'refused'), `http://localhost:${port}/`);
  expect(await ask(3001)).toBe('localhost:3001 for http://localhost:5173');
  const said = page.waitForEvent('console', (message) => message.text().includes('3002'));
  expect(await ask(3002)).toBe('refused');
  expect((await said).text()).toContain('http://localhost:3002 is not part of this share link, which has the ports 3001, 5173');
  // What scripts give to elements, too: the picture's address is the link's.
  const given = await page.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'http://localhost:3001/x';
    const image = new Image();
    image.setAttribute('src', 'http://localhost:3001/y.png');
    return `${link.href} ${image.src}`;
  });
  expect(given).toMatch(/^http:\/\/\S+--3001\.share\.localhost:\d+\/x http:\/\/\S+--3001\.share\.localhost:\d+\/y\.png$/);
  const lan = product.sharing.shares.find(new URL(both.url).hostname.split('.')[0] ?? '').lanPorts['5173'];
  await page.goto(`http://127.0.0.1:${lan}/`);
  await shows(page, /Edited for everybody/);
  expect(await ask(3001)).toBe('localhost:3001 for http://localhost:5173');
  life.abort();
  await page.context().close();
});

test('[SH6] a password is asked for, and lets in', async () => {
  const locked = await share({ password: 'open sesame' });
  const page = await (await newProfile(browser)).newPage();
  await page.goto(`${locked.url}?x=1`);
  await shows(page, /has a password/i);
  await screenshot(page, 'share-password');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button').click();
  await shows(page, /not the password/i);
  await page.getByLabel('Password').fill('open sesame');
  await page.getByRole('button').click();
  await shows(page, /Edited for everybody/);
  expect(await curl(locked.url)).toContain('E-TERRARIUM-1332');
  expect(await curl('-u', ':open sesame', locked.url)).toContain('id="root"');
  await page.context().close();
});

test('[E5] the dialog makes a link, shows its code and who looks, and revokes it', async () => {
  await host.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = host.getByRole('region', { name: 'Share links of the preview' });
  await dialog.getByLabel('Name in the address').fill('shown-in-the-dialog');
  await dialog.getByLabel('Ends').selectOption('day');
  await dialog.getByRole('button', { name: 'Share the preview' }).click();
  const item = dialog.getByRole('listitem').filter({ has: host.getByRole('button', { name: 'Revoke shown-in-the-dialog' }) });
  const url = await item.getByLabel('Works on this computer', { exact: true }).inputValue();
  expect(new URL(url).hostname).toBe('shown-in-the-dialog.share.localhost');
  await item.getByRole('button', { name: 'QR code' }).first().click();
  await item.getByRole('img', { name: /QR code of/ }).waitFor();
  const page = await (await newProfile(browser)).newPage();
  await page.goto(url);
  await item.getByText('1 looks').waitFor();
  await screenshot(host, 'share-dialog');
  await item.getByRole('button', { name: 'Revoke shown-in-the-dialog' }).click();
  await item.waitFor({ state: 'detached' });
  await page.reload();
  await shows(page, /E-TERRARIUM-1331/);
  await page.context().close();
  await host.keyboard.press('Escape');
});

test('[E5] the dialog says whether visitors may start the server’s browser: by itself those who know a password, and whoever it is chosen for', async () => {
  await host.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = host.getByRole('region', { name: 'Share links of the preview' });
  const mayStart = dialog.getByLabel('Visitors may start it');
  const make = async (name: string) => {
    await dialog.getByLabel('Name in the address').fill(name);
    await dialog.getByRole('button', { name: 'Share the preview' }).click();
    const item = dialog.getByRole('listitem').filter({ has: host.getByRole('button', { name: `Revoke ${name}` }) });
    await item.waitFor();
    const isSaid = await item.getByText('may be started').isVisible();
    await item.getByRole('button', { name: `Revoke ${name}` }).click();
    await item.waitFor({ state: 'detached' });
    return isSaid;
  };
  expect(await mayStart.isChecked()).toBe(false);
  expect(await make('started-by-nobody')).toBe(false);
  await mayStart.check();
  expect(await make('started-by-all')).toBe(true);
  expect(await mayStart.isChecked()).toBe(false);
  await dialog.getByLabel('Password').fill('open sesame');
  expect(await mayStart.isChecked()).toBe(true);
  expect(await make('started-by-some')).toBe(true);
  await dialog.getByLabel('Password').fill('open sesame');
  await mayStart.uncheck();
  expect(await make('never-started')).toBe(false);
  await host.keyboard.press('Escape');
});

test('[SH4] revoking ends it while somebody looks', async () => {
  const other = await share();
  const page = await (await newProfile(browser)).newPage();
  await page.goto(other.url);
  await shows(page, /Edited for everybody/);
  const socketClosed = vi.waitFor(async () => expect((await shares()).find(({ shareId }) => shareId === other.shareId)?.viewers ?? []).toEqual([]), { timeout: 10_000 });
  expect((await api(`/shares/${other.shareId}`, { method: 'DELETE' })).status).toBe(204);
  await socketClosed;
  await page.reload();
  await shows(page, /E-TERRARIUM-1331/);
  await screenshot(page, 'share-revoked');
  expect(await curl(other.url)).toMatch(/^HTTP\/1.1 410/);
  await page.context().close();
});

test('[SH15] the host\'s tab is closed: viewers get the page that says so, and the preview again when there is a host', async () => {
  await host.close();
  await vi.waitFor(() => expect(product.hosts.of(id)).toBeUndefined(), { timeout: 15_000 });
  // Vite's own client asks whether its server is back and loads the page again when there is any answer.
  await viewer.reload();
  await shows(viewer, /E-TERRARIUM-1320/);
  await screenshot(viewer, 'share-no-host');
  expect(await curl(link.url)).toMatch(/^HTTP\/1.1 503[\s\S]*E-TERRARIUM-1320/);
  host = await product.signIn(await newProfile(browser));
  await host.goto(`${product.origin}/e/${id}`);
  await previewShows(host, /Edited for everybody/);
  await shows(viewer, /Edited for everybody/, 30_000);
});

test('[E5] what a person types reaches the stranger', async () => {
  await host.locator('.view-line').first().waitFor();
  await saved(host);
  const shown = viewer.waitForFunction(() => document.title === 'typed');
  await typeAtTop(host, "document.title = 'typed';\n");
  await shown;
});
