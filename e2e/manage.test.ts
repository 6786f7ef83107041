/** The page's ways around an environment in a real browser: the manager by keyboard alone, import and export, suspending, the timeline, the tests panel. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { runningProduct } from './product/in-process.ts';

const running = runningProduct();
const LONG = { timeout: 60_000 };

let page: Page;
beforeAll(async () => {
  page = await running.person();
});

/** As the page itself asks: with its cookie. */
const api = <T>(path: string, init: { method?: string; body?: string } = {}): Promise<T> =>
  page.evaluate(async ([to, options]) => {
    const response = await fetch(to, { ...options, headers: options.body === undefined ? {} : { 'content-type': 'application/json' } });
    return (response.status === 204 ? undefined : await response.json()) as T;
  }, [path, init] as const);
const create = async (taskId: string, template = 'static-html') => (await api<{ environmentId: string }>('/api/environments', { method: 'POST', body: JSON.stringify({ taskId, template }) })).environmentId;
const put = (id: string, path: string, body: string) => page.evaluate(async ([to, text]) => void (await fetch(to, { method: 'PUT', body: text })), [`/api/environments/${id}/files/${path}`, body] as const);
const read = (id: string, path: string) => page.evaluate(async (from) => (await fetch(from)).text(), `/api/environments/${id}/files/${path}`);
const statusOf = async (id: string) => (await api<{ status: string }>(`/api/environments/${id}`)).status;
const open = async (id: string) => {
  await page.goto(`${running.product.origin}/e/${id}`);
  await page.getByRole('button', { name: 'Environment menu' }).waitFor(LONG);
};
const menu = async (item: string) => {
  await page.getByRole('button', { name: 'Environment menu' }).click();
  await page.getByRole('menuitem', { name: item }).click();
};
const focusedText = () => page.evaluate(() => (document.activeElement?.matches('.environment-link') === true ? document.activeElement.textContent : ''));

