import { afterEach, expect, test, vi } from 'vitest';
import { BOOT_STAGE_LIMIT, OUTPUT_WINDOW } from '../../shared/protocol/broker.ts';
import type { AppToBroker } from '../../shared/protocol/broker.ts';
import { ContainerClient } from './client.ts';

/** A client and, opposite it, the bare other end of the channel: the test is the (possibly hostile) broker. */
function setUp() {
  const { port1, port2 } = new MessageChannel();
  const received: AppToBroker[] = [];
  const waiting: (() => void)[] = [];
  port2.addEventListener('message', (event: MessageEvent<AppToBroker>) => {
    received.push(event.data);
    for (const wake of waiting.splice(0)) wake();
  });
  port2.start();
  let lose = () => {};
  const closed = vi.fn();
  const client = new ContainerClient({ port: port1, close: closed, onLost: (callback) => (lose = callback) });
  const next = async (match: (message: AppToBroker) => boolean): Promise<AppToBroker> => {
    for (;;) {
      const found = received.find(match);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const request = async (op: string) => {
    const message = await next((m) => m.type === 'request' && m.request.op === op);
    if (message.type !== 'request') throw new Error('unreachable');
    return message;
  };
  ends.push(() => {
    port1.close();
    port2.close();
  });
  return { client, say: (message: unknown) => port2.postMessage(message), next, request, lose: () => lose(), closed };
}

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
  vi.useRealTimers();
});

test('a request resolves with its parsed value', async () => {
  const { client, request, say } = setUp();
  const entries = client.readdir('src');
  const { id } = await request('readdir');
  say({ type: 'result', id, value: [{ name: 'a', kind: 'file', extra: 1 }] });
  expect(await entries).toEqual([{ name: 'a', kind: 'file' }]);
});

test('[B3] an answer of the wrong shape is a protocol error, not a value', async () => {
  const { client, request, say } = setUp();
  const bytes = client.readFile('a');
  const { id } = await request('readFile');
  say({ type: 'result', id, value: { byteLength: 3, __proto__: null } });
  await expect(bytes).rejects.toMatchObject({ code: 'E-TERRARIUM-2108' });
});

test('a failed operation carries its POSIX name', async () => {
  const { client, request, say } = setUp();
  const bytes = client.readFile('a');
  const { id } = await request('readFile');
  say({ type: 'failure', id, error: { name: 'Error', message: 'no such file', code: 'ENOENT' } });
  await expect(bytes).rejects.toMatchObject({ name: 'ContainerOperationError', code: 'ENOENT' });
});

test('[B3] rubbish is dropped and the next answer still counts', async () => {
  const { client, request, say } = setUp();
  const done = client.mkdir('a');
  const { id } = await request('mkdir');
  for (const rubbish of [null, 7, 'x', {}, { type: 'GET', path: ['constructor'] }, { type: 'result' }, { type: 'exit', process: 'x', code: NaN }]) say(rubbish);
  say({ type: 'result', id, value: null });
  await expect(done).resolves.toBeUndefined();
});

test('[B6] [B7] output is granted again as it is read, and ends', async () => {
  const { client, request, say, next } = setUp();
  const spawning = client.spawn('yes');
  const { id } = await request('spawn');
  say({ type: 'result', id, value: null });
  const process = await spawning;
  say({ type: 'output', process: id, data: 'y\n' });
  const reader = process.output.getReader();
  expect(await reader.read()).toEqual({ done: false, value: 'y\n' });
  expect(await next((m) => m.type === 'credit')).toEqual({ type: 'credit', process: id, units: 2 });
  say({ type: 'exit', process: id, code: 3 });
  say({ type: 'output-end', process: id });
  expect(await process.exit).toBe(3);
  expect(await reader.read()).toMatchObject({ done: true });
});

test('every program gets the variables of the environment; those of its own come first', async () => {
  const { client, request } = setUp();
  client.variables = { VITE_API_URL: 'http://a.backend.localhost', FORCE_COLOR: '0' };
  client.spawn('vite', [], { env: { FORCE_COLOR: '1' } }).catch(() => {});
  expect(await request('spawn')).toMatchObject({ request: { env: [['VITE_API_URL', 'http://a.backend.localhost'], ['FORCE_COLOR', '1']] } });
});

test('[B6] a broker that sends beyond its credit is cut off', async () => {
  const { client, request, say, closed } = setUp();
  const spawning = client.spawn('yes');
  const { id } = await request('spawn');
  say({ type: 'result', id, value: null });
  const process = await spawning;
  const chunk = 'y'.repeat(64 * 1024);
  for (let sent = 0; sent <= OUTPUT_WINDOW; sent += chunk.length) say({ type: 'output', process: id, data: chunk });
  await expect(process.exit).rejects.toMatchObject({ code: 'E-TERRARIUM-2108' });
  expect(closed).toHaveBeenCalledOnce();
});

test('[B4] an aborted call tells the broker', async () => {
  const { client, request, next } = setUp();
  const abort = new AbortController();
  const spawning = client.spawn('npm', ['install'], { signal: abort.signal });
  const { id } = await request('spawn');
  abort.abort(new Error('left the page'));
  await expect(spawning).rejects.toThrow('left the page');
  expect(await next((m) => m.type === 'cancel')).toEqual({ type: 'cancel', id });
});

test.each([
  [[], 'E-TERRARIUM-2102'],
  [['library', 'host-frame'], 'E-TERRARIUM-2103'],
  [['library', 'host-frame', 'host-loaded'], 'E-TERRARIUM-2104'],
  [['library', 'host-frame', 'host-loaded', 'host-init'], 'E-TERRARIUM-2105'],
])('[B5] a boot that hangs after %j fails with its cause', async (stages, code) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { client, request, say } = setUp();
  const booting = client.boot({ workdirName: 'project' });
  await request('boot');
  const seen = stages.map(() => Promise.withResolvers<void>());
  let at = 0;
  client.on('boot-stage', () => seen[at++]?.resolve());
  for (const stage of stages) say({ type: 'boot-stage', stage });
  await Promise.all(seen.map((one) => one.promise));
  vi.advanceTimersByTime(BOOT_STAGE_LIMIT);
  await expect(booting).rejects.toMatchObject({ code });
});

test('[B11] a host without shared memory fails the boot at once', async () => {
  const { client, request, say } = setUp();
  const booting = client.boot({ workdirName: 'project' });
  await request('boot');
  for (const stage of ['library', 'host-frame', 'not-isolated']) say({ type: 'boot-stage', stage });
  await expect(booting).rejects.toMatchObject({ code: 'E-TERRARIUM-2123' });
});

test('[B2] [B8] a reloaded frame fails all that waits', async () => {
  const { client, request, lose } = setUp();
  const reading = client.readFile('a');
  await request('readFile');
  lose();
  await expect(reading).rejects.toMatchObject({ code: 'E-TERRARIUM-2102' });
  await expect(client.readFile('b')).rejects.toMatchObject({ code: 'E-TERRARIUM-2102' });
});
