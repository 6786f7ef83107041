/**
 * The way of the server's browser to hosts that `headless.egress` lists: a forward proxy on loopback (RFC 9110, 7.6 and 9.3.6) that only the browser that was launched with it may
 * use. A name is resolved once for each connection, all its addresses must be public, and the connection goes to what was looked at (SPEC HB12).
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, isIP } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TerrariumError, toResponse } from '../../shared/errors/error.ts';
import { matchesHost } from '../../shared/host-pattern.ts';
import { isPublicAddress } from '../egress/addresses.ts';

export interface EgressProxy {
  /** Of the proxy itself, without the credentials. */
  readonly origin: string;
  readonly username: string;
  /** Made for this launch alone. */
  readonly password: string;
  close(): Promise<void>;
}

export interface EgressProxyOptions {
  /** Hosts that may be reached: `api.example.com`, `*.example.com`. */
  allow: readonly string[];
  /** All addresses of a name. */
  resolve?: (hostname: string) => Promise<readonly string[]>;
  /** For tests, which have no public server: where connections to a public address really go. */
  dial?: (address: string, port: number) => Socket;
}

/** A host that no name server knows: what is asked of it the proxy answers, once it knows who asks. */
export const SIGN_IN_URL = 'http://sign-in.invalid/';

const MAX_CONNECTIONS = 128;
const CONNECT_MS = 10_000;
const IDLE_MS = 60_000;
const PORTS = new Map([['http:', 80], ['https:', 443]]);
/** RFC 9110, 7.6.1, and what is between the browser and this proxy. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'proxy-authorization', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'host']);

export async function startEgressProxy({ allow, resolve = resolveAll, dial = (host, port) => connect({ host, port }) }: EgressProxyOptions): Promise<EgressProxy> {
  const username = 'browser';
  const password = randomBytes(24).toString('base64url');
  const expected = Buffer.from(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);
  const open = new Set<Duplex>();

  function isSignedIn({ headers }: IncomingMessage): boolean {
    const given = Buffer.from(headers['proxy-authorization'] ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }
  /** A connection to where the address leads. @throws {TerrariumError} 1395, 1396 */
  async function reach(url: URL, ports: readonly number[]): Promise<Socket> {
    const port = url.port === '' ? (PORTS.get(url.protocol) ?? 0) : Number(url.port);
    // A number is never on the list, however it is written: the URL parser has made it a plain one.
    const host = url.hostname.replace(/\.$/, '');
    if (url.username !== '' || url.password !== '' || !ports.includes(port) || isIP(host.replace(/^\[|\]$/g, '')) !== 0 || !allow.some((pattern) => matchesHost(pattern, host))) throw refused(url);
    const addresses = await resolve(host).catch(() => []);
    const [first] = addresses;
    if (first === undefined) throw TerrariumError.of('E-TERRARIUM-1396', { host });
    if (!addresses.every(isPublicAddress)) throw refused(url);
    return connected(dial(first, port), host);
  }
  function connected(socket: Socket, host: string): Promise<Socket> {
    keep(socket);
    socket.setTimeout(CONNECT_MS, () => socket.destroy(new Error('timed out')));
    return new Promise((done, failed) => {
      socket.once('connect', () => {
        socket.setTimeout(IDLE_MS);
        done(socket);
      });
      socket.once('error', () => failed(TerrariumError.of('E-TERRARIUM-1396', { host })));
    });
  }
  function keep(stream: Duplex): void {
    open.add(stream);
    stream.once('close', () => open.delete(stream));
    stream.on('error', () => stream.destroy());
  }

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isSignedIn(request)) return askWho(response);
    if (request.url === SIGN_IN_URL) return void response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end('signed in');
    const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : undefined;
    if (url?.protocol !== 'http:') throw refused(url);
    const socket = await reach(url, [80]);
    const outgoing = httpRequest({ createConnection: () => socket, method: request.method, path: url.pathname + url.search, headers: { ...forwarded(request), host: url.host, connection: 'close' } });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, forwarded(answer));
      pipeline(answer, response).catch(() => response.destroy());
    });
    outgoing.on('error', () => answerError(response, TerrariumError.of('E-TERRARIUM-1396', { host: url.hostname })));
    response.on('close', () => outgoing.destroy());
    await pipeline(request, outgoing).catch(() => outgoing.destroy());
  }
  async function tunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    if (!isSignedIn(request)) return void client.end(`HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: ${CHALLENGE}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    const authority = `https://${request.url ?? ''}/`;
    const url = URL.canParse(authority) && !/[/?#@\\]/.test(request.url ?? '') ? new URL(authority) : undefined;
    if (url === undefined) throw refused(undefined);
    const socket = await reach(url, [443, 80]);
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) socket.write(head);
    await Promise.all([pipeline(client, socket), pipeline(socket, client)]).catch(() => {
      socket.destroy();
      client.destroy();
    });
  }

  const server = createServer({ headersTimeout: CONNECT_MS, requestTimeout: 0, maxHeaderSize: 64 * 1024 }, (request, response) => {
    forward(request, response).catch((error: unknown) => answerError(response, error));
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('connection', keep);
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    tunnel(request, client, head).catch((error: unknown) => client.end(refusal(error)));
  });
  await new Promise<void>((done, failed) => server.once('error', failed).listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, username, password,
    async close() {
      for (const stream of open) stream.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

const CHALLENGE = 'Basic realm="terrarium"';
const refused = (url: URL | undefined): TerrariumError => TerrariumError.of('E-TERRARIUM-1395', { host: (url?.host ?? 'that').slice(0, 253) });
const resolveAll = async (hostname: string): Promise<string[]> => (await lookup(hostname, { all: true })).map(({ address }) => address);

function askWho(response: ServerResponse): void {
  response.writeHead(407, { 'proxy-authenticate': CHALLENGE, 'content-length': 0, connection: 'close' }).end();
}

function forwarded({ headers }: IncomingMessage): Record<string, string | string[]> {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined || HOP_BY_HOP.has(name) || named.has(name) ? [] : [[name, value]])));
}

/** Anything else than a refusal is a fault of this proxy's own, of which nobody outside learns more. */
function answerOf(error: unknown): { status: number; body: string } {
  const { status, body } = toResponse(error instanceof TerrariumError ? error : TerrariumError.of('E-TERRARIUM-1396', { host: 'that' }));
  return { status, body: JSON.stringify(body) };
}

function answerError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const { status, body } = answerOf(error);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), connection: 'close' }).end(body);
}

function refusal(error: unknown): string {
  const { status, body } = answerOf(error);
  return `HTTP/1.1 ${status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}

