import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { MAX_CHANNEL_FRAME } from '../../shared/protocol/channels.ts';
import { OWNER_TOKEN, startListening } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { line, place, TestMember } from './testing-client.ts';

let server: TestServer;
let port: number;
let id: string;
let members: TestMember[];
const enter = async (options?: Parameters<typeof TestMember.enter>[2]) => {
  const member = await TestMember.enter(port, id, options);
  members.push(member);
  return member;
};

beforeEach(async () => {
  ({ server, port, id } = await startListening());
  members = [];
});
afterEach(async () => {
  for (const { socket } of members) socket.terminate();
  await server.dispose();
});

describe('handshake', () => {
  test('[H1] who says no hello hears no text, and is refused any other', async () => {
    const silent = new TestMember(port, id);
    await silent.opened();
    const a = await enter();
    const b = await enter();
    a.log(1, 'hi');
    await b.line('hi');
    expect(silent.heard).toEqual([]);
    silent.log(1, 'too early');
    expect(await silent.closed).toMatchObject({ code: 4400, reason: expect.stringContaining('E-TERRARIUM-1361') as string });
    a.send('state', 0, { kind: 'hello', source: crypto.randomUUID(), wants: [] });
    expect(await a.closed).toMatchObject({ code: 4400 });
  });

  test('[H2] another version is told which there are', async () => {
    const member = new TestMember(port, id);
    await member.opened();
    member.socket.send(JSON.stringify({ v: 7, channel: 'state', id: 0, data: { kind: 'hello', something: 'new' } }));
    expect(await member.closed).toEqual({ code: 4426, reason: 'E-TERRARIUM-1360 This page speaks version 7 of the channels, the server version 1. Reload the page.' });
  });

  test('[H3] a member learns who it is, who is there and where, and hears who comes and goes', async () => {
    const a = await enter({ name: 'Ann' });
    a.send('preview', 0, { kind: 'place', place });
    const b = await enter({ token: await server.invite(id, 'editor'), name: 'Ben' });
    const welcome = await b.first('welcome');
    expect(welcome.data).toMatchObject({ canWrite: true, taken: 0, author: { kind: 'person', name: 'Ben' }, members: [{ author: { kind: 'person', id: 'owner', name: 'Ann' }, place }] });
    const joined = await a.first('joined');
    expect(joined.data.author).toEqual(welcome.data.author);
    expect(joined.data.author.id).not.toBe('owner');
    await b.leave();
    expect((await a.first('left')).data.source).toBe(joined.data.source);
  });

  test('[H4] a preview that claims to be another is refused; one that comes back ends the connection before', async () => {
    const source = crypto.randomUUID();
    const a = await enter({ source });
    const thief = await enter({ source, token: await server.invite(id, 'editor') });
    expect(await thief.closed).toMatchObject({ code: 4409, reason: expect.stringContaining('E-TERRARIUM-1363') as string });
    const again = await enter({ source });
    expect(await a.closed).toMatchObject({ code: 4409 });
    const b = await enter();
    again.log(1, 'still here');
    await b.line('still here');
    expect((await b.first('welcome')).data.members).toHaveLength(1);
  });
});

