/**
 * Every message of the document's socket and of the host link as everybody: who gets in, with which close code who does not, what each message does.
 * The text channels of the document's socket: server/channels/roles.test.ts.
 */
import { once } from 'node:events';
import * as encoding from 'lib0/encoding';
import * as syncProtocol from 'y-protocols/sync';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseConfig } from '../../shared/config/load.ts';
import { addTextFile } from '../../shared/document/schema.ts';
import { encodeData, HOST_LINK_PROTOCOL, HOST_LINK_VERSION, MAX_MESSAGE, toServerSchema } from '../../shared/protocol/host-link.ts';
import type { ToServer } from '../../shared/protocol/host-link.ts';
import { MESSAGE } from '../rooms/room.ts';
import { freePort, OWNER_TOKEN, startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { makeCallers } from './callers.ts';
import type { Caller } from './callers.ts';

let server: TestServer;
let port: number;
let id: string;
let callers: Caller[];
beforeAll(async () => {
  port = await freePort();
  server = await startTestServer({ port, config: parseConfig('resources:\n  max_active: 1000\nheadless:\n  max: 0\nshare:\n  lan: false\n').config });
  await server.listen();
  id = await server.create();
  callers = await makeCallers(server, id);
});
afterAll(() => server.dispose());

interface Opened {
  socket: WebSocket;
  /** Binary messages that came. */
  frames: Uint8Array[];
  closed: Promise<{ code: number; reason: string }>;
  /** Undefined when it ends first. */
  until<T>(find: () => T | undefined): Promise<T | undefined>;
}

async function open(path: string, protocol: string, token: string | undefined): Promise<Opened> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, [protocol, ...(token === undefined ? [] : [`bearer.${token}`])], { headers: { host: `localhost:${port}` } });
  const frames: Uint8Array[] = [];
  let changed = Promise.withResolvers<void>();
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => {
    frames.push(new Uint8Array(data));
    changed.resolve();
    changed = Promise.withResolvers();
  });
  const closed = once(socket, 'close').then(([code, reason]) => ({ code: code as number, reason: String(reason) }));
  await Promise.race([once(socket, 'open'), closed]);
  let isOver = false;
  void closed.then(() => (isOver = true));
  const until: Opened['until'] = async (find) => {
    for (;;) {
      const found = find();
      if (found !== undefined || isOver) return found;
      await Promise.race([changed.promise, closed]);
    }
  };
  return { socket, frames, closed, until };
}

const document = (token: string | undefined) => open(`/ws/${id}`, 'terrarium.v1', token);
const host = (token: string | undefined) => open(`/ws/${id}/host`, HOST_LINK_PROTOCOL, token);

/** Close code for who may not come in; undefined for who may. */
function shutOut({ refused, role, token, verbs, embed }: Caller, door: 'document' | 'host'): string | undefined {
  if (refused !== undefined) return refused;
  if (token === undefined) return 'E-TERRARIUM-1400';
  if (role === 'elsewhere' || role === 'none') return 'E-TERRARIUM-1001';
  if (door === 'host') return role === 'owner' || (role === 'editor' && embed !== true) ? undefined : 'E-TERRARIUM-1402';
  return role === 'agent' && !verbs.includes('files.read') ? 'E-TERRARIUM-1413' : undefined;
}

describe.each(['document', 'host'] as const)('who comes in at the socket of the %s', (door) => {
  test('everybody', async () => {
    const [wanted, found]: [unknown[], unknown[]] = [[], []];
    for (const caller of callers) {
      const code = shutOut(caller, door);
      wanted.push([caller.name, code ?? 'in']);
      const opened = await (door === 'document' ? document : host)(caller.token);
      if (code === undefined) {
        // The document's says who may write; a host says nothing before a claim and is closed for rubbish, which shows that it was let in.
        if (door === 'document') await opened.until(() => opened.frames[0]);
        else opened.socket.send('rubbish');
        const isIn = door === 'document' ? opened.frames.length > 0 : (await opened.closed).reason.includes('E-TERRARIUM-1323');
        found.push([caller.name, isIn ? 'in' : 'out']);
        opened.socket.terminate();
      } else {
        const { code: close, reason } = await opened.closed;
        found.push([caller.name, close >= 4400 && close < 4500 ? reason.slice(0, code.length) : close]);
      }
    }
    expect(found).toEqual(wanted);
  });
});

