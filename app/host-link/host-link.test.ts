import { expect, test, vi } from 'vitest';
import { ALIVE_LIMIT_MS, dataLine, decodeData, encodeData, STREAM_WINDOW } from '../../shared/protocol/host-link.ts';
import type { Data, FromServer, ToServer } from '../../shared/protocol/host-link.ts';
import type { ContainerProcess } from '../container/process.ts';
import { PageHostLink } from './link.ts';

/** The reserved command, as the container answers it: what it prints is written by hand. */
function fakeProcess() {
  let controller: ReadableStreamDefaultController<string> | undefined;
  const written: string[] = [];
  const exit = Promise.withResolvers<number>();
  const output = new ReadableStream<string>({ start: (given) => void (controller = given), cancel: () => void (controller = undefined) });
  const process: ContainerProcess & { written: string[]; print(text: string): void; killed: boolean } = {
    output, written, exit: exit.promise, killed: false,
    write: (data) => void written.push(data),
    resize: () => undefined,
    kill: () => {
      if (process.killed) return;
      process.killed = true;
      controller?.close();
    },
    print: (text) => controller?.enqueue(text),
  };
  return process;
}

/** A server's end of a WebSocket, in memory. */
class Socket extends EventTarget {
  binaryType = 'blob';
  readyState = 1;
  readonly sent: ToServer[] = [];
  readonly bytes: Data[] = [];
  send(frame: string | Uint8Array<ArrayBuffer>): void {
    const data = typeof frame === 'string' ? undefined : decodeData(frame);
    if (data === undefined) this.sent.push(JSON.parse(frame as string) as ToServer);
    else this.bytes.push(data);
  }
  close(code = 1000): void {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event('close'), { code }));
  }
  say(message: FromServer | string): void {
    this.dispatchEvent(new MessageEvent('message', { data: typeof message === 'string' ? message : JSON.stringify(message) }));
  }
  sayData(data: Data): void {
    this.dispatchEvent(new MessageEvent('message', { data: encodeData(data).buffer }));
  }
}

function open() {
  const sockets: Socket[] = [];
  const processes: ReturnType<typeof fakeProcess>[] = [];
  const link = new PageHostLink({
    url: 'ws://localhost/ws/e/host', kind: 'person', holder: 'holder-of-this-page', calls: { problems: () => ({ problems: [] }) },
    container: { spawn: async () => (processes.push(fakeProcess()), processes.at(-1) as ContainerProcess) },
    connect: () => {
      const socket = new Socket();
      sockets.push(socket);
      queueMicrotask(() => socket.dispatchEvent(new Event('open')));
      return socket as unknown as WebSocket;
    },
  });
  const socket = () => sockets.at(-1) as Socket;
  const process = () => vi.waitFor(() => processes.at(-1) ?? Promise.reject(new Error('no tunnel')));
  const sent = (t: ToServer['t']) => vi.waitFor(() => socket().sent.find((message) => message.t === t) ?? Promise.reject(new Error(`no ${t}`)));
  return { link, socket, sockets, process, processes, sent };
}

const request: FromServer = { t: 'request', id: 1, port: 5173, method: 'GET', url: '/', headers: [], body: false };

test('[HL1] the page claims the lease, and says whether it has it', async () => {
  const { link, socket, sent } = open();
  expect(await sent('claim')).toEqual({ t: 'claim', v: 1, holder: 'holder-of-this-page', epoch: 0, kind: 'person' });
  socket().say({ t: 'waiting', v: 1, epoch: 4 });
  expect(link.store.getState()).toEqual({ state: 'waiting', epoch: 0 });
  socket().say({ t: 'granted', v: 1, epoch: 5 });
  expect(link.store.getState()).toEqual({ state: 'host', epoch: 5 });
  link.close();
});

test('[HL30] messages and bytes go through both ways', async () => {
  const { link, socket, process, sent } = open();
  socket().say(request);
  const tunnel = await process();
  await vi.waitFor(() => expect(tunnel.written).toEqual([`${JSON.stringify(request)}\n`]));
  socket().sayData({ id: 1, bytes: new Uint8Array([1, 2]), text: false, last: false });
  await vi.waitFor(() => expect(tunnel.written.at(-1)).toBe('=1,0,AQI=\n'));
  tunnel.print('{"t":"head","id":1,"status":200,"statusText":"","headers":[],"body":true}\n=1,0,A');
  tunnel.print('QI=\n{"t":"end","id":1}\n');
  await sent('end');
  expect(socket().bytes).toEqual([{ id: 1, bytes: new Uint8Array([1, 2]), text: false, last: false }]);
  link.close();
});