describe('records', () => {
  test('[D1] what is sent again after a cut is not doubled, and nothing between is lost', async () => {
    const source = crypto.randomUUID();
    const [a, b] = [await enter({ source }), await enter()];
    a.log(1, 'one');
    a.log(2, 'two');
    await a.first('taken', ({ data }) => data.n === 2);
    a.socket.terminate();
    const back = await enter({ source });
    expect((await back.first('welcome')).data.taken).toBe(2);
    back.log(2, 'two');
    back.log(3, 'three');
    await b.line('three');
    expect(b.lines).toEqual(['one', 'two', 'three']);
  });

  test('[D2] each record reaches the others once, in order, by kind wanted, with who said it', async () => {
    const a = await enter({ name: 'Ann' });
    const b = await enter();
    const c = await enter({ wants: ['network'] });
    a.log(1, 'one');
    a.send('logs', 2, { kind: 'network', record: { kind: 'request', port: 5173, time: 1, realm: 'page', id: 'r', state: 'pending', initiator: 'fetch', method: 'GET', url: '/x' } });
    a.send('preview', 3, { kind: 'route_change', record: { kind: 'route', port: 5173, time: 1, realm: 'page', url: '/about', title: 'About' } });
    a.send('preview', 4, { kind: 'performance', record: { kind: 'performance', port: 5173, time: 1, realm: 'page', metric: 'long-task', startMs: 1, durationMs: 60 } });
    await b.first('performance');
    const records = b.heard.filter(({ id: cursor }) => cursor > 0);
    expect(records.map(({ channel, data }) => `${channel} ${data.kind}`)).toEqual(['logs console', 'logs network', 'preview route_change', 'preview performance']);
    expect(records.map(({ id: cursor }) => cursor)).toEqual(records.map(({ id: cursor }) => cursor).toSorted((x, y) => x - y));
    expect(records[0]?.data).toMatchObject({ author: { kind: 'person', id: 'owner', name: 'Ann' }, n: 1 });
    await c.first('network');
    expect(c.all('console')).toEqual([]);
    expect(a.heard.filter(({ id: cursor }) => cursor > 0)).toEqual([]);
  });

  test('[D3] who comes back with a cursor is told what came after, once', async () => {
    const [a, b] = [await enter(), await enter()];
    a.log(1, 'one');
    const { id: cursor } = await b.line('one');
    await b.leave();
    a.log(2, 'two');
    await a.first('taken', ({ data }) => data.n === 2);
    const back = await enter({ after: cursor });
    await back.line('two');
    a.log(3, 'three');
    await back.line('three');
    expect(back.lines).toEqual(['two', 'three']);
  });

  test('[D3] who comes for the first time is told the last records, not all', async () => {
    const a = await enter();
    for (let n = 1; n <= 510; n++) {
      a.log(n, String(n));
      if (n % 64 === 0) await a.first('taken', ({ data }) => data.n >= n);
    }
    await a.first('taken', ({ data }) => data.n === 510);
    const late = await enter({ wants: ['console', 'network'] });
    await late.line('510');
    expect(late.lines).toEqual(Array.from({ length: 500 }, (_, index) => String(index + 11)));
    expect(late.all('missed')).toEqual([]);
  });

  test('[D5] a record that says whose it is breaks the protocol', async () => {
    const a = await enter();
    a.log(1, 'I am Ben', { author: { kind: 'person', id: 'ben', name: 'Ben' } });
    expect(await a.closed).toMatchObject({ code: 4400 });
    const b = await enter();
    expect(b.lines).toEqual([]);
  });

  test('[D6] a viewer hears everything and tells nothing', async () => {
    const [a, viewer] = [await enter(), await enter({ token: await server.invite(id, 'viewer') })];
    expect((await viewer.first('welcome')).data.canWrite).toBe(false);
    a.log(1, 'shown');
    await viewer.line('shown');
    viewer.send('preview', 0, { kind: 'place', place });
    expect((await a.first('place')).data.place).toEqual(place);
    viewer.log(1, 'not mine to say');
    expect(await viewer.closed).toMatchObject({ code: 4403, reason: expect.stringContaining('E-TERRARIUM-1362') as string });
    a.log(2, 'after');
    const b = await enter();
    await b.line('after');
    expect(b.lines).toEqual(['shown', 'after']);
  });

  test('[D7] files that change are told with who changed them', async () => {
    const a = await enter();
    const put = (body: string) => server.api(`/api/environments/${id}/files/src/new.ts`, { method: 'PUT', body });
    await put('one');
    expect((await a.first('file_change')).data).toMatchObject({ record: { change: 'added', path: 'src/new.ts' }, author: { kind: 'person', id: 'owner' } });
    await put('two');
    await a.first('file_change', ({ data }) => data.record.change === 'changed');
    await server.api(`/api/environments/${id}/files/src/new.ts`, { method: 'DELETE' });
    expect((await a.first('file_change', ({ data }) => data.record.change === 'removed')).data.record.path).toBe('src/new.ts');
    a.send('collaboration', 1, { kind: 'file_change', record: { change: 'removed', path: 'package.json' } });
    expect(await a.closed).toMatchObject({ code: 4400 });
  });
});

