import { expect, test } from 'vitest';
import { LoopbackNetwork, type PortEvent } from './network.ts';
import type { Socket } from './socket.ts';

const never = new AbortController().signal;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function listen(network: LoopbackNetwork, address: string, port: number, v6Only = false) {
  const server = network.socket('tcp', 7);
  const accepted: Socket[] = [];
  network.bind(server, address, port, v6Only);
  network.listen(server, (connection) => accepted.push(connection));
  return { server, accepted };
}

function connect(network: LoopbackNetwork, address: string, port: number): Socket {
  const client = network.socket('tcp', 8);
  network.connect(client, address, port);
  return client;
}

const read = async (socket: Socket) => decoder.decode(await socket.read(1000, null, never));

test('[NW1] only loopback addresses can be bound', () => {
  const network = new LoopbackNetwork();
  expect(() => network.bind(network.socket('tcp', 1), '8.8.8.8', 80)).toThrow(/EADDRNOTAVAIL/);
  expect(() => network.bind(network.socket('tcp', 1), 'rubbish', 80)).toThrow(/EINVAL/);
  expect(() => network.bind(network.socket('tcp', 1), '127.0.0.1', 65536)).toThrow(/EINVAL/);
});

test('[NW2][NW3] free ports and conflicts', () => {
  const network = new LoopbackNetwork();
  const { server } = listen(network, '::', 0);
  const port = server.local?.port ?? 0;
  expect(port).toBeGreaterThanOrEqual(32768);
  expect(() => listen(network, '0.0.0.0', port)).toThrow(/EADDRINUSE/);
  expect(() => listen(network, '::1', port)).toThrow(/EADDRINUSE/);
  server.release();
  listen(network, '::', port, true);
  listen(network, '127.0.0.1', port);
  expect(() => listen(network, '127.0.0.1', port)).toThrow(/EADDRINUSE/);
  listen(network, '127.0.0.2', port);
});

test('[NW4] dual stack, and the nearest address first', () => {
  const network = new LoopbackNetwork();
  const any = listen(network, '::', 3000);
  const client = connect(network, '127.0.0.1', 3000);
  expect(client.remote).toEqual({ address: '127.0.0.1', port: 3000 });
  expect(any.accepted[0]?.remote?.address).toBe('::ffff:127.0.0.1');
  expect(any.accepted[0]?.remote?.port).toBe(client.local?.port);
  connect(network, '::1', 3000);
  connect(network, '0.0.0.0', 3000);
  expect(any.accepted).toHaveLength(3);
  any.server.release();
  const v4 = listen(network, '127.0.0.1', 3000);
  expect(() => connect(network, '::1', 3000)).toThrow(/ECONNREFUSED/);
  connect(network, '127.0.0.1', 3000);
  expect(v4.accepted[0]?.remote?.address).toBe('127.0.0.1');
});

test('[NW5] refused, and other machines', () => {
  const network = new LoopbackNetwork();
  expect(() => connect(network, '127.0.0.1', 1)).toThrow(/ECONNREFUSED/);
  const [address = ''] = network.names.lookup('Example.com', 4);
  expect(() => connect(network, address, 5432)).toThrow(/ENETUNREACH: example.com:5432/);
});

test('[NW6] half close, and reset after unread bytes', async () => {
  const network = new LoopbackNetwork();
  const { accepted } = listen(network, '127.0.0.1', 3000);
  const client = connect(network, '127.0.0.1', 3000);
  const [server] = accepted;
  if (server === undefined) throw new Error('nothing was accepted');
  client.writeQueued(encoder.encode('question'), () => {});
  client.shutdown();
  expect(await read(server)).toBe('question');
  expect(await read(server)).toBe('');
  server.writeQueued(encoder.encode('answer'), () => {});
  expect(await read(client)).toBe('answer');
  const second = connect(network, '127.0.0.1', 3000);
  const peer = accepted[1] as Socket;
  peer.writeQueued(encoder.encode('late'), () => {});
  second.writeQueued(encoder.encode('never read'), () => {});
  peer.release();
  expect(await read(second)).toBe('late');
  await expect(read(second)).rejects.toThrow(/ECONNRESET/);
});

