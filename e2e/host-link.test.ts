/** The server reaches the container of an open page: requests, programs, ports, questions; a second page takes over. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { BrowserContext, Page } from 'playwright-core';
import type { HostLink } from '../server/host-link/links.ts';
import { runningProduct } from './product/in-process.ts';
import { previewShows } from './product/workspace.ts';

const running = runningProduct();
const signal = new AbortController().signal;
let page: Page;
let context: BrowserContext;
let id: string;
let link: HostLink;

const hosted = (): Promise<HostLink> => vi.waitFor(() => running.product.hosts.of(id) ?? Promise.reject(new Error('no host')), { timeout: 60_000, interval: 50 });

beforeAll(async () => {
  page = await running.person();
  context = page.context();
  id = await running.product.create('react-ts');
  await page.goto(`${running.product.origin}/e/${id}`);
  await previewShows(page, /./);
  link = await hosted();
});
afterAll(() => context?.close());

async function read(output: ReadableStream<string>): Promise<string> {
  let all = '';
  for await (const text of output) all += text;
  return all;
}

test('a request reaches the dev server and its answer streams back', async () => {
  const answer = await link.request(5173, new Request('http://x/src/App.tsx', { headers: { host: 'localhost:5173' } }), signal);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('import.meta.hot');
});

test('a port on which nothing listens says so', async () => {
  await expect(link.request(81, new Request('http://x/'), signal)).rejects.toMatchObject({ code: 'E-TERRARIUM-1325' });
});

test('a WebSocket of the dev server opens', async () => {
  const client = await (await link.request(5173, new Request('http://x/@vite/client', { headers: { host: 'localhost:5173' } }), signal)).text();
  const token = /wsToken = "([^"]+)"/.exec(client)?.[1] ?? '';
  const socket = await link.webSocket(5173, `/?token=${token}`, new Headers({ host: 'localhost:5173', 'sec-websocket-protocol': 'vite-hmr' }), signal);
  const { value } = await socket.messages.getReader().read();
  expect([socket.protocol, JSON.parse(String(value))]).toEqual(['vite-hmr', { type: 'connected' }]);
  socket.close(1000);
  expect(await socket.closed).toMatchObject({ code: 1000 });
});

test('a program runs, reads its input, prints, and ends with its code', async () => {
  const program = link.run({ command: 'sh', args: ['-c', 'read line; echo "got $line in $PWD with $X"; exit 3'], env: { X: '1' } }, signal);
  program.write('a line\n');
  expect(await read(program.output)).toBe('got a line in /home/project with 1\n');
  expect(await program.exit).toBe(3);
});

test('a program is ended by a signal, and by giving up', async () => {
  const slept = link.run({ command: 'sleep', args: ['100'] }, signal);
  await vi.waitFor(async () => expect((await link.processes()).some(({ command }) => command.includes('sleep'))).toBe(true));
  slept.kill('SIGINT');
  expect(await slept.exit).toBe(130);
  const abort = new AbortController();
  const given = link.run({ command: 'sleep', args: ['100'] }, abort.signal);
  abort.abort(new Error('enough'));
  await expect(given.exit).rejects.toThrow('enough');
  await vi.waitFor(async () => expect((await link.processes()).some(({ command }) => command.includes('sleep'))).toBe(false), { timeout: 10_000 });
});

test('a program that is none is refused', async () => {
  await expect(link.run({ command: 'no-such-program', args: [] }, signal).exit).rejects.toMatchObject({ code: 'E-TERRARIUM-1327' });
});

test('ports, processes and questions are answered', async () => {
  expect(await link.ports()).toContainEqual({ port: 5173 });
  expect((await link.processes()).some(({ command }) => command.includes('vite'))).toBe(true);
  expect(await link.call('runtime.state', {}, signal)).toMatchObject({ overall: 'ready' });
  expect(await link.call('problems', {}, signal)).toEqual({ problems: [] });
});

test('[HL9] a second page waits, and takes over when the first is closed', async () => {
  const second = await context.newPage();
  await second.goto(`${running.product.origin}/e/${id}`);
  await previewShows(second, /./);
  expect(running.product.hosts.of(id)?.epoch).toBe(link.epoch);
  await page.close();
  await vi.waitFor(() => expect(running.product.hosts.of(id)?.epoch).toBeGreaterThan(link.epoch), { timeout: 15_000 });
  expect(link.ended.aborted).toBe(true);
  expect((await (await hosted()).request(5173, new Request('http://x/', { headers: { host: 'localhost:5173' } }), signal)).status).toBe(200);
});