describe('back-pressure', () => {
  test('[B1][D3] a reader that does not acknowledge gets no more than its window, and is told what it missed', async () => {
    const [a, slow] = [await enter(), await enter()];
    slow.acknowledging = false;
    const total = 2500;
    for (let n = 1; n <= total; n++) {
      a.log(n, String(n));
      if (n % 64 === 0) await a.first('taken', ({ data }) => data.n >= n);
    }
    await a.first('taken', ({ data }) => data.n === total);
    expect(slow.lines).toHaveLength(256);
    slow.acknowledging = true;
    slow.send('state', 0, { kind: 'ack', cursor: slow.all('console').at(-1)?.id });
    await slow.line(String(total));
    expect((await slow.first('missed')).data.kinds).toEqual(['console']);
    expect(slow.all('missed')).toHaveLength(1);
    // What is kept came whole and in order.
    expect(slow.lines.slice(256)).toEqual(Array.from({ length: 2000 }, (_, index) => String(total - 1999 + index)));
  });

  test('[B2] who sends more than the window is ended', async () => {
    const a = await enter();
    for (let n = 1; n <= 400; n++) a.log(n, 'flood');
    expect(await a.closed).toMatchObject({ code: 4429, reason: expect.stringContaining('E-TERRARIUM-1364') as string });
  });

  test('[B5] a frame that is too large', async () => {
    const a = await enter();
    a.log(1, 'x'.repeat(MAX_CHANNEL_FRAME));
    expect(await a.closed).toMatchObject({ code: 4413, reason: expect.stringContaining('E-TERRARIUM-1140') as string });
  });

  test.each([
    ['no JSON', 'rubbish'],
    ['no object', '[1]'],
    ['no channel', { v: 1, channel: 'gossip', id: 1, data: { kind: 'console', record: line('x') } }],
    ['logs: a kind of another channel', { v: 1, channel: 'logs', id: 1, data: { kind: 'route_change', record: {} } }],
    ['logs: a record that is none', { v: 1, channel: 'logs', id: 1, data: { kind: 'console', record: { ...line('x'), level: 'shout' } } }],
    ['logs: no number', { v: 1, channel: 'logs', id: 0, data: { kind: 'console', record: line('x') } }],
    ['preview: a place outside', { v: 1, channel: 'preview', id: 0, data: { kind: 'place', place: { ...place, y: 7 } } }],
    ['preview: an address of another site', { v: 1, channel: 'preview', id: 0, data: { kind: 'place', place: { ...place, url: 'https://evil.example/' } } }],
    ['state: what only the server says', { v: 1, channel: 'state', id: 0, data: { kind: 'left', source: 'x'.repeat(20) } }],
    ['state: a negative cursor', { v: 1, channel: 'state', id: 0, data: { kind: 'ack', cursor: -1 } }],
    ['collaboration: text', { v: 1, channel: 'collaboration', id: 1, data: { kind: 'file_change', record: { change: 'removed', path: 'a' } } }],
    ['another version', { v: 2, channel: 'logs', id: 1, data: { kind: 'console', record: line('x') } }],
    ['deep nesting', '['.repeat(100_000)],
  ])('[B6] %s is refused and harms nobody', async (_name, frame) => {
    const [a, b] = [await enter(), await enter()];
    a.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    expect(await a.closed).toMatchObject({ code: 4400, reason: expect.stringContaining('E-TERRARIUM-1361') as string });
    const c = await enter();
    c.log(1, 'goes on');
    await b.line('goes on');
    expect(b.lines).toEqual(['goes on']);
  });
});

test('a removed environment ends its channels, and its records are gone', async () => {
  const a = await enter();
  await server.api(`/api/environments/${id}`, { method: 'DELETE' });
  expect(await a.closed).toMatchObject({ code: 4404 });
});

test('a plain client without a right is refused before any text', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/${id}`, ['terrarium.v1', `bearer.${OWNER_TOKEN}x`], { headers: { host: `localhost:${port}` } });
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(4401);
});
