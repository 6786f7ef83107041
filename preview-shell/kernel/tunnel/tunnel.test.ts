import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { afterEach, expect, test, vi } from 'vitest';
import { dataLine, fromContainerSchema, parseDataLine, STREAM_WINDOW } from '../../../shared/protocol/host-link.ts';
import type { Data, FromContainer, ToContainer } from '../../../shared/protocol/host-link.ts';
import { BoundedLines } from '../../../shared/protocol/lines.ts';
import type { OutputListener } from '../container/program-io.ts';
import type { RunningCommand } from '../container/run-command.ts';
import { NetNetwork } from '../gateway/testing/net-duplex.ts';
import { tunnelCommand, type TunnelServices } from './index.ts';

const PORT = 5173;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

class Network extends NetNetwork {
  listeningPorts(): number[] {
    return [PORT];
  }
}

const notStarted: TunnelServices['start'] = () => {
  throw new Error('ENOENT: nothing');
};

async function open(handler: http.RequestListener, start = notStarted) {
  const server = http.createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const network = new Network();
  network.listen(PORT, (server.address() as AddressInfo).port);
  const lines = new BoundedLines(10_000_000);
  const messages: FromContainer[] = [];
  const data: Data[] = [];
  const tunnel = tunnelCommand({ network, processes: () => [{ pid: 2, ppid: 1, command: 'vite', threads: 2, busyMs: 40 }], use: () => ({ busyMs: 90, packBytes: 1024 }), start })({}, async (bytes) => {
    for (const line of bytes === null ? [] : lines.push(new TextDecoder().decode(bytes))) {
      const piece = parseDataLine(line);
      if (piece === undefined) messages.push(fromContainerSchema.parse(JSON.parse(line)));
      else data.push(piece);
    }
  });
  closers.push(() => (tunnel.kill(), server.close(), server.closeAllConnections()));
  const tell = (message: ToContainer) => tunnel.write(`${JSON.stringify(message)}\n`);
  const text = (id: number) => Buffer.concat(data.filter((piece) => piece.id === id).map(({ bytes }) => bytes)).toString();
  const told = (t: FromContainer['t'], id: number) => vi.waitFor(() => messages.find((message) => message.t === t && message.id === id) ?? Promise.reject(new Error(`no ${t}`)), { interval: 5 });
  return { server, tunnel, tell, text, told, messages, data };
}

const request = (fields: Partial<Extract<ToContainer, { t: 'request' }>> = {}): ToContainer => ({ t: 'request', id: 1, port: PORT, method: 'GET', url: '/', headers: [['Host', 'localhost:5173']], body: false, ...fields });

test('[HL20] a request reaches the server of the port, its answer comes in pieces and ends', async () => {
  const { tell, told, text } = await open((asked, response) => response.writeHead(201, { 'x-path': asked.url, 'x-host': asked.headers.host }).end('hello'));
  tell(request({ url: '/a?b=1' }));
  await told('end', 1);
  expect(await told('head', 1)).toMatchObject({ status: 201, body: true, headers: expect.arrayContaining([['x-path', '/a?b=1'], ['x-host', 'localhost:5173']]) as unknown });
  expect(text(1)).toBe('hello');
});

test('[HL20] a body goes in as it comes, and is granted as the server takes it', async () => {
  const { tell, tunnel, told, text } = await open((asked, response) => void asked.pipe(response));
  tell(request({ method: 'POST', body: true }));
  tunnel.write(`${dataLine({ id: 1, bytes: new TextEncoder().encode('wor'), text: false, last: false })}\n`);
  tunnel.write(`${dataLine({ id: 1, bytes: new TextEncoder().encode('ld'), text: false, last: false })}\n`);
  tell({ t: 'end', id: 1 });
  await told('end', 1);
  expect(text(1)).toBe('world');
  expect(await told('credit', 1)).toMatchObject({ bytes: 3 });
});

test('[HL5] no more bytes are sent than were granted', async () => {
  const { tell, told, data } = await open((_, response) => response.end(Buffer.alloc(STREAM_WINDOW + 1000)));
  const size = () => data.reduce((sum, { bytes }) => sum + bytes.length, 0);
  tell(request());
  await vi.waitFor(() => expect(size()).toBe(STREAM_WINDOW));
  tell({ t: 'credit', id: 1, bytes: 1000 });
  await told('end', 1);
  expect(size()).toBe(STREAM_WINDOW + 1000);
});

