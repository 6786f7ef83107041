/** A proxy on a port, before a server that stands for an instance: for tests. */
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { BackendUse } from '../backends/backends.ts';
import type { BackendEvent } from '../backends/events.ts';
import { createBackendProxy } from './index.ts';
import type { BackendProxyOptions } from './index.ts';
import { PROXY_LIMITS } from './limits.ts';
import type { ProxyLimits } from './limits.ts';

export const AUTH = 'the-instance-asks-for-this';
export type RequestEvent = Extract<BackendEvent, { kind: 'request' }>;
type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface TestInstance {
  port: number;
  server: Server;
  close(): Promise<void>;
}

/** Answers only to the right `X-Isolated-Auth`, as a gate does; `/ws` echoes. */
export async function startInstance(handler: Handler): Promise<TestInstance> {
  const server = createServer((request, response) => {
    if (request.headers['x-isolated-auth'] !== AUTH) return void response.writeHead(403).end('no');
    handler(request, response);
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== '/ws' || request.headers['x-isolated-auth'] !== AUTH) return void socket.end('HTTP/1.1 404 Not Found\r\nx-why: no socket here\r\ncontent-length: 4\r\n\r\nnone');
    sockets.handleUpgrade(request, socket, head, (client) => client.on('message', (data, isBinary) => client.send(data, { binary: isBinary })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    server,
    async close() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface TestAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  code: string | undefined;
}

export interface TestProxy {
  port: number;
  /** `name[:port]` of the environment `abc`. */
  host: string;
  events: RequestEvent[];
  failures: string[];
  /** What `use` gives; tests put what they want. */
  use: (signal: AbortSignal) => Promise<BackendUse>;
  /** Uses that were not released. */
  held(): number;
  ask(path: string, init?: { method?: string; headers?: Record<string, string>; body?: string; host?: string }): Promise<TestAnswer>;
  /** Bytes as they are, and all that comes until the connection ends. */
  raw(text: string): Promise<string>;
  /** Resolves with the n-th event. */
  event(index: number): Promise<RequestEvent>;
  close(): Promise<void>;
}

export async function startProxy(instance: { port: number }, overrides: Partial<ProxyLimits> = {}, options: Partial<BackendProxyOptions> = {}): Promise<TestProxy> {
  let held = 0;
  const waiting: { index: number; resolve: (event: RequestEvent) => void }[] = [];
  const server = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    if (!proxy.request(request, response)) response.writeHead(421).end('another host');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = `abc.backend.localhost:${port}`;
  const test: TestProxy = {
    port, host, events: [], failures: [],
    use: () => Promise.resolve(instanceUse(instance.port, 'first')),
    held: () => held,
    ask: (path, init = {}) => ask(port, path, { host, ...init }),
    raw: (text) => raw(port, text),
    event: (index) => new Promise((resolve) => {
      const known = test.events[index];
      if (known !== undefined) resolve(known);
      else waiting.push({ index, resolve });
    }),
    async close() {
      await proxy.close();
      server.closeAllConnections();
      server.close();
    },
  };
  const proxy = createBackendProxy({
    app: `http://localhost:${port}`,
    isEnvironment: (label) => label === 'abc' || label === 'other',
    isShareOf: (environmentId, origin) => environmentId === 'abc' && origin === `http://blue-fox.share.localhost:${port}`,
    onUse: () => undefined,
    logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    limits: { ...PROXY_LIMITS, ...overrides },
    backends: {
      async use(_environmentId, signal) {
        const use = await test.use(signal);
        held++;
        let released = false;
        const release = () => {
          if (!released) held--;
          released = true;
        };
        return { ...use, release };
      },
      noteFailure: (_environmentId, instanceId) => void test.failures.push(instanceId),
      note(_environmentId, event) {
        if (event.kind !== 'request') return;
        test.events.push(event);
        for (const { index, resolve } of waiting) if (index === test.events.length - 1) resolve(event);
      },
    },
    ...options,
  });
  server.on('upgrade', (request, socket, head) => {
    if (!proxy.upgrade(request, socket, head)) socket.destroy();
  });
  return test;
}

export const instanceUse = (port: number, instanceId: string): BackendUse => ({ instanceId, address: { socketPath: undefined, port, auth: AUTH }, release: () => undefined });

function ask(port: number, path: string, { host, method = 'GET', headers = {}, body }: { host: string; method?: string; headers?: Record<string, string>; body?: string }): Promise<TestAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers: { host, ...headers }, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.once('error', reject);
      answer.once('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, code: /E-TERRARIUM-\d+/.exec(text)?.[0] });
      });
    });
    request.once('error', reject);
    request.end(body);
  });
}

async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.on('error', () => undefined);
  socket.write(text, 'latin1');
  await once(socket, 'close');
  return Buffer.concat(parts).toString('latin1');
}