test.each([
  ['rubbish', 'rubbish\n'],
  ['prototype keys', '{"t":"__proto__","id":1}\n'],
  ['bytes that are none', '=1,0,***\n'],
  ['more bytes than granted', `${Array.from({ length: STREAM_WINDOW / 32_768 + 1 }, () => dataLine({ id: 1, bytes: new Uint8Array(32_768), text: false, last: false })).join('\n')}\n`],
  ['a line without an end', 'x'.repeat(1024 * 1024 + 1)],
])('[HL30] a container that says %s loses its tunnel, what was asked fails, and the next is asked of a new one', async (_, said) => {
  const { link, socket, process, processes, sent } = open();
  socket().say(request);
  const tunnel = await process();
  await vi.waitFor(() => expect(tunnel.written).toHaveLength(1));
  tunnel.print(said);
  expect(await sent('failed')).toMatchObject({ id: 1, reason: 'unanswerable' });
  expect(tunnel.killed).toBe(true);
  socket().say({ ...request, id: 2 } as FromServer);
  await vi.waitFor(() => expect(processes).toHaveLength(2));
  link.close();
});

test('[HL31] a stream that the server did not open, or gave up, is dropped', async () => {
  const { link, socket, process, sent } = open();
  socket().say(request);
  socket().say({ ...request, id: 2 } as FromServer);
  socket().say({ t: 'cancel', id: 1 });
  const tunnel = await process();
  await vi.waitFor(() => expect(tunnel.written).toHaveLength(3));
  tunnel.print('{"t":"end","id":9}\n=9,0,AQI=\n=1,0,AQI=\n{"t":"end","id":1}\n{"t":"end","id":2}\n');
  expect(await sent('end')).toMatchObject({ id: 2 });
  expect(socket().bytes).toEqual([]);
  expect(tunnel.killed).toBe(false);
  link.close();
});

test('[HL24] a question is answered by the page, one that is none is refused', async () => {
  const { link, socket, sent } = open();
  socket().say({ t: 'call', id: 1, name: 'problems', input: {} });
  expect(await sent('result')).toEqual({ t: 'result', id: 1, value: { problems: [] } });
  socket().say({ t: 'call', id: 2, name: 'constructor', input: {} });
  expect(await sent('failed')).toMatchObject({ id: 2, reason: 'unanswerable' });
  link.close();
});

test('[HL32] a cut is followed by a claim with the epoch it had, a stale one by one without, a refusal for good by none', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    const { link, socket, sockets } = open();
    socket().say({ t: 'granted', v: 1, epoch: 5 });
    socket().close(1006);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(socket().sent).toMatchObject([{ t: 'claim', epoch: 5 }]);
    socket().close(4409);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(socket().sent).toMatchObject([{ t: 'claim', epoch: 0 }]);
    socket().close(4404);
    await vi.advanceTimersByTimeAsync(20_000);
    expect([sockets.length, link.store.getState().state]).toEqual([3, 'closed']);
  } finally {
    vi.useRealTimers();
  }
});

test('[HL33] a connection that has gone silent is given up, and the page claims anew', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { link, socket, sockets } = open();
    socket().say({ t: 'granted', v: 1, epoch: 5 });
    socket().say({ t: 'alive' });
    await vi.advanceTimersByTimeAsync(ALIVE_LIMIT_MS - 1);
    socket().say({ t: 'call', id: 1, name: 'problems', input: {} });
    await vi.advanceTimersByTimeAsync(ALIVE_LIMIT_MS - 1);
    expect(sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(sockets).toHaveLength(2);
    expect(socket().sent).toMatchObject([{ t: 'claim', epoch: 5 }]);
    link.close();
  } finally {
    vi.useRealTimers();
  }
});

test('[HL33] a server that never says that it is there is no less there', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { link, socket, sockets } = open();
    socket().say({ t: 'granted', v: 1, epoch: 5 });
    await vi.advanceTimersByTimeAsync(10 * ALIVE_LIMIT_MS);
    expect(sockets).toHaveLength(1);
    link.close();
  } finally {
    vi.useRealTimers();
  }
});
