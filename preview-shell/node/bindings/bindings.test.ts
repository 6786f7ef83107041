import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChannelClient } from '../../abi/channel.ts';
import type { KernelEvent } from '../../abi/events.ts';
import { create as createCares } from './cares_wrap.ts';
import type { ConnectionWrap } from './connection_wrap.ts';
import { guessHandleType, type ReqWrap, UV_EOF } from './handles.ts';
import { create as createPipe } from './pipe_wrap.ts';
import { create as createProcess } from './process_wrap.ts';
import { create as createSignal } from './signal_wrap.ts';
import { create as createSpawnSync } from './spawn_sync.ts';
import { create as createStream, type LibuvStreamWrap, streamBaseState } from './stream_wrap.ts';
import { create as createTcp } from './tcp_wrap.ts';
import { testContext, type TestContext } from './testing.ts';
import { create as createTty } from './tty_wrap.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
let worker: Worker;
let test_: TestContext;
let events: MessagePort;
const outside: { type: string; [key: string]: unknown }[] = [];
const waiting: (() => void)[] = [];

beforeAll(async () => {
  worker = new Worker(new URL('./testing-kernel.mjs', import.meta.url));
  worker.on('message', (message: { type: string }) => {
    outside.push(message);
    for (const wake of waiting.splice(0)) wake();
  });
  const start = (await seen('start')) as unknown as { channel: SharedArrayBuffer; events: MessagePort };
  const client = new ChannelClient(start.channel);
  events = start.events;
  test_ = testContext(client.call.bind(client), (note) => events.postMessage(note));
  events.onmessage = ({ data }) => test_.deliver(data as KernelEvent);
});

afterAll(async () => {
  events.close();
  await worker.terminate();
});

