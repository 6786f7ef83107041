import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { MAX_DATA, STREAM_WINDOW } from '../../shared/protocol/host-link.ts';
import type { TestServer } from '../testing.ts';
import { claim, openPage, startListening, type Page } from './testing.ts';

let server: TestServer;
let id: string;
const signal = new AbortController().signal;
const bytes = (text: string) => new TextEncoder().encode(text);

beforeAll(async () => (server = await startListening()));
afterAll(() => server.dispose());
beforeEach(async () => (id = await server.create()));

async function hosted(): Promise<{ page: Page; link: NonNullable<ReturnType<TestServer['hosts']['of']>> }> {
  const page = await claim(server, id);
  await page.next('granted');
  const link = server.hosts.of(id);
  if (link === undefined) throw new Error('no link');
  return { page, link };
}

test.each<[string, string, number]>([
  ['[HL1] another message before the claim', JSON.stringify({ t: 'end', id: 1 }), 4400],
  ['[HL8] rubbish', 'rubbish', 4400],
  ['[HL7] another version', JSON.stringify({ t: 'claim', v: 99, holder: 'x'.repeat(16), epoch: 0, kind: 'person' }), 4400],
  ['[HL6] an oversized frame', 'x'.repeat(1024 * 1024 + 1), 4413],
])('%s closes the link', async (_, message, code) => {
  const page = await openPage(server, id);
  page.socket.send(message);
  expect(await page.closed).toMatchObject({ code, reason: expect.stringMatching(/^E-TERRARIUM-/) as string });
  expect(server.hosts.of(id)).toBeUndefined();
});

test('[HL11] a viewer, a stranger and an environment that is none are refused', async () => {
  const viewer = await openPage(server, id, await server.invite(id, 'viewer'));
  expect(await viewer.closed).toMatchObject({ code: 4403 });
  const other = await openPage(server, await server.create(), await server.invite(id, 'editor'));
  expect(await other.closed).toMatchObject({ code: 4404 });
  expect(await (await openPage(server, id, 'no-token-of-anybody')).closed).toMatchObject({ code: 4401 });
});

test('[HL11] a terminated environment closes its links', async () => {
  const { page, link } = await hosted();
  await server.api(`/api/environments/${id}`, { method: 'DELETE' });
  expect(await page.closed).toMatchObject({ code: 4410 });
  expect(link.ended.aborted).toBe(true);
});

test('[HL4] a connection that was cut is replaced, what it had been asked fails', async () => {
  const holder = 'the-same-page-as-before';
  const first = await claim(server, id, { holder });
  const { epoch } = await first.next('granted');
  const asked = expect(server.hosts.of(id)?.ports()).rejects.toMatchObject({ code: 'E-TERRARIUM-1321' });
  const second = await claim(server, id, { holder, epoch });
  expect((await second.next('granted')).epoch).toBeGreaterThan(epoch);
  expect(await first.closed).toMatchObject({ code: 4409 });
  await asked;
});

test('[HL3] a stale epoch is closed with its code', async () => {
  await hosted();
  const page = await claim(server, id, { epoch: 1 });
  expect(await page.closed).toMatchObject({ code: 4409, reason: expect.stringContaining('E-TERRARIUM-1322') as string });
});

test('[HL15] nobody is host: 1320, or who was woken', async () => {
  await expect(server.hosts.require(id, signal)).rejects.toMatchObject({ code: 'E-TERRARIUM-1320' });
  const woken = await startListening();
  const environment = await woken.create();
  woken.hosts.setWaker(async (asked) => void (await claim(woken, asked, { kind: 'headless' })));
  expect(await woken.hosts.require(environment, signal)).toMatchObject({ kind: 'headless' });
  await woken.dispose();
});