test('a token that is taken back ends what is open, and is not let in again', async () => {
  const made = (path: string, body: object) => server.api(`/api/environments/${id}/${path}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }).then((response) => response.json() as Promise<Record<string, never>>);
  const agent = (await made('agents', { name: 'Robin', verbs: ['files.read'] })) as { agent: { id: string }; token: string } & object;
  const link = (await made('shares', { role: 'viewer', code: true })) as { shareId: string; joinUrl: string } & object;
  const embed = (await made('embeds', { origins: ['https://a.example'] })) as { embedId: string; token: string } & object;
  const cases = [
    { token: agent.token, path: `agents/${agent.agent.id}`, live: 4401, again: 'E-TERRARIUM-1412' },
    { token: new URL(link.joinUrl).searchParams.get('token') ?? '', path: `shares/${link.shareId}`, live: 4410, again: 'E-TERRARIUM-1401' },
    { token: embed.token, path: `embeds/${embed.embedId}`, live: 4410, again: 'E-TERRARIUM-1381' },
  ];
  for (const { token, path, live, again } of cases) {
    const opened = await document(token);
    await opened.until(() => opened.frames[0]);
    await server.api(`/api/environments/${id}/${path}`, { method: 'DELETE' });
    expect([path.split('/')[0], (await opened.closed).code]).toEqual([path.split('/')[0], live]);
    expect((await (await document(token)).closed).reason).toContain(again);
  }
});

describe('messages of the document', () => {
  const frame = (type: number, write: (encoder: encoding.Encoder) => void = () => undefined): Uint8Array => {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, type);
    write(encoder);
    return encoding.toUint8Array(encoder);
  };
  const sync = (type: number, payload: Uint8Array) => frame(MESSAGE.sync, (encoder) => {
    encoding.writeVarUint(encoder, type);
    encoding.writeVarUint8Array(encoder, payload);
  });
  /** An update that makes a file of this name. */
  const making = (path: string): Uint8Array => {
    const doc = new Y.Doc();
    addTextFile(doc, { id: path, path, content: 'x' });
    return Y.encodeStateAsUpdate(doc);
  };
  const write = (path: string, more: object = {}) => frame(MESSAGE.write, (encoder) => encoding.writeVarString(encoder, JSON.stringify({ t: 'write', id: 1, key: 'k'.repeat(8) + path, path: `${path}.txt`, base: null, result: { kind: 'text', text: 'x' }, ...more })));
  const awareness = () => frame(MESSAGE.awareness, (encoder) => {
    const inner = encoding.createEncoder();
    encoding.writeVarUint(inner, 1);
    encoding.writeVarUint(inner, 77);
    encoding.writeVarUint(inner, 1);
    encoding.writeVarString(inner, '{}');
    encoding.writeVarUint8Array(encoder, encoding.toUint8Array(inner));
  });
  const question = sync(syncProtocol.messageYjsSyncStep1, Y.encodeStateVector(new Y.Doc()));

  /** What each does: `read` is for everybody who is in, `change` for who may write, `told` answers who may not without ending, `broken` ends everybody. */
  const MESSAGES: Record<string, { make: (name: string) => Uint8Array | string; kind: 'read' | 'change' | 'told' | 'broken'; close?: number }> = {
    'sync step 1': { make: () => question, kind: 'read' },
    'sync step 2': { make: (name) => sync(syncProtocol.messageYjsSyncStep2, making(`${name}.txt`)), kind: 'change' },
    'sync update': { make: (name) => sync(syncProtocol.messageYjsUpdate, making(`${name}.txt`)), kind: 'change' },
    awareness: { make: awareness, kind: 'read' },
    queryAwareness: { make: () => frame(MESSAGE.queryAwareness), kind: 'read' },
    write: { make: write, kind: 'told' },
    // What only the server says.
    auth: { make: () => frame(MESSAGE.auth, (encoder) => encoding.writeVarUint(encoder, 0)), kind: 'broken' },
    durable: { make: () => frame(MESSAGE.durable), kind: 'broken' },
    'rubbish: a number that is none': { make: () => frame(99), kind: 'broken' },
    'rubbish: nothing': { make: () => new Uint8Array(), kind: 'broken' },
    'rubbish: a sync message that is none': { make: () => sync(9, new Uint8Array([1])), kind: 'broken' },
    'rubbish: a write that is none': { make: () => write('none', { t: 'wrote' }), kind: 'broken' },
    'rubbish: text without hello': { make: () => '{}', kind: 'broken' },
    'another version of the channels': { make: () => JSON.stringify({ v: 99, channel: 'state', id: 0, data: { kind: 'hello', source: 's'.repeat(20), wants: [] } }), kind: 'broken', close: 4426 },
    'an oversized frame': { make: () => new Uint8Array(8 * 1024 * 1024 + 1), kind: 'broken', close: 4413 },
    'an oversized text': { make: () => 'x'.repeat(129 * 1024), kind: 'broken', close: 4413 },
  };
  const files = async () => ((await (await server.api(`/api/environments/${id}/files`)).json()) as { files: { path: string }[] }).files.map(({ path }) => path);
  const isStep2 = (data: Uint8Array) => data[0] === MESSAGE.sync && data[1] === syncProtocol.messageYjsSyncStep2;

  test.each(Object.keys(MESSAGES))('%s, from everybody who is in', async (name) => {
    const { make, kind, close = 4400 } = MESSAGES[name] as (typeof MESSAGES)[string];
    for (const [index, caller] of callers.filter((one) => shutOut(one, 'document') === undefined).entries()) {
      const unique = `${name.replace(/\W+/g, '-')}-${index}`;
      const mayWrite = caller.role === 'owner' || caller.role === 'editor';
      const before = await files();
      const opened = await document(caller.token);
      opened.socket.send(make(unique));
      if (kind === 'broken' || (kind === 'change' && !mayWrite)) {
        expect([caller.name, (await opened.closed).code]).toEqual([caller.name, kind === 'broken' ? close : 4403]);
      } else {
        // Answered in the order in which they are asked: what was said before was taken by then.
        const asked = opened.frames.filter(isStep2).length + (name === 'sync step 1' ? 1 : 0);
        opened.socket.send(question);
        await opened.until(() => (opened.frames.filter(isStep2).length > asked ? true : undefined));
        if (kind === 'told') await opened.until(() => opened.frames.find((data) => data[0] === MESSAGE.write && Buffer.from(data).includes(mayWrite ? '"done"' : 'E-TERRARIUM-1302')));
        expect([caller.name, opened.socket.readyState]).toEqual([caller.name, WebSocket.OPEN]);
      }
      expect([caller.name, await files()]).toEqual([caller.name, mayWrite && (kind === 'change' || kind === 'told') ? [...before, `${unique}.txt`].sort() : before]);
      opened.socket.terminate();
    }
  }, 30_000);

  test('the table has every message of the protocol', () => {
    const names = Object.keys(MESSAGES).filter((name) => !/rubbish|version|oversized/.test(name));
    expect(names.map((name) => name.replace(/^sync .*/, 'sync')).filter((name, index, all) => all.indexOf(name) === index).sort()).toEqual(Object.keys(MESSAGE).sort());
    expect(names.filter((name) => name.startsWith('sync'))).toHaveLength([syncProtocol.messageYjsSyncStep1, syncProtocol.messageYjsSyncStep2, syncProtocol.messageYjsUpdate].length);
  });
});

describe('messages of the host link', () => {
  const claim = (more: object = {}) => ({ t: 'claim', v: HOST_LINK_VERSION, holder: crypto.randomUUID(), epoch: 0, kind: 'person', ...more });
  /** Of a stream that the server never opened. */
  const MESSAGES: Record<Exclude<ToServer['t'], 'claim'>, object> = {
    result: { value: 1 }, head: { status: 200, statusText: '', headers: [], body: false }, opened: { protocol: '' }, ports: { ports: [] }, processes: { processes: [] }, end: {}, credit: { bytes: 1 },
    exit: { code: 0 }, closed: { code: 1000, reason: '' }, failed: { reason: 'reset', message: '' },
  };
  const FRAMES: Record<string, string | Uint8Array> = {
    ...Object.fromEntries(Object.entries(MESSAGES).map(([t, fields]) => [t, JSON.stringify({ t, id: 4000, ...fields })])),
    'a second claim': JSON.stringify(claim()),
    data: encodeData({ id: 4000, bytes: new Uint8Array(3), text: false, last: false }),
    'rubbish: no JSON': 'rubbish',
    'rubbish: no message': '{"t":"gossip"}',
    'rubbish: deep': '['.repeat(100_000),
    'rubbish: bytes of no stream': new Uint8Array([9, 9]),
    'what only the server says': JSON.stringify({ t: 'granted', v: HOST_LINK_VERSION, epoch: 1 }),
    'an oversized frame': 'x'.repeat(MAX_MESSAGE + 1),
  };
  const codeOf = (name: string) => (name === 'an oversized frame' ? 4413 : 4400);
  const told = (opened: Opened, t: string) => opened.until(() => opened.frames.find((data) => Buffer.from(data).includes(`"t":"${t}"`)));
  const hosts = () => callers.filter((caller) => shutOut(caller, 'host') === undefined);

  test.each(Object.keys(FRAMES))('%s, before the claim, as host and while another is host', async (name) => {
    const message = FRAMES[name] as string | Uint8Array;
    for (const caller of hosts()) {
      if (name !== 'a second claim') {
        const early = await host(caller.token);
        early.socket.send(message);
        expect([caller.name, 'early', (await early.closed).code]).toEqual([caller.name, 'early', codeOf(name)]);
      }
      const first = await host(caller.token);
      first.socket.send(JSON.stringify(claim()));
      await told(first, 'granted');
      const second = await host(OWNER_TOKEN);
      second.socket.send(JSON.stringify(claim()));
      await told(second, 'waiting');
      second.socket.send(message);
      expect([caller.name, 'waiting', (await second.closed).code]).toEqual([caller.name, 'waiting', codeOf(name)]);
      expect(server.hosts.of(id)).toBeDefined();
      first.socket.send(message);
      expect([caller.name, 'host', (await first.closed).code]).toEqual([caller.name, 'host', codeOf(name)]);
    }
  });
  test.each([['another version', { v: 99 }, 'E-TERRARIUM-2101'], ['no holder', { holder: 'x' }, 'E-TERRARIUM-1323'], ['another kind', { kind: 'ghost' }, 'E-TERRARIUM-1323']])('a claim with %s', async (_name, more, code) => {
    for (const caller of hosts()) {
      const opened = await host(caller.token);
      opened.socket.send(JSON.stringify(claim(more)));
      expect(await opened.closed).toMatchObject({ code: 4400, reason: expect.stringContaining(code) as string });
    }
  });
  test('a claim that is sent again after its lease went to another is refused', async () => {
    const old = await host(OWNER_TOKEN);
    const said = claim();
    old.socket.send(JSON.stringify(said));
    const granted = JSON.parse(Buffer.from((await told(old, 'granted')) ?? []).toString()) as { epoch: number };
    old.socket.terminate();
    await old.closed;
    const next = await host(OWNER_TOKEN);
    next.socket.send(JSON.stringify(claim()));
    await told(next, 'granted');
    const replayed = await host(OWNER_TOKEN);
    replayed.socket.send(JSON.stringify({ ...said, epoch: granted.epoch }));
    expect((await replayed.closed).code).toBe(4409);
    next.socket.terminate();
  });
  test('the table has every message that a host may send', () => {
    expect(['claim', ...Object.keys(MESSAGES)].sort()).toEqual(toServerSchema.options.map((option) => option.shape.t.value).sort());
  });
});
