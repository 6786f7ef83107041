/** The full-stack template, as a person has it: from nothing to a note saved, edited live, and still there after a sleep. */
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { Frame, Page } from 'playwright-core';
import { openNew } from './bench/product.ts';
import { runningProduct } from './product/in-process.ts';

const running = runningProduct();

/** Runs in the preview: the list of notes has come, empty or not. */
const hasNotes = (): boolean => document.querySelector('h1')?.textContent === 'Notes' && document.querySelector('.quiet')?.textContent !== 'Loading…' && document.querySelector('[role=alert]') === null;

async function addNote(frame: Frame, note: string): Promise<void> {
  await frame.getByLabel('New note').fill(note);
  await frame.getByRole('button', { name: 'Save' }).click();
  await frame.getByText(note).waitFor();
}

const idOf = (page: Page): string => new URL(page.url()).pathname.split('/')[2] ?? '';
/** By the server's address, since not every resolver knows names below localhost. */
function ask(id: string, path: string): Promise<string> {
  const { hostname, port, host } = new URL(running.product.origin);
  return new Promise((resolve, reject) => {
    const asked = http.get({ host: hostname, port, path, headers: { host: `${id}.backend.${host}` } }, (response) => void text(response).then(resolve, reject));
    asked.on('error', reject);
  });
}
const backendOf = (id: string): string => running.product.origin.replace('://', `://${id}.backend.`);

test('a note is saved, shown in the panel, and survives an edit and a sleep; another environment does not see it', async () => {
  const page = await running.person();
  const { frame } = await openNew(running.product, page, 'full-stack', hasNotes);
  await addNote(frame, 'Water the plants');
  const id = idOf(page);
  const api = `${running.product.origin}/api/environments/${id}`;

  await page.getByRole('tab', { name: 'Backend', exact: true }).click();
  const panel = page.getByRole('region', { name: 'Bottom panel' });
  await panel.getByRole('status', { name: 'The backend is running' }).waitFor();
  await panel.getByRole('tab', { name: 'Requests' }).click();
  await panel.getByRole('cell', { name: '/notes', exact: true }).first().waitFor();
  await panel.getByRole('tab', { name: 'Database' }).click();
  await panel.getByRole('table', { name: 'Rows of notes' }).getByText('Water the plants').waitFor();

  // An edit is live, and a broken one leaves the version before it, with a line to click.
  const source = await page.evaluate(async (at) => (await fetch(at)).text(), `${api}/files/backend/index.ts`);
  const write = async (code: string) => expect(await page.evaluate(async ([at, body]) => (await fetch(at ?? '', { method: 'PUT', body: body ?? '' })).status, [`${api}/files/backend/index.ts`, code])).toBeLessThan(300);
  const says = () => ask(id, '/');
  await write(source.replace('This is the backend.', 'This is the edited backend.'));
  await expect.poll(says).toContain('the edited backend');
  await write(source.replace('const app =', 'const app = ='));
  await panel.getByRole('tab', { name: 'Log' }).click();
  await panel.getByRole('alert').getByText('E-TERRARIUM-1215').waitFor();
  expect(await says()).toContain('the edited backend');
  await panel.getByRole('button', { name: /backend\/index\.ts:5/ }).first().click();
  await write(source);
  await expect.poll(says).toContain('This is the backend.');

  await panel.getByRole('button', { name: /Let it sleep/ }).click();
  await panel.getByRole('status', { name: 'The backend is asleep' }).waitFor();
  expect(JSON.parse(await ask(id, '/notes'))).toMatchObject([{ text: 'Water the plants' }]);

  const other = await running.product.create('full-stack');
  await expect.poll(() => ask(other, '/notes'), { timeout: 20_000 }).toBe('[]');
  await page.context().close();
});

test('VITE_API_URL is in programs of the container', async () => {
  const page = await running.person();
  await openNew(running.product, page, 'full-stack', hasNotes);
  await page.getByRole('button', { name: /new terminal/i }).first().click();
  const screen = async (): Promise<string> => (await page.locator('.xterm-rows').last().innerText()).replaceAll('\u00a0', ' ').replaceAll('\n', '');
  await expect.poll(screen, { timeout: 20_000 }).toContain('$');
  await page.keyboard.type('echo "[$VITE_API_URL $VITE_WS_URL]"');
  await page.keyboard.press('Enter');
  const url = backendOf(idOf(page));
  await expect.poll(screen).toContain(`[${url} ${url.replace('http', 'ws')}]`);
  await page.context().close();
});