test('[HL20] a request goes out without headers of one hop, its answer comes back', async () => {
  const { page, link } = await hosted();
  const answering = link.request(5173, new Request('http://x/a?b=1', { method: 'POST', body: 'hello', headers: { host: 'localhost:5173', connection: 'x-mine', 'x-mine': '1', te: 'trailers', 'x-kept': '2' } }), signal);
  const asked = await page.next('request');
  expect(asked).toMatchObject({ port: 5173, method: 'POST', url: '/a?b=1', body: true });
  expect(Object.fromEntries(asked.headers)).toMatchObject({ 'x-kept': '2', host: 'localhost:5173' });
  expect(asked.headers.map(([name]) => name)).not.toContain('x-mine');
  expect(await page.bytes(asked.id, 5)).toBe('hello');
  page.send({ t: 'head', id: asked.id, status: 418, statusText: 'Teapot', headers: [['x-a', '1'], ['set-cookie', 'a=1'], ['set-cookie', 'b=2']], body: true });
  page.sendData({ id: asked.id, bytes: bytes('wor') });
  page.sendData({ id: asked.id, bytes: bytes('ld') });
  page.send({ t: 'end', id: asked.id });
  const answer = await answering;
  expect([answer.status, answer.headers.getSetCookie(), await answer.text()]).toEqual([418, ['a=1', 'b=2'], 'world']);
});

test('[HL20] a failed request says why', async () => {
  const { page, link } = await hosted();
  const answering = link.request(81, new Request('http://x/'), signal);
  page.send({ t: 'failed', id: (await page.next('request')).id, reason: 'not-listening', message: 'nothing listens there' });
  await expect(answering).rejects.toMatchObject({ code: 'E-TERRARIUM-1325', context: { port: 81, problem: 'nothing listens there' } });
});

test('[HL9] a host that leaves in the middle of an answer breaks it, and the next one is host', async () => {
  const { page, link } = await hosted();
  const next = await claim(server, id);
  await next.next('waiting');
  const answering = link.request(5173, new Request('http://x/'), signal);
  const asked = await page.next('request');
  page.send({ t: 'head', id: asked.id, status: 200, statusText: '', headers: [], body: true });
  page.sendData({ id: asked.id, bytes: bytes('half') });
  const reading = (await answering).text();
  page.socket.terminate();
  await expect(reading).rejects.toMatchObject({ code: 'E-TERRARIUM-1321' });
  await next.next('granted');
  expect(server.hosts.of(id)?.epoch).toBeGreaterThan(link.epoch);
});

test('[HL5] an answer that nobody reads is not granted more; one that is read is', async () => {
  const { page, link } = await hosted();
  const answering = link.request(5173, new Request('http://x/'), signal);
  const asked = await page.next('request');
  page.send({ t: 'head', id: asked.id, status: 200, statusText: '', headers: [], body: true });
  for (let sent = 0; sent < STREAM_WINDOW; sent += MAX_DATA) page.sendData({ id: asked.id, bytes: new Uint8Array(Math.min(MAX_DATA, STREAM_WINDOW - sent)) });
  const reader = (await answering).body?.getReader();
  for (let read = 0; read < STREAM_WINDOW; ) read += (await reader?.read())?.value?.byteLength ?? 0;
  expect((await page.next('credit')).bytes).toBeGreaterThanOrEqual(STREAM_WINDOW / 4);
});

test('[HL5] more bytes than granted break the protocol', async () => {
  const { page, link } = await hosted();
  link.request(5173, new Request('http://x/'), signal).catch(() => undefined);
  const asked = await page.next('request');
  page.send({ t: 'head', id: asked.id, status: 200, statusText: '', headers: [], body: true });
  for (let sent = 0; sent <= STREAM_WINDOW; sent += MAX_DATA) page.sendData({ id: asked.id, bytes: new Uint8Array(MAX_DATA) });
  expect(await page.closed).toMatchObject({ code: 4400, reason: expect.stringContaining('E-TERRARIUM-1323') as string });
});

test('[HL8] a stream that was never opened breaks the protocol, one that is over does not', async () => {
  const { page, link } = await hosted();
  const abort = new AbortController();
  const asking = link.request(5173, new Request('http://x/'), abort.signal);
  const asked = await page.next('request');
  abort.abort(new Error('enough'));
  await expect(asking).rejects.toThrow('enough');
  expect((await page.next('cancel')).id).toBe(asked.id);
  page.sendData({ id: asked.id, bytes: bytes('late') });
  page.send({ t: 'end', id: asked.id });
  const ports = link.ports();
  page.send({ t: 'ports', id: (await page.next('ports')).id, ports: [{ port: 3000 }] });
  expect(await ports).toEqual([{ port: 3000 }]);
  page.send({ t: 'end', id: 4000 });
  expect(await page.closed).toMatchObject({ code: 4400 });
});