test('[HL20] a port without a server, and a connection that breaks, fail the stream', async () => {
  const { tell, told } = await open((_, response) => response.destroy());
  tell(request({ id: 1, port: 81 }));
  tell(request({ id: 2 }));
  expect(await told('failed', 1)).toMatchObject({ reason: 'not-listening' });
  expect(await told('failed', 2)).toMatchObject({ reason: 'reset' });
});

test('[HL21] a WebSocket carries text and bytes both ways and is closed with its code', async () => {
  const { server, tell, tunnel, told, data } = await open(() => undefined);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => socket.on('message', (message, isBinary) => (message.toString() === 'bye' ? socket.close(4001, 'done') : socket.send(message, { binary: isBinary }))));
  tell({ t: 'socket', id: 3, port: PORT, url: '/hmr', headers: [['Host', 'localhost:5173']], protocols: ['vite-hmr'] });
  expect(await told('opened', 3)).toMatchObject({ protocol: 'vite-hmr' });
  const send = (text: string, isText: boolean, last = true) => tunnel.write(`${dataLine({ id: 3, bytes: new TextEncoder().encode(text), text: isText, last })}\n`);
  send('he', true, false);
  send('llo', true);
  send('bytes', false);
  await vi.waitFor(() => expect(data.map(({ bytes, text, last }) => [Buffer.from(bytes).toString(), text, last])).toEqual([['hello', true, true], ['bytes', false, true]]));
  send('bye', true);
  expect(await told('closed', 3)).toMatchObject({ code: 4001, reason: 'done' });
});

test('[HL21] a handshake that is refused fails the stream', async () => {
  const { server, tell, told } = await open(() => undefined);
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  tell({ t: 'socket', id: 3, port: PORT, url: '/', headers: [], protocols: [] });
  expect(await told('failed', 3)).toMatchObject({ reason: 'refused' });
});

test('[HL22] a program: input, output, signal, exit', async () => {
  const written: string[] = [];
  const signals: string[] = [];
  const { promise, resolve } = Promise.withResolvers<number>();
  const start: TunnelServices['start'] = (_, output: OutputListener): RunningCommand => {
    void output(new TextEncoder().encode('ready\n'));
    return {
      exited: promise, resize: () => undefined, endInput: () => written.push('<end>'), kill: () => undefined,
      write: (data, taken) => (written.push(new TextDecoder().decode(data as Uint8Array)), taken?.()),
      signal: (name) => {
        signals.push(name);
        void output(null);
        resolve(130);
      },
    };
  };
  const { tell, tunnel, told, text } = await open(() => undefined, start);
  tell({ t: 'run', id: 4, command: 'x', args: [] });
  tunnel.write(`${dataLine({ id: 4, bytes: new TextEncoder().encode('typed'), text: true, last: false })}\n`);
  tell({ t: 'end', id: 4 });
  tell({ t: 'signal', id: 4, signal: 'SIGINT' });
  expect(await told('exit', 4)).toMatchObject({ code: 130 });
  await told('end', 4);
  expect([text(4), written, signals]).toEqual(['ready\n', ['typed', '<end>'], ['SIGINT']]);
});

test('[HL22] a program that cannot be started says why', async () => {
  const { tell, told } = await open(() => undefined);
  tell({ t: 'run', id: 4, command: 'nothing', args: [] });
  expect(await told('failed', 4)).toMatchObject({ reason: 'not-started', message: 'ENOENT: nothing' });
});

test('[HL23] ports and processes are told', async () => {
  const { tell, told } = await open(() => undefined);
  tell({ t: 'ports', id: 5 });
  tell({ t: 'processes', id: 6 });
  expect(await told('ports', 5)).toMatchObject({ ports: [{ port: PORT }] });
  expect(await told('processes', 6)).toMatchObject({ busyMs: 90, packBytes: 1024, processes: [{ pid: 2, ppid: 1, command: 'vite', threads: 2, busyMs: 40 }] });
});

test.each(['no json', '{"t":"request"}', '=1,0,***', '=0,0,AAAA', '=1,9,AAAA'])('[HL8] %s ends the command', async (line) => {
  const { tunnel } = await open(() => undefined);
  tunnel.write(`${line}\n`);
  expect(await tunnel.exited).toBe(76);
});

test('[HL8] a line without an end ends the command', async () => {
  const { tunnel } = await open(() => undefined);
  tunnel.write('x'.repeat(1024 * 1024 + 1));
  expect(await tunnel.exited).toBe(76);
});