describe('the manager, by keyboard alone', () => {
  let ids: string[];
  beforeAll(async () => {
    ids = [await create('First task'), await create('Second task'), await create('Third task')];
    await page.goto(running.product.origin);
    await page.getByRole('list', { name: 'Environments' }).waitFor(LONG);
  });
  const row = (name: string): Locator => page.locator('.environment-row', { hasText: name });
  test('arrows move, Space selects, S suspends and resumes, filters and search find', async () => {
    for (let presses = 0; !(await focusedText()).includes('Third task'); presses++) {
      if (presses > 30) throw new Error('The list is not reached by Tab');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    expect(await focusedText()).toContain('Second task');
    await page.keyboard.press('Space');
    await page.getByText('2 selected').waitFor();
    await page.keyboard.press('s');
    await row('Second task').getByText('suspended').waitFor();
    expect(await statusOf(ids[1] ?? '')).toBe('suspended');
    await page.keyboard.press('s');
    await row('Second task').getByText('active').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('first');
    await expect.poll(() => page.locator('.environment-row').count()).toBe(1);
    await page.getByText('2 selected').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await expect.poll(() => page.locator('.environment-row').count()).toBe(3);
  });
  test('what is selected is suspended together, and terminated together after a question', async () => {
    await page.getByRole('button', { name: 'Suspend', exact: true }).press('Enter');
    await expect.poll(() => page.locator('.environment-row', { hasText: 'suspended' }).count()).toBe(2);
    await page.getByRole('button', { name: 'Terminate', exact: true }).press('Enter');
    await page.getByRole('dialog', { name: 'Terminate 2 environments?' }).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Terminate' }).press('Enter');
    await expect.poll(() => page.locator('.environment-row').count()).toBe(1);
  });
  test('those that were terminated are listed with when and by whom, are found by their words, and cannot be opened', async () => {
    await page.getByRole('button', { name: /^terminated/ }).press('Enter');
    const ended = page.getByRole('list', { name: 'Terminated environments' }).getByRole('listitem');
    await expect.poll(() => ended.count()).toBe(2);
    expect((await ended.first().innerText()).replaceAll(/\s+/g, ' ')).toMatch(/^st (Second|Third) task static-html terminated by Owner, just now$/i);
    expect(await ended.getByRole('link').count()).toBe(0);
    await page.getByRole('searchbox').fill('second');
    await expect.poll(() => ended.count()).toBe(1);
    await page.getByRole('searchbox').fill('');
    await page.getByRole('button', { name: /^all/ }).press('Enter');
  });
  test('the preview of one runs beside the list', async () => {
    await page.locator('.environment-link').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('button', { name: 'Show the preview' }).press('Enter');
    await expect.poll(async () => {
      const frame = page.frames().find((each) => /--\d+\.preview\./.test(each.url()));
      return frame?.evaluate(() => document.querySelector('h1')?.textContent).catch(() => undefined);
    }, LONG).toBe('Static HTML');
    // The container runs in this page, which is the environment's host: what its programs use is measured, the rest is said to be unknown.
    const details = page.getByRole('complementary', { name: 'About First task' });
    await expect.poll(async () => (await details.innerText()).replaceAll(/\s+/g, ' '), LONG).toMatch(/Container in a member’s tab Processes [1-9]\d*, [1-9]\d* threads? Running code \d+ % of a processor Packages in memory [\d.]+ [kM]?B Memory of programs not told by browsers/);
    await page.keyboard.press('Escape');
  });
});

test('a zip goes out and comes in as a new environment, byte for byte', async () => {
  const id = await create('Exported');
  await put(id, 'notes/ünï.txt', 'typed 👋\n');
  await open(id);
  const downloading = page.waitForEvent('download');
  await menu('Export as zip');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('Exported.zip');
  await page.goto(running.product.origin);
  await page.getByRole('button', { name: 'New environment' }).first().click();
  await page.getByRole('button', { name: 'Import a project instead' }).click();
  await page.getByLabel('Zip file').setInputFiles({ name: 'Exported.zip', mimeType: 'application/zip', buffer: await readFile(await download.path()) });
  await page.getByText('Exported.zip (').waitFor();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.waitForURL(/\/e\//);
  const made = new URL(page.url()).pathname.slice('/e/'.length);
  const { files } = await api<{ files: { path: string }[] }>(`/api/environments/${id}/files`);
  for (const { path } of files) {
    const name = path.split('/').map(encodeURIComponent).join('/');
    expect([path, await read(made, name)]).toEqual([path, await read(id, name)]);
  }
});

test('suspending ends the page’s container and says so; resuming goes on; a link to a suspended one resumes it', async () => {
  const id = await create('To suspend');
  await open(id);
  await menu('Suspend');
  await page.getByRole('heading', { name: 'This environment is suspended' }).waitFor();
  expect(await statusOf(id)).toBe('suspended');
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Environment menu' }).waitFor(LONG);
  expect(await statusOf(id)).toBe('running');
  const other = await create('Another');
  await api(`/api/environments/${other}/suspend`, { method: 'POST' });
  await open(other);
  expect(await statusOf(other)).toBe('running');
});

test('the timeline: steps, comparison, restore, undo, checkpoint', async () => {
  const id = await create('Timeline');
  await put(id, 'index.html', '<h1>one</h1>\n');
  await api(`/api/environments/${id}/history`, { method: 'POST', body: JSON.stringify({ name: 'One works' }) });
  await put(id, 'index.html', '<h1>two</h1>\n');
  await open(id);
  await page.keyboard.press('Control+Shift+H');
  await page.getByRole('button', { name: 'Make a checkpoint' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Two as well');
  await page.keyboard.press('Enter');
  const step = page.getByRole('button', { name: /Two as well/ });
  await step.press('Enter');
  await page.locator('.history-files').getByRole('button', { name: /index\.html/ }).press('Enter');
  await expect.poll(async () => (await page.getByTestId('revision-diff').innerText().catch(() => '')).replaceAll('\u00a0', ' '), LONG).toMatch(/one[\s\S]*two/);
  await step.press('Enter');
  await page.getByRole('button', { name: /One works/ }).press('Enter');
  await page.getByRole('button', { name: 'Restore everything' }).click();
  await expect.poll(() => read(id, 'index.html')).toBe('<h1>one</h1>\n');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => read(id, 'index.html')).toBe('<h1>two</h1>\n');
});

test('the tests panel: a failure with expected, actual and its line; the same from the API; watch mode follows an edit', async () => {
  const id = await create('Tested', 'vitest');
  const text = (expected: number) => `import { expect, test } from 'vitest';\ntest('adds', () => {\n  expect(1 + 1).toBe(${expected});\n});\n`;
  await put(id, 'src/own.test.ts', text(3));
  await open(id);
  await page.locator('.chip.good', { hasText: 'running' }).waitFor(LONG);
  await page.keyboard.press('Control+Alt+T');
  const failure = page.locator('.test-failure');
  await failure.waitFor(LONG);
  expect(await failure.innerText()).toMatch(/expected 2 to be 3[\s\S]*Expected\s+3\s+Actual\s+2\s+src\/own\.test\.ts:3:17/);
  const answer = await api<{ tests: object[] }>(`/api/environments/${id}/tools/test_run`, { method: 'POST', body: '{}' });
  expect(answer.tests).toContainEqual(expect.objectContaining({ name: 'adds', status: 'failed', file: 'src/own.test.ts', line: 3, column: 17, expected: '3', actual: '2' }));
  await failure.getByRole('button').click();
  await page.getByText('Ln 3, Col 17').waitFor(LONG);
  await page.getByRole('button', { name: 'Run tests again as files change' }).click();
  await page.getByText('watching for changes').waitFor(LONG);
  await failure.waitFor(LONG);
  await put(id, 'src/own.test.ts', text(2));
  await page.locator('.tests-summary').getByText('0 failed').waitFor(LONG);
  await page.getByRole('button', { name: 'Stop the tests' }).click();
});

test('the tests panel with Node’s own runner: a tree with times, a failure with its line, one test again, watch mode; the same from the API', async () => {
  const id = await create('Tested by Node', 'static-html');
  const text = (expected: number) => `import { describe, test } from 'node:test';\nimport assert from 'node:assert';\ndescribe('sum', () => {\n  test('adds', () => {\n    assert.strictEqual(1 + 1, ${expected});\n  });\n  test('stands', () => {});\n});\n`;
  const manifest = JSON.parse(await read(id, 'package.json')) as { scripts: Record<string, string> };
  await put(id, 'package.json', JSON.stringify({ ...manifest, scripts: { ...manifest.scripts, test: 'node --test' } }));
  await put(id, 'sum.test.mjs', text(3));
  await open(id);
  await page.locator('.chip.good', { hasText: 'running' }).waitFor(LONG);
  await page.keyboard.press('Control+Alt+T');
  const failure = page.locator('.test-failure');
  await failure.waitFor(LONG);
  expect(await failure.innerText()).toMatch(/2 !== 3[\s\S]*Expected\s+3\s+Actual\s+2\s+sum\.test\.mjs:5:12/);
  const row = (name: string) => page.locator('.test-row', { hasText: name });
  expect(await page.locator('.test-row').allInnerTexts()).toEqual([/sum\.test\.mjs\s+\d/, /sum\s+\d/, /adds\s+[\d.]+ ms/, /stands\s+[\d.]+ ms/].map((pattern) => expect.stringMatching(pattern)));
  const answer = await api<{ tests: object[] }>(`/api/environments/${id}/tools/test_run`, { method: 'POST', body: '{}' });
  expect(answer).toMatchObject({ runner: 'node', passed: 1, failed: 1, note: null });
  expect(answer.tests).toContainEqual(expect.objectContaining({ name: 'sum > adds', status: 'failed', file: 'sum.test.mjs', line: 5, column: 12, expected: '3', actual: '2' }));
  await failure.getByRole('button').click();
  await page.getByText('Ln 5, Col 12').waitFor(LONG);
  await put(id, 'sum.test.mjs', text(2));
  await page.getByRole('button', { name: 'Run adds again' }).click();
  await row('adds').getByLabel('passed').waitFor(LONG);
  expect(await page.locator('.test-row').count()).toBe(4);
  await page.getByRole('button', { name: 'Run tests again as files change' }).click();
  await page.getByText('watching for changes').waitFor(LONG);
  await page.locator('.tests-summary').getByText('2 passed').waitFor(LONG);
  await put(id, 'sum.test.mjs', text(4));
  await failure.waitFor(LONG);
  await page.getByRole('button', { name: 'Stop the tests' }).click();
});