test('[HL14] a caller that stops reading cancels', async () => {
  const { page, link } = await hosted();
  const answering = link.request(5173, new Request('http://x/'), signal);
  const asked = await page.next('request');
  page.send({ t: 'head', id: asked.id, status: 200, statusText: '', headers: [], body: true });
  await (await answering).body?.cancel();
  expect((await page.next('cancel')).id).toBe(asked.id);
});

test('[HL21] messages of a WebSocket stay whole both ways', async () => {
  const { page, link } = await hosted();
  const opening = link.webSocket(5173, '/?token=1', new Headers({ 'sec-websocket-protocol': 'vite-hmr, vite-ping', 'sec-websocket-key': 'x', host: 'localhost' }), signal);
  const asked = await page.next('socket');
  expect(asked).toMatchObject({ url: '/?token=1', protocols: ['vite-hmr', 'vite-ping'], headers: [['host', 'localhost']] });
  page.send({ t: 'opened', id: asked.id, protocol: 'vite-hmr' });
  const socket = await opening;
  const reader = socket.messages.getReader();
  page.sendData({ id: asked.id, bytes: bytes('he'), text: true });
  page.sendData({ id: asked.id, bytes: bytes('llo'), text: true, last: true });
  page.sendData({ id: asked.id, bytes: new Uint8Array([0, 255]), last: true });
  expect([await reader.read(), await reader.read()]).toEqual([{ done: false, value: 'hello' }, { done: false, value: new Uint8Array([0, 255]) }]);
  await socket.send('ping');
  expect(await page.bytes(asked.id, 4)).toBe('ping');
  page.send({ t: 'closed', id: asked.id, code: 4001, reason: 'done' });
  expect([await socket.closed, await reader.read()]).toEqual([{ code: 4001, reason: 'done' }, { done: true, value: undefined }]);
});

test('[HL22] a program: output across characters, input, signal, exit', async () => {
  const { page, link } = await hosted();
  const program = link.run({ command: 'npm', args: ['test'], env: { CI: '1' } }, signal);
  const { id: stream, ...asked } = await page.next('run');
  expect(asked).toEqual({ t: 'run', command: 'npm', args: ['test'], env: { CI: '1' } });
  const smile = bytes('ok \u{1f600}');
  page.sendData({ id: stream, bytes: smile.slice(0, 5) });
  page.sendData({ id: stream, bytes: smile.slice(5) });
  program.write('y\n');
  expect(await page.bytes(stream, 2)).toBe('y\n');
  program.kill('SIGINT');
  expect(await page.next('signal')).toMatchObject({ signal: 'SIGINT' });
  page.send({ t: 'exit', id: stream, code: 130 });
  page.send({ t: 'end', id: stream });
  let output = '';
  for await (const text of program.output) output += text;
  expect([output, await program.exit]).toEqual(['ok \u{1f600}', 130]);
});

test('[HL22] a program that does not start says why', async () => {
  const { page, link } = await hosted();
  const program = link.run({ command: 'nothing', args: [] }, signal);
  page.send({ t: 'failed', id: (await page.next('run')).id, reason: 'not-started', message: 'ENOENT' });
  await expect(program.exit).rejects.toMatchObject({ code: 'E-TERRARIUM-1327' });
});

test('[HL24] a question and its answer are parsed', async () => {
  const { page, link } = await hosted();
  await expect(link.call('nothing', {}, signal)).rejects.toMatchObject({ code: 'E-TERRARIUM-1328' });
  const answer = (value: unknown) => page.next('call').then(({ id: stream }) => page.send({ t: 'result', id: stream, value }));
  const [wrong] = [link.call('problems', {}, signal), await answer({ problems: 'none' })];
  await expect(wrong).rejects.toMatchObject({ code: 'E-TERRARIUM-1328' });
  const [right] = [link.call('problems', {}, signal), await answer({ problems: [], more: 1 })];
  expect(await right).toEqual({ problems: [] });
});

test('[HL12] too much at a time is refused', async () => {
  const { link } = await hosted();
  const asked = Array.from({ length: 513 }, () => link.ports().then(() => 'answered', (error: { code: string }) => error.code));
  expect(await asked[512]).toBe('E-TERRARIUM-1326');
});

test('[HL13] a question that nobody answers ends with 1324 and is cancelled', async () => {
  const { page, link } = await hosted();
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const asked = link.ports();
  vi.advanceTimersByTime(30_000);
  vi.useRealTimers();
  await expect(asked).rejects.toMatchObject({ code: 'E-TERRARIUM-1324' });
  await page.next('cancel');
});
