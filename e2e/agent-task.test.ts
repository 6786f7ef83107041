/** A whole task by an agent over MCP, with the SDK's own client: beside a person who types in the same file, and with nobody's tab open. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { DEFAULT_VERBS } from '../shared/agents/verbs.ts';
import { runningProduct } from './product/in-process.ts';
import { previewShows, typeAtTop } from './product/workspace.ts';

const running = runningProduct();
const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

/** Which, unlike Node, knows names below `localhost`. */
const curl = async (url: string): Promise<string> => (await promisify(execFile)('curl', ['-sS', '--max-time', '20', url])).stdout;

const owner = async (method: string, apiPath: string, body?: unknown): Promise<Response> =>
  fetch(running.product.origin + apiPath, { method, headers: { authorization: `Bearer ${running.product.ownerToken}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

async function agentIn(id: string): Promise<Agent> {
  const response = await owner('POST', `/api/environments/${id}/agents`, { name: 'Ada', verbs: [...DEFAULT_VERBS, 'shares.manage'] });
  const { token } = (await response.json()) as { token: string };
  const client = new Client({ name: 'agent-of-the-tests', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${running.product.origin}/mcp`), { requestInit: { headers: { authorization: `Bearer ${token}` } } }));
  clients.push(client);
  return {
    token,
    async call(name, input = {}) {
      const result = (await client.callTool({ name, arguments: input }, undefined, { timeout: 120_000 })) as CallToolResult;
      const [first] = result.content;
      if (result.isError === true) throw new Error(first?.type === 'text' ? first.text : 'no text');
      return result;
    },
  };
}

interface Agent {
  token: string;
  call(name: string, input?: Record<string, unknown>): Promise<CallToolResult>;
}

type Output = Record<string, unknown>;
const outputOf = async (result: Promise<CallToolResult>): Promise<Output> => (await result).structuredContent as Output;

const GREETING = `export function Greeting({ name }: { name?: string }) {
  return <p data-testid="greeting">Hello {name.toUpperCase()}</p>;
}
`;

