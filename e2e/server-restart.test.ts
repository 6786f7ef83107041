/** The server ends while agents' calls are under way, with -9 and as an operator ends it: what each caller gets, and that nothing that was acknowledged is lost. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DEFAULT_VERBS } from '../shared/agents/verbs.ts';
import { openPlain } from './product/plain-project.ts';
import type { ServerProcess } from './product/server.ts';
import { startServed, type Served } from './product/served.ts';
import { editorText, previewFrame, previewShows, saved, typeAtTop, until } from './product/workspace.ts';

const DEV = `import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>' + readFileSync('notes.txt', 'utf8') + '</h1>')).listen(5173);
`;
const COMMAND = path.resolve(import.meta.dirname, '../scripts/terrarium.mjs');

let served: Served;
let server: ServerProcess;
let id: string;
let token: string;
const clients: Client[] = [];

beforeAll(async () => {
  served = await startServed();
  ({ server } = served);
  id = await openPlain(server, served.page, { 'dev.mjs': DEV, 'notes.txt': 'start\n' });
  await previewShows(served.page, 'start');
  await served.page.getByRole('treeitem', { name: 'notes.txt' }).click();
  await until(() => editorText(served.page), /start/, 10_000);
  const response = await server.api(`/api/environments/${id}/agents`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'Ada', verbs: DEFAULT_VERBS }) });
  const made = (await response.json()) as { token?: string };
  if (made.token === undefined) throw new Error(JSON.stringify(made));
  ({ token } = made);
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await served?.end();
});

type Answer = { status: number; body: Record<string, unknown> } | { broken: string };

/** What a program gets: an answer, or a connection that broke. */
async function call(name: string, input: object = {}): Promise<Answer> {
  try {
    const response = await server.api(`/api/environments/${id}/tools/${name}`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify(input) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  } catch (error) {
    return { broken: String(error instanceof Error ? (error.cause ?? error) : error) };
  }
}

async function connected(transport: Transport): Promise<Client> {
  const client = new Client({ name: 'agent-of-the-tests', version: '1' });
  await client.connect(transport);
  clients.push(client);
  return client;
}
const overBridge = () => connected(new StdioClientTransport({ command: process.execPath, args: [COMMAND, 'mcp'], env: { PATH: process.env['PATH'] ?? '', TERRARIUM_URL: server.origin, TERRARIUM_TOKEN: token }, stderr: 'pipe' }));
const answerOf = (client: Client, name: string, input: object) => client.callTool({ name, arguments: { ...input } }, undefined, { timeout: 30_000 }).then((result) => JSON.stringify(result), (error: unknown) => `rejected: ${String(error)}`);

/** Writes numbered files one after the other until the server is gone. @returns the numbers of those that it acknowledged */
async function writesUntilGone(): Promise<number[]> {
  const acknowledged: number[] = [];
  for (let n = 0; ; n++) {
    const answer = await call('file_write', { path: `written/${n}.txt`, text: `text ${n}\n` });
    if (!('status' in answer) || answer.status !== 200) return acknowledged;
    acknowledged.push(n);
  }
}

const runs = () => vi.waitFor(async () => expect(await call('command_run', { command: 'cat notes.txt' })).toMatchObject({ status: 200, body: { exitCode: 0 } }), { timeout: 40_000, interval: 250 });
/** Commands that run in the container, as its own process table has them. */
const sleeping = async () => {
  const answer = await call('process_list');
  return 'body' in answer ? JSON.stringify(answer.body) : 'broken';
};

test('killed with -9: every caller hears of it, what was acknowledged is there, and the host is back', async () => {
  const { page } = served;
  const bridge = await overBridge();
  await runs();
  const inFlight = { command: call('command_run', { command: 'sleep 61' }), bridge: answerOf(bridge, 'command_run', { command: 'sleep 63' }), page: call('page_open', { path: '/' }) };
  for (const seconds of [61, 63]) await until(sleeping, new RegExp(`sleep.{0,5}${seconds}`), 20_000);
  const writes = writesUntilGone();
  const patched = await call('file_patch', { path: 'notes.txt', edits: [{ old: 'start', new: 'patched' }] });
  await vi.waitFor(async () => expect(await call('file_read', { path: 'written/5.txt' })).toMatchObject({ status: 200 }), { timeout: 20_000, interval: 20 });
  await server.kill();
  expect(await inFlight.command).toMatchObject({ broken: expect.stringMatching(/closed|ECONNRESET|terminated/i) as unknown });
  expect(await inFlight.page).toHaveProperty('broken');
  expect(await inFlight.bridge).toContain('E-TERRARIUM-1306');
  const acknowledged = await writes;
  expect(acknowledged.length).toBeGreaterThan(4);
  // A member is told, and works on.
  await page.locator('[data-link=reconnecting]').waitFor({ state: 'attached', timeout: 20_000 });
  await typeAtTop(page, 'typed meanwhile\n');
  await previewFrame(page)?.evaluate(`console.log('logged meanwhile')`);

  await server.start();
  await page.locator('[data-link=connected]').waitFor({ state: 'attached', timeout: 30_000 });
  await saved(page);
  for (const n of acknowledged) expect(await server.stored(id, `written/${n}.txt`)).toBe(`text ${n}\n`);
  expect(patched).toMatchObject({ status: 200 });
  await until(() => server.stored(id, 'notes.txt'), /^typed meanwhile\npatched\n$/, 10_000);
  await runs();
  // What nobody waits for any more has been ended.
  await until(sleeping, /^(?!.*sleep.{0,5}6[13])/s, 20_000);
  await vi.waitFor(async () => {
    const { records } = (await (await server.api(`/api/environments/${id}/console`)).json()) as { records: unknown[] };
    expect(JSON.stringify(records).split('logged meanwhile')).toHaveLength(2);
  }, { timeout: 20_000, interval: 100 });
  // The same client goes on.
  expect(await answerOf(bridge, 'command_run', { command: 'echo again' })).toMatch(/again/);
}, 120_000);

test('ended as an operator ends it: who still waits gets a code and may try again', async () => {
  const bridge = await overBridge();
  await runs();
  const inFlight = { command: call('command_run', { command: 'sleep 61' }), bridge: answerOf(bridge, 'command_run', { command: 'sleep 63' }) };
  for (const seconds of [61, 63]) await until(sleeping, new RegExp(`sleep.{0,5}${seconds}`), 20_000);
  const writes = writesUntilGone();
  await vi.waitFor(async () => expect(await call('file_read', { path: 'written/5.txt' })).toMatchObject({ status: 200 }), { timeout: 20_000, interval: 20 });
  await server.kill('SIGTERM');
  expect(await inFlight.command).toMatchObject({ status: 503, body: { error: { code: expect.stringMatching(/^E-TERRARIUM-(?:1321|3001)$/) as unknown, retryable: true } } });
  expect(await inFlight.bridge).toMatch(/E-TERRARIUM-(?:1306|1321|3001)/);
  const acknowledged = await writes;
  await server.start();
  for (const n of acknowledged) expect(await server.stored(id, `written/${n}.txt`)).toBe(`text ${n}\n`);
  await runs();
}, 120_000);
