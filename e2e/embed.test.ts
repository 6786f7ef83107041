/** An environment in pages of another origin (server/embeds/SPEC.md, row E6). */
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { serveExample, type Example } from '../embed/example/serve.ts';
import { startProduct, type Product } from './bench/product.ts';
import { launchBrowser, newProfile } from './product/browser.ts';
import { screenshot, until } from './product/workspace.ts';

let product: Product;
let browser: Browser;
let id: string;
let example: Example;
/** Of a port, and so of an origin, that no embed lists. */
let stranger: Example;
let placed: { server: string; taskId: string; token: string };

const api = (path: string, init: RequestInit = {}) => fetch(`${product.origin}/api/environments/${id}${path}`, { ...init, headers: { authorization: `Bearer ${product.ownerToken}`, 'content-type': 'application/json' } });

async function embed(role: 'viewer' | 'editor', origins = [example.origin]): Promise<{ embedId: string; token: string }> {
  return (await (await api('/embeds', { method: 'POST', body: JSON.stringify({ role, origins }) })).json()) as { embedId: string; token: string };
}

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), launchBrowser()]);
  [example, stranger] = await Promise.all([serveExample({ port: 0, placed: () => placed }), serveExample({ port: 0, placed: () => placed })]);
  id = await product.create('react-ts');
});
afterAll(async () => {
  await browser?.close();
  example?.close();
  stranger?.close();
  await product?.stop();
});

const appFrame = (page: Page): Frame | undefined => page.frames().find((frame) => frame.url().startsWith(`${product.origin}/embed/`));
const preview = (page: Page): Frame | undefined => page.frames().find((frame) => /--\d+\.preview\./.test(frame.url()) && frame.parentFrame() === appFrame(page) && !frame.url().includes('~terrarium'));
const shows = (page: Page, text: RegExp, timeout = 60_000) => until(async () => (await preview(page)?.evaluate(() => document.body.innerText).catch(() => '')) ?? '', text, timeout);
const frameSays = (page: Page, text: RegExp, timeout = 20_000) => until(async () => (await appFrame(page)?.evaluate(() => document.body.innerText).catch(() => '')) ?? '', text, timeout);
const events = (page: Page) => page.locator('output').first().innerText();

async function open(path = '/', from = example): Promise<Page> {
  const page = await (await newProfile(browser)).newPage();
  await page.goto(from.origin + path);
  return page;
}