test('[NW7] back-pressure', async () => {
  const network = new LoopbackNetwork();
  const { accepted } = listen(network, '127.0.0.1', 3000);
  const client = connect(network, '127.0.0.1', 3000);
  let drained = false;
  expect(client.writeQueued(new Uint8Array(100_000), () => { drained = true; })).toBe(false);
  await accepted[0]?.read(100_000, null, never);
  expect(drained).toBe(true);
});

test('[NW8] listening is announced', async () => {
  const network = new LoopbackNetwork();
  const seen: [string, PortEvent][] = [];
  network.onListen((event) => seen.push(['open', event]));
  network.onClose((event) => seen.push(['close', event]));
  const waiting = network.whenListening(3000, never);
  const { server } = listen(network, '127.0.0.1', 3000);
  await waiting;
  await network.whenListening(3000, never);
  await expect(network.whenListening(1, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  server.release();
  server.release();
  const event = { port: 3000, address: '127.0.0.1', pid: 7 };
  expect(seen).toEqual([['open', event], ['close', event]]);
  expect(network.connectInternal(3000)).toBeUndefined();
});

test('the gateway\'s duplex', async () => {
  const network = new LoopbackNetwork();
  const { accepted } = listen(network, '::1', 3000);
  const duplex = network.connectInternal(3000);
  const seen: string[] = [];
  duplex?.start({ data: (bytes) => seen.push(decoder.decode(bytes)), end: () => seen.push('<end>'), error: (code) => seen.push(`<${code}>`), drain: () => seen.push('<drain>') });
  expect(duplex?.write(encoder.encode('GET'))).toBe(true);
  const server = accepted[0] as Socket;
  expect(await read(server)).toBe('GET');
  server.writeQueued(encoder.encode('OK'), () => {});
  expect(duplex?.write(new Uint8Array(100_000))).toBe(false);
  await server.read(100_000, null, never);
  server.release();
  expect(seen).toEqual(['OK', '<drain>', '<end>']);
  expect(duplex?.write(encoder.encode('x'))).toBe(false);
  await Promise.resolve();
  expect(seen.at(-1)).toBe('<EPIPE>');
});

test('[NW9] names', () => {
  const { names } = new LoopbackNetwork();
  expect(names.lookup('app.localhost', 0)).toEqual(['127.0.0.1', '::1']);
  const [address = ''] = names.lookup('registry.example.com', 0);
  expect(address).toMatch(/^198\.1[89]\./);
  expect(names.lookup('REGISTRY.example.com.', 4)).toEqual([address]);
  expect(names.nameOf(address)).toBe('registry.example.com');
  expect(() => names.lookup('registry.example.com', 6)).toThrow(/ENOENT/);
  expect(() => names.lookup('not a name', 0)).toThrow(/ENOENT/);
});

test.each(['nope.invalid', 'a.test', 'postgres', 'registry.example', 'printer.local'])('[NW10] %s is the name of nothing', (name) => {
  expect(() => new LoopbackNetwork().names.lookup(name, 0)).toThrow(/ENOENT/);
});

test('[NW9] the container knows its own name', () => {
  expect(new LoopbackNetwork().names.lookup('terrarium', 0)).toEqual(['127.0.0.1']);
});

test('local sockets by path', async () => {
  const network = new LoopbackNetwork();
  const server = network.socket('unix', 1);
  const accepted: Socket[] = [];
  network.bindPath(server, '/tmp/s');
  network.listen(server, (connection) => accepted.push(connection));
  expect(() => network.bindPath(network.socket('unix', 1), '/tmp/s')).toThrow(/EADDRINUSE/);
  const client = network.socket('unix', 2);
  network.connectPath(client, '/tmp/s');
  client.writeQueued(encoder.encode('hi'), () => {});
  expect(await read(accepted[0] as Socket)).toBe('hi');
  server.release();
  expect(() => network.connectPath(network.socket('unix', 2), '/tmp/s')).toThrow(/ENOENT/);
});