/** Writes a component with a bug, finds it in the console, mends it, sees that, runs a test, shares. @returns the address of the share link */
async function wholeTask(agent: Agent, id: string): Promise<string> {
  await agent.call('file_write', { path: 'src/Greeting.tsx', text: GREETING });
  const { text } = await outputOf(agent.call('file_read', { path: 'src/App.tsx' }));
  const [firstImport = ''] = /^import .*$/m.exec(String(text)) ?? [];
  await agent.call('file_patch', { path: 'src/App.tsx', edits: [{ old: firstImport, new: `${firstImport}\nimport { Greeting } from './Greeting.tsx';` }, { old: '<h1>', new: '<Greeting />\n      <h1>' }] });

  const seen = await vi.waitFor(async () => {
    const { entries } = await outputOf(agent.call('preview_console', { levels: ['error'] }));
    const found = (entries as { text: string; file: string | null }[]).find((entry) => entry.text.includes('toUpperCase'));
    expect(found).toBeDefined();
    return found;
  }, { timeout: 60_000, interval: 200 });
  expect(`${seen?.text} ${seen?.file}`).toContain('toUpperCase');

  await agent.call('file_patch', { path: 'src/Greeting.tsx', edits: [{ old: '{ name }: { name?: string }', new: "{ name = 'agent' }: { name?: string }" }] });
  await vi.waitFor(async () => {
    // Anew each time: a page that came between two builds may stay with the one before.
    await agent.call('page_open', { path: '/', width: 900, height: 600 });
    const { elements } = await outputOf(agent.call('page_query', { selector: '[data-testid=greeting]' }));
    expect(elements).toMatchObject([{ text: 'Hello AGENT', visible: true }]);
  }, { timeout: 60_000, interval: 200 });
  await sees(agent, id);

  await agent.call('file_write', { path: 'greeting.test.mjs', text: "import { test } from 'node:test';\nimport assert from 'node:assert';\ntest('greets in capitals', () => assert.equal('agent'.toUpperCase(), 'AGENT'));\n" });
  const manifest = JSON.parse(String((await outputOf(agent.call('file_read', { path: 'package.json' })))['text'])) as { scripts: Record<string, string> };
  await agent.call('file_write', { path: 'package.json', text: `${JSON.stringify({ ...manifest, scripts: { ...manifest.scripts, test: 'node --test' } }, null, 2)}\n` });
  expect(await outputOf(agent.call('test_run'))).toMatchObject({ exitCode: 0 });

  const shared = await fetch(`${running.product.origin}/api/environments/${id}/shares`, { method: 'POST', headers: { authorization: `Bearer ${agent.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ role: 'viewer' }) });
  expect(shared.status).toBe(201);
  const { urls } = (await shared.json()) as { urls: { url: string }[] };
  return urls[0]?.url ?? '';
}

/** A picture of the element that was mended, and its use by click and keys. */
async function sees(agent: Agent, id: string): Promise<void> {
  const result = await agent.call('page_screenshot', {});
  const [picture] = result.content;
  expect(picture).toMatchObject({ type: 'image', mimeType: 'image/png' });
  expect(result.structuredContent).toMatchObject({ width: 900, height: 600 });
  if (picture?.type === 'image') keep(`${id}.png`, Buffer.from(picture.data, 'base64'));
  expect(await outputOf(agent.call('page_screenshot', { selector: '[data-testid=greeting]' }))).toMatchObject({ mimeType: 'image/png' });
  expect(String((await outputOf(agent.call('page_tree')))['tree'])).toContain('Hello AGENT');
  const buttonText = async (): Promise<string> => String(((await outputOf(agent.call('page_query', { selector: 'button' })))['elements'] as { text: string }[])[0]?.text);
  const before = await buttonText();
  await agent.call('page_click', { selector: 'button' });
  await vi.waitFor(async () => expect(await buttonText()).not.toBe(before), { timeout: 10_000, interval: 50 });
  await expect(agent.call('page_press', { selector: '#none', key: 'Enter' })).rejects.toThrow('E-TERRARIUM-1394');
}

/** Where somebody who runs the tests wants to look at what was seen. */
function keep(name: string, png: Buffer): void {
  const folder = process.env['TERRARIUM_SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), png);
}

test('beside a person who types in the same file', async () => {
  const page = await running.person();
  const id = await running.product.create('react-ts');
  await page.goto(`${running.product.origin}/e/${id}`);
  await previewShows(page, /React \+ TypeScript/);
  await page.locator('.view-line').first().waitFor();
  const agent = await agentIn(id);
  const typing = typeAtTop(page, '// typed by a person while an agent works\n', { delay: 60 });
  const url = await wholeTask(agent, id);
  await typing;
  await vi.waitFor(async () => {
    const { text } = await outputOf(agent.call('file_read', { path: 'src/App.tsx' }));
    expect(text).toMatch(/^\/\/ typed by a person while an agent works\n/);
    expect(text).toContain("import { Greeting } from './Greeting.tsx';");
  }, { timeout: 20_000, interval: 100 });
  await previewShows(page, /Hello AGENT/);
  expect(await curl(url)).toContain('<div id="root">');
  expect(running.product.headless.running()).toEqual([]);
  await page.context().close();
});

test('with nobody\'s tab open', async () => {
  const id = await running.product.create('react-ts');
  const agent = await agentIn(id);
  expect(await outputOf(agent.call('environment_status'))).toMatchObject({ host: null });
  expect(await outputOf(agent.call('command_run', { command: 'ls' }))).toMatchObject({ exitCode: 0 });
  expect(await outputOf(agent.call('environment_status'))).toMatchObject({ host: { kind: 'headless' } });
  const url = await wholeTask(agent, id);
  expect(await curl(url)).toContain('<div id="root">');
});