/** A message of the kernel's host side; waits for it. */
async function seen(type: string): Promise<Record<string, unknown>> {
  for (;;) {
    const at = outside.findIndex((message) => message.type === type);
    if (at >= 0) return outside.splice(at, 1)[0] as Record<string, unknown>;
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
}

interface Classes {
  TCP: new (type: number) => ConnectionWrap & { bind6(a: string, p: number, f: number): number; connect(r: ReqWrap, a: string, p: number): number; getsockname(o: object): number; getpeername(o: object): number; reset(cb?: unknown): number };
  TCPConnectWrap: new () => ReqWrap;
  Pipe: new (type: number) => LibuvStreamWrap & { open(fd: number): number };
  TTY: new (fd: number, failure: object) => LibuvStreamWrap & { getWindowSize(size: number[]): number; setRawMode(raw: boolean): number };
  WriteWrap: new () => ReqWrap;
  ShutdownWrap: new () => ReqWrap;
  Process: new () => { pid: number; onexit: unknown; spawn(options: object): number; close(cb?: unknown): void };
  Signal: new () => { onsignal: unknown; start(n: number): number; close(cb?: unknown): void };
}

function classes(): Classes {
  const { ctx } = test_;
  return Object.assign({}, ...[createStream, createTcp, createPipe, createTty, createProcess, createSignal].map((create) => create(ctx))) as Classes;
}

/** What a handle reads, until the end or `count` reads. */
function reads(handle: LibuvStreamWrap, count = Infinity): Promise<string[]> {
  const list: string[] = [];
  return new Promise((resolve) => {
    handle.onread = (buffer: ArrayBuffer | undefined) => {
      const [nread = 0, offset = 0] = streamBaseState(test_.ctx);
      list.push(buffer === undefined ? (nread === UV_EOF ? '<eof>' : `<${nread}>`) : decoder.decode(new Uint8Array(buffer, offset, nread)));
      if (nread < 0 || list.length === count) resolve(list);
    };
    handle.readStart();
  });
}

const completion = (req: ReqWrap): Promise<unknown[]> => new Promise((resolve) => Object.assign(req, { oncomplete: (...args: unknown[]) => resolve(args) }));
const closing = (handle: { close(callback: () => void): void }): Promise<void> => new Promise((resolve) => handle.close(resolve));

async function pair(address = '127.0.0.1') {
  const { TCP, TCPConnectWrap } = classes();
  const server = new TCP(1);
  expect(server.bind6(address, 0, 0)).toBe(0);
  expect(server.listen(511)).toBe(0);
  const name: { port?: number } = {};
  server.getsockname(name);
  const accepted = new Promise<LibuvStreamWrap>((resolve) => {
    server.onconnection = (_status: number, client: LibuvStreamWrap) => resolve(client);
  });
  const client = new TCP(0);
  const req = new TCPConnectWrap();
  const connected = completion(req);
  expect(client.connect(req, '127.0.0.1', name.port ?? 0)).toBe(0);
  expect(await connected).toEqual([0, client, req, true, true]);
  return { server, client, peer: await accepted, port: name.port ?? 0 };
}

test('TCP: listen, connect, write, end; handles hold the loop as libuv has it', async () => {
  const { WriteWrap, ShutdownWrap } = classes();
  expect(test_.holds()).toBe(0);
  const { server, client, peer, port } = await pair();
  expect(test_.holds()).toBe(1);
  server.unref();
  expect(test_.holds()).toBe(0);
  const remote = {};
  client.getpeername(remote);
  expect(remote).toEqual({ address: '127.0.0.1', family: 'IPv4', port });
  const heard = reads(peer);
  expect(test_.holds()).toBe(1);
  expect(client.writeUtf8String(new WriteWrap(), 'hé')).toBe(0);
  expect([...streamBaseState(test_.ctx).subarray(2)]).toEqual([3, 0]);
  const shut = new ShutdownWrap();
  const done = completion(shut);
  expect(client.shutdown(shut)).toBe(0);
  expect(await done).toEqual([0]);
  expect(await heard).toEqual(['hé', '<eof>']);
  expect(test_.holds()).toBe(0);
  await Promise.all([closing(peer), closing(client), closing(server)]);
  expect(test_.holds()).toBe(0);
});

test('TCP: a large write completes when the reader has taken it; acknowledgements move the window', async () => {
  const { WriteWrap } = classes();
  const { server, client, peer } = await pair();
  const bytes = new Uint8Array(3_000_000).fill(120);
  const req = new WriteWrap();
  const written = completion(req);
  expect(client.writeBuffer(req, bytes)).toBe(0);
  expect(streamBaseState(test_.ctx)[3]).toBe(1);
  let got = 0;
  await new Promise<void>((resolve) => {
    peer.onread = (buffer: ArrayBuffer) => {
      got += buffer.byteLength;
      if (got === bytes.length) resolve();
    };
    peer.readStart();
  });
  expect(await written).toEqual([0, client, undefined]);
  expect(peer.bytesRead).toBe(bytes.length);
  await Promise.all([closing(peer), closing(client), closing(server)]);
});

test('TCP: refused, reset', async () => {
  const { TCP, TCPConnectWrap } = classes();
  const client = new TCP(0);
  const req = new TCPConnectWrap();
  const refused = completion(req);
  expect(client.connect(req, '127.0.0.1', 9)).toBe(0);
  expect((await refused)[0]).toBe(-111);
  await closing(client);
  const { server, client: resetter, peer } = await pair();
  const heard = reads(peer);
  resetter.reset();
  expect(await heard).toEqual(['<-104>']);
  await Promise.all([closing(peer), closing(server)]);
});

test('nothing is read after readStop, and nothing is lost', async () => {
  const { WriteWrap } = classes();
  const { server, client, peer } = await pair();
  const first = reads(peer, 1);
  client.writeUtf8String(new WriteWrap(), 'one');
  expect(await first).toEqual(['one']);
  client.writeUtf8String(new WriteWrap(), 'two');
  peer.readStop();
  peer.onread = () => expect.unreachable();
  client.writeLatin1String(new WriteWrap(), 'three');
  client.close();
  const rest = await reads(peer);
  expect(rest.join('')).toBe('twothree<eof>');
  await Promise.all([closing(peer), closing(server)]);
});

test('a terminal and a pipe as standard streams', async () => {
  const { TTY, Pipe, WriteWrap } = classes();
  expect([0, 1, 9].map((fd) => guessHandleType(test_.ctx, fd))).toEqual([1, 4, 6]);
  const failure: { code?: string } = {};
  new TTY(1, failure);
  expect(failure.code).toBe('EINVAL');
  const tty = new TTY(0, {});
  const size = [0, 0];
  expect(tty.getWindowSize(size)).toBe(0);
  expect(size).toEqual([80, 24]);
  const line = reads(tty, 1);
  worker.postMessage({ type: 'typed', text: 'hi\r' });
  expect(await line).toEqual(['hi\n']);
  expect(await seen('shown')).toMatchObject({ text: 'hi\r\n' });
  tty.setBlocking(true);
  tty.writeUtf8String(new WriteWrap(), 'out\n');
  expect(await seen('shown')).toMatchObject({ text: 'out\r\n' });
  await closing(tty);
  // Standard descriptors outlive their handles.
  expect(guessHandleType(test_.ctx, 0)).toBe(1);
  const pipe = new Pipe(0);
  expect(pipe.open(1)).toBe(0);
  const req = new WriteWrap();
  const written = completion(req);
  pipe.writeBuffer(req, new Uint8Array(70_000));
  expect(test_.holds()).toBe(1);
  worker.postMessage({ type: 'take', bytes: 70_000 });
  expect(await written).toEqual([0, pipe, undefined]);
  await closing(pipe);
  expect(test_.holds()).toBe(0);
});

test('children: pipes, exit, and errors of spawn', async () => {
  const { Process, Pipe } = classes();
  const child = new Process();
  const stdout = new Pipe(0);
  expect(child.spawn({ file: 'nothing', args: ['nothing'], envPairs: ['PATH=/bin'], stdio: [] })).toBe(-2);
  const exited = new Promise((resolve) => { child.onexit = (...args: unknown[]) => resolve(args); });
  expect(child.spawn({ file: 'node', args: ['node', 'x'], envPairs: ['PATH=/usr/bin'], stdio: [{ type: 'ignore' }, { type: 'pipe', handle: stdout }, { type: 'inherit', fd: 2 }] })).toBe(0);
  expect(test_.holds()).toBe(1);
  const heard = reads(stdout);
  worker.postMessage({ type: 'end-children' });
  expect(await exited).toEqual([4, '']);
  expect(await heard).toEqual(['<eof>']);
  await Promise.all([closing(child), closing(stdout)]);
  expect(test_.holds()).toBe(0);
});

test('spawnSync reports that a program is missing', () => {
  const { spawn } = createSpawnSync(test_.ctx) as { spawn(options: object): Record<string, unknown> };
  expect(spawn({ file: 'nothing', args: ['nothing'], envPairs: [], stdio: [] })).toMatchObject({ error: -2, status: null });
  const late = spawn({ file: 'node', args: ['node'], envPairs: ['PATH=/usr/bin'], stdio: [{ type: 'pipe', input: encoder.encode('x') }, { type: 'pipe' }], timeout: 1 });
  expect(late).toMatchObject({ error: -110, status: null, signal: 'SIGTERM' });
  expect((late['output'] as Uint8Array[])[1]).toHaveLength(0);
});

test('signals', async () => {
  const { Signal } = classes();
  const signal = new Signal();
  const heard = new Promise((resolve) => { signal.onsignal = resolve; });
  expect(signal.start(9)).toBe(-22);
  expect(signal.start(12)).toBe(0);
  test_.ctx.kernel.call('proc.kill', 2, 12);
  expect(await heard).toBe(12);
  await closing(signal);
  expect(test_.holds()).toBe(0);
});

test('names', async () => {
  const cares = createCares(test_.ctx) as {
    GetAddrInfoReqWrap: new () => ReqWrap;
    getaddrinfo(req: ReqWrap, name: string, family: number, hints: number, order: number): number;
    canonicalizeIP(address: string): string | undefined;
    convertIpv6StringToBuffer(address: string): Uint8Array | undefined;
  };
  const ask = (name: string, family: number, order = 0) => {
    const req = new cares.GetAddrInfoReqWrap();
    const answer = completion(req);
    cares.getaddrinfo(req, name, family, 0, order);
    return answer;
  };
  expect(await ask('localhost', 0, 2)).toEqual([null, ['::1', '127.0.0.1']]);
  expect(await ask('bad name', 0)).toEqual([-3008]);
  expect(cares.canonicalizeIP('0:0::1')).toBe('::1');
  expect(cares.canonicalizeIP('nonsense')).toBeUndefined();
  expect([...(cares.convertIpv6StringToBuffer('fe80::1:2') ?? [])]).toEqual([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2]);
});