test('[EB21] [EB31] the web component shows the running template, and an edit made in its editor arrives by HMR', async () => {
  placed = { server: product.origin, taskId: id, ...(await embed('editor')) };
  const page = await open();
  await shows(page, /count is 0/i);
  await preview(page)?.getByRole('button').first().click();
  await shows(page, /count is 1/i);
  await vi.waitFor(async () => expect(await events(page)).toMatch(/^route \{"url":"\/".*\nready/), { timeout: 10_000 });
  await screenshot(page, 'embed-element');
  const frame = appFrame(page);
  await frame?.locator('.view-line', { hasText: '<h1>' }).first().click();
  await page.keyboard.press('End');
  await page.keyboard.type('Typed in an embed ');
  await shows(page, /Typed in an embed/);
  // The state of the page has outlived the edit.
  await shows(page, /count is 1/i);
  await until(async () => (await api('/files/src/App.tsx')).text(), /Typed in an embed/, 10_000);
  await page.context().close();
});

test('[E6] so does the React component, and what it shows can change at any time', async () => {
  const page = await open('/react');
  await shows(page, /Typed in an embed/);
  const frame = appFrame(page);
  if (frame === undefined) throw new Error('The React component shows no frame.');
  await frame.locator('.editor-area').waitFor();
  await frame.getByRole('button', { name: 'Network' }).waitFor({ state: 'detached' });
  await page.getByLabel('Editor').uncheck();
  await page.getByLabel('Network').check();
  await frame.locator('.editor-area').waitFor({ state: 'detached' });
  await frame.getByRole('button', { name: 'Network' }).waitFor();
  // The same frame, not a new one.
  expect(appFrame(page)).toBe(frame);
  await screenshot(page, 'embed-react');
  await vi.waitFor(async () => expect(await page.getByLabel('Events of the component').innerText()).toContain('ready'), { timeout: 20_000 });
  await page.context().close();
});

test('[EB22] a viewer reads and cannot type; a plain frame needs no script of ours', async () => {
  placed = { ...placed, ...(await embed('viewer')), taskId: 'bench' };
  const page = await open('/frame');
  await page.setViewportSize({ width: 360, height: 740 });
  await shows(page, /Typed in an embed/);
  const frame = appFrame(page);
  await frame?.getByRole('button', { name: 'Editor', exact: true }).click();
  await screenshot(page, 'embed-narrow');
  await frame?.locator('.view-line', { hasText: '<h1>' }).first().click();
  await page.keyboard.type('never');
  await frame?.locator('.monaco-editor', { hasText: /cannot edit in read-only editor/i }).or(frame.getByText(/read-only/i)).first().waitFor();
  expect(await (await api('/files/src/App.tsx')).text()).not.toContain('never');
  await page.context().close();
});

test('[EB10] a page of an origin that is not listed shows nothing of it, and says so', async () => {
  const page = await open('/', stranger);
  await vi.waitFor(async () => expect(await events(page)).toContain('E-TERRARIUM-1386'), { timeout: 30_000 });
  await page.getByRole('alert').filter({ hasText: 'did not answer' }).waitFor();
  expect(appFrame(page)?.url() ?? '').not.toContain('/embed/');
  await screenshot(page, 'embed-refused');
  await page.context().close();
});

test('[EB7] nor does a page that another embed lists, by a token that does not', async () => {
  const listed = await embed('viewer', [stranger.origin]);
  const page = await open('/', stranger);
  await vi.waitFor(async () => expect(await events(page)).toContain('E-TERRARIUM-1382'), { timeout: 30_000 });
  await frameSays(page, /may not show this environment.*E-TERRARIUM-1382/s);
  await screenshot(page, 'embed-other-token');
  await page.context().close();
  await api(`/embeds/${listed.embedId}`, { method: 'DELETE' });
});

test('[EB30] what others say to the frame, and what is no message, is nothing; a wrong version is named', async () => {
  placed = { ...placed, ...(await embed('viewer')), taskId: id };
  const page = await open();
  await shows(page, /Typed in an embed/);
  const frame = appFrame(page);
  const post = (messages: unknown[]) => page.evaluate(([all, origin]) => {
    const target = document.querySelector('isolated-preview')?.shadowRoot?.querySelector('iframe')?.contentWindow;
    for (const message of all) target?.postMessage(message, origin);
  }, [messages, product.origin] as const);
  const show = { editor: false, console: false, network: false };
  const envelope = { source: 'terrarium-embedder', v: 1 };
  await post([null, 7, 'show', {}, { ...envelope, type: 'show' }, { ...envelope, type: 'show', show: { ...show, agent: 'x'.repeat(201) } }, { ...envelope, type: 'eval', show }, { ...envelope, source: 'terrarium-app', type: 'show', show }]);
  // The task's own page stands inside of the frame and may write to it.
  await preview(page)?.evaluate(([message, origin]) => parent.postMessage(message, origin), [{ ...envelope, type: 'show', show }, product.origin] as const);
  await post([{ ...envelope, v: 9, type: 'connect', show }]);
  await vi.waitFor(async () => expect(await events(page)).toContain('E-TERRARIUM-1385'), { timeout: 10_000 });
  expect(await frame?.locator('.editor-area').count()).toBe(1);
  await post([{ ...envelope, type: 'show', show }]);
  await frame?.locator('.editor-area').waitFor({ state: 'detached' });
  await page.context().close();
});

test('[EB4] revoked, an open embed ends at once and says why; then the browser shows nothing of it', async () => {
  const mine = await embed('viewer');
  placed = { ...placed, ...mine };
  const page = await open();
  await shows(page, /Typed in an embed/);
  const all = ((await (await api('/embeds')).json()) as { embeds: { embedId: string }[] }).embeds;
  for (const { embedId } of all) await api(`/embeds/${embedId}`, { method: 'DELETE' });
  await frameSays(page, /revoked or has expired.*E-TERRARIUM-1381/s);
  await vi.waitFor(async () => expect(await events(page)).toContain('E-TERRARIUM-1381'), { timeout: 10_000 });
  expect(preview(page)).toBeUndefined();
  await screenshot(page, 'embed-revoked');
  await page.reload();
  await vi.waitFor(async () => expect(await events(page)).toContain('E-TERRARIUM-1386'), { timeout: 30_000 });
  await page.context().close();
});

test('[EB32] a server that is away is named', async () => {
  placed = { ...placed, server: 'http://localhost:9' };
  const page = await open('/react');
  await page.getByRole('alert').filter({ hasText: 'E-TERRARIUM-1306' }).waitFor({ timeout: 30_000 });
  await page.context().close();
});

test('[E6] the share dialog makes an embed, gives its snippets, and revokes it', async () => {
  const page = await product.signIn(await newProfile(browser));
  await page.goto(`${product.origin}/e/${id}`);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByText('Show it in other pages').click();
  await page.getByLabel('Pages of').fill(`${example.origin}/with/a/path`);
  await page.getByRole('button', { name: 'Make an embed' }).click();
  await page.getByText('must be an origin').waitFor();
  await page.getByLabel('Pages of').fill(`${example.origin} https://docs.example.com`);
  await page.getByLabel('Name, for you').fill('Handbook');
  await page.getByRole('button', { name: 'Make an embed' }).click();
  const text = page.getByLabel('Snippet to paste');
  await text.waitFor();
  const snippets = [await text.inputValue()];
  await screenshot(page, 'embed-dialog');
  for (const kind of ['React', 'Frame']) {
    await page.getByRole('radio', { name: kind }).click();
    snippets.push(await text.inputValue());
  }
  const tokens = snippets.map((one) => /tge_[\w-]{43}/.exec(one)?.[0]);
  expect(new Set(tokens).size).toBe(1);
  expect(snippets.map((one) => /<(isolated-preview|IsolatedPreview|iframe) /.exec(one)?.[1])).toEqual(['isolated-preview', 'IsolatedPreview', 'iframe']);
  const ask = async () => (await fetch(`${product.origin}/api/embed`, { headers: { authorization: `Bearer ${tokens[0] ?? ''}` } })).status;
  expect(await ask()).toBe(200);
  await page.emulateMedia({ colorScheme: 'dark' });
  await screenshot(page, 'embed-dialog-dark');
  await page.getByRole('button', { name: 'Revoke the embed Handbook' }).click();
  await page.getByText('Handbook').waitFor({ state: 'detached' });
  expect(await ask()).toBe(410);
  await page.context().close();
});
