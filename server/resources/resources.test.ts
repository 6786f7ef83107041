import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { parseConfig } from '../../shared/config/load.ts';
import { freePort, OWNER_TOKEN, startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { createResourceManager } from './manager.ts';

interface Seen {
  environmentId: string;
  status: string;
  usedAt: string;
  storageBytes: number;
}

let server: TestServer;
let port: number;
let ticks = Date.parse('2026-01-01');
beforeEach(async () => {
  // Dates alone, one second further with each look at the clock: who was used last is never a matter of milliseconds.
  vi.spyOn(Date, 'now').mockImplementation(() => (ticks += 1000));
  port = await freePort();
  server = await startTestServer({ port, config: parseConfig('').config });
  await server.listen();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await server.dispose();
});

const list = async () => ((await (await server.api('/api/environments')).json()) as { environments: Seen[]; maxActive: number });
const statuses = async () => Object.fromEntries((await list()).environments.map(({ environmentId, status }) => [environmentId, status]));
const post = (id: string, what: string) => server.api(`/api/environments/${id}/${what}`, { method: 'POST' });
const put = (id: string, path: string, body: BodyInit) => server.api(`/api/environments/${id}/files/${path}`, { method: 'PUT', body });
async function filesOf(id: string): Promise<Record<string, string>> {
  const { files } = (await (await server.api(`/api/environments/${id}/files`)).json()) as { files: { path: string }[] };
  return Object.fromEntries(await Promise.all(files.map(async ({ path }) => [path, Buffer.from(await (await server.api(`/api/environments/${id}/files/${path}`)).arrayBuffer()).toString('hex')] as const)));
}
function connect(id: string): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/${id}`, ['terrarium.v1', `bearer.${OWNER_TOKEN}`], { headers: { host: `localhost:${port}` } });
  socket.on('error', () => undefined);
  return socket;
}

test('[M1] ten are filled, an eleventh is opened, and the one that it suspended comes back byte for byte', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 10; i++) ids.push(await server.create());
  expect(Object.values(await statuses())).toEqual(Array.from({ length: 10 }, () => 'initializing'));
  const [first = '', second = ''] = ids;
  const open = async (id: string) => void (await once(connect(id), 'message'));
  for (const id of ids) await open(id);
  await put(first, 'notes/ä.txt', 'typed before 👋\n');
  await put(first, 'data.bin', new Uint8Array([0, 255, 128, 10]));
  // All but the first are used after it.
  for (const id of ids.slice(1)) await put(id, 'used.txt', 'x');
  const before = await filesOf(first);
  const eleventh = await server.create();
  expect(Object.values(await statuses())).not.toContain('suspended');
  await open(eleventh);
  expect((await list()).maxActive).toBe(10);
  expect(Object.entries(await statuses()).filter(([, status]) => status === 'suspended')).toEqual([[first, 'suspended']]);
  expect(await (await post(first, 'resume')).json()).toEqual({ environmentId: first, status: 'running' });
  expect(await filesOf(first)).toEqual(before);
  const now = await statuses();
  expect([now[first], now[second], now[eleventh]]).toEqual(['running', 'suspended', 'running']);
  expect(Object.values(now).filter((status) => status === 'running')).toHaveLength(10);
});
test('[M3] suspending ends connections with 4423, refuses new ones, and keeps what was typed; [M4] resuming lets them in', async () => {
  const id = await server.create();
  const socket = connect(id);
  await once(socket, 'message');
  expect(await statuses()).toEqual({ [id]: 'running' });
  const closed = once(socket, 'close');
  await put(id, 'kept.txt', 'kept');
  await post(id, 'suspend');
  const [code, reason] = (await closed) as [number, Buffer];
  expect([code, reason.toString().slice(0, 16)]).toEqual([4423, 'E-TERRARIUM-1159']);
  const refused = connect(id);
  expect((await once(refused, 'close'))[0]).toBe(4423);
  expect(await (await server.api(`/api/environments/${id}/files/kept.txt`)).text()).toBe('kept');
  expect((await put(id, 'by-api.txt', 'x')).status).toBe(201);
  expect(await statuses()).toEqual({ [id]: 'suspended' });
  await post(id, 'resume');
  const again = connect(id);
  await once(again, 'message');
  again.close();
});
test('[M5] twice is as once', async () => {
  const id = await server.create();
  for (const what of ['suspend', 'suspend', 'resume', 'resume']) expect((await post(id, what)).status).toBe(200);
  expect(await statuses()).toEqual({ [id]: 'running' });
});
test('a suspended environment is still that after a restart of the server', async () => {
  const id = await server.create();
  await post(id, 'suspend');
  await server.close();
  server = await startTestServer({ root: server.settings.root });
  expect(await statuses()).toEqual({ [id]: 'suspended' });
});
test('[M6] of a terminated one is left what it was called, when and who ended it; nothing of what was in it', async () => {
  const id = await server.create();
  await put(id, 'secret.txt', 'x');
  await server.api(`/api/environments/${id}`, { method: 'DELETE' });
  const { terminated, environments } = (await list()) as unknown as { terminated: object[]; environments: object[] };
  expect(environments).toEqual([]);
  expect(terminated).toEqual([{ environmentId: id, taskId: 'task', agentId: null, template: 'tiny', createdAt: expect.any(String), terminatedAt: expect.any(String), terminatedBy: 'Owner' }]);
  expect((await server.api(`/api/environments/${id}`)).status).toBe(404);
  const other = await server.create();
  const guest = await server.api('/api/environments', { token: await server.invite(other, 'editor') });
  expect(await guest.json()).toMatchObject({ environments: [{ environmentId: other, use: null, agents: [] }], terminated: [] });
});
test('the list says what each takes on the server and when it was used', async () => {
  const id = await server.create();
  const before = (await list()).environments[0];
  await put(id, 'large.txt', Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join(''));
  const after = (await list()).environments[0];
  expect((after?.storageBytes ?? 0) - (before?.storageBytes ?? 0)).toBeGreaterThan(100_000);
  expect(Date.parse(after?.usedAt ?? '')).toBeGreaterThan(Date.parse(before?.usedAt ?? ''));
});

describe('[M2] idle', () => {
  function manager(idleMs: number) {
    const environments = [{ id: 'a', status: 'running', usedAt: 0, createdAt: 0 }, { id: 'b', status: 'initializing', usedAt: 50, createdAt: 0 }, { id: 'c', status: 'suspended', usedAt: 0, createdAt: 0 }];
    const ended: string[] = [];
    const made = createResourceManager({
      // What the manager uses of them.
      environments: { list: () => environments.map((one) => ({ ...one })), touch(id: string, status: string) { for (const one of environments) if (one.id === id) one.status = status; }, onActivated: () => undefined } as never,
      rooms: { end: (id) => void ended.push(id) }, maxActive: 10, idleMs, logger: { info() {}, warn() {}, error() {} },
    });
    return { made, ended };
  }
  test('what nobody has used for so long is suspended, at its end and not before, once', () => {
    const { made, ended } = manager(1000);
    for (const [now, wanted] of [[999, []], [1000, ['a']], [1001, ['a']], [1050, ['a']], [9999, ['a']]] as const) {
      vi.mocked(Date.now).mockReturnValue(now);
      made.look();
      expect(ended).toEqual(wanted);
    }
    made.close();
  });
});
