/** WebSocket upgrades at `/ws/:environmentId` on the app's host (SPEC C1-C6). */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';
import { parseHost } from '../../shared/hosts.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { ErrorCode } from '../../shared/errors/table.ts';
import type { Agents } from '../agents/index.ts';
import { watchAgent } from '../agents/lifetime.ts';
import type { Agent } from '../agents/tokens.ts';
import { requireRight, requireVerb } from '../auth/access.ts';
import { authorIn, roleIn } from '../auth/identities.ts';
import type { Identities, Identity } from '../auth/identities.ts';
import type { Environments } from '../environments/environments.ts';
import type { Logger } from '../logger.ts';
import type { Channels } from '../channels/channels.ts';
import type { MemberSocket } from '../channels/link.ts';
import { receiveText, textSocket } from '../channels/socket.ts';
import { WriteRefused } from './room.ts';
import type { Connection } from './room.ts';
import type { Rooms } from './rooms.ts';

const PROTOCOL = 'terrarium.v1';
const MAX_FRAME = 8 * 1024 * 1024;
/** The library ends a connection by itself above this, without a code of ours. */
const HARD_MAX_FRAME = 64 * 1024 * 1024;
const MAX_BACKLOG = 32 * 1024 * 1024;
const PING_MS = 15_000;

export interface SocketsOptions {
  baseHost: string;
  identities: Identities;
  environments: Environments;
  rooms: Rooms;
  agents: Agents;
  channels: Channels;
  logger: Logger;
  /** Who else takes upgrades; asked first, each says whether this one is its own. */
  others: readonly Upgrade[];
}

export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

export function attachSockets(server: Server, options: SocketsOptions): { close(): Promise<void> } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: HARD_MAX_FRAME,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const pings = setInterval(() => sockets.clients.forEach(ping), PING_MS).unref();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (options.others.some((take) => take(request, socket, head))) return;
    const environmentId = /^\/ws\/([A-Za-z0-9_-]{1,64})(?:\?|$)/.exec(request.url ?? '')?.[1];
    if (environmentId === undefined || parseHost(request.headers.host, options.baseHost).role !== 'app') {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, request, environmentId, options));
  });
  return {
    async close() {
      clearInterval(pings);
      for (const client of sockets.clients) client.close(1012, 'The server restarts.');
      sockets.close();
    },
  };
}

const alive = new WeakSet<WebSocket>();

function ping(webSocket: WebSocket): void {
  if (!alive.delete(webSocket)) return webSocket.terminate();
  webSocket.ping();
}

function serve(webSocket: WebSocket, request: IncomingMessage, environmentId: string, options: SocketsOptions): void {
  alive.add(webSocket);
  webSocket.on('pong', () => alive.add(webSocket));
  webSocket.on('error', (error) => options.logger.warn('Socket failed', { environmentId, error: error.message }));
  try {
    connect(webSocket, environmentId, admit(request, environmentId, options), options);
  } catch (error) {
    if (!(error instanceof TerrariumError)) options.logger.error('Connection failed', { environmentId, error: String(error) });
    close(webSocket, error instanceof TerrariumError ? 4000 + error.status : 1011, error instanceof TerrariumError ? error : TerrariumError.of('E-TERRARIUM-3000', { incident: '-' }));
  }
}

interface Admitted extends Pick<MemberSocket, 'canWrite' | 'author' | 'checkPreview'> {
  agent: Agent | undefined;
}

/** Who the caller is there, and whether it may write; throws the reason why it may not even read. */
function admit(request: IncomingMessage, environmentId: string, { identities, environments }: SocketsOptions): Admitted {
  const { origin } = request.headers;
  identities.checkOrigin(origin ?? null);
  const identity = identify(request, origin !== undefined, identities);
  if (identity === undefined) throw TerrariumError.of('E-TERRARIUM-1400');
  if (requireRight(environments, identity, environmentId, 'read').status === 'suspended') throw TerrariumError.of('E-TERRARIUM-1159');
  const role = roleIn(identity, environmentId);
  // Locks, suggestions and undo hold for what agents do through their tools: over a socket they watch.
  return { canWrite: role === 'owner' || role === 'editor', author: authorIn(identity, environmentId), agent: identity.agent, checkPreview: () => void requireVerb(environments, identity, environmentId, 'preview.read') };
}

/** The caller of an upgrade, by a token among the protocols it offers, `Authorization`, or the cookie of a page of ours. Throws 1401. */
export function identify(request: IncomingMessage, sameOrigin: boolean, identities: Identities): Identity | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
  const token = offered.find((part) => part.startsWith('bearer.'))?.slice('bearer.'.length) ?? /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return sameOrigin ? identities.identifyCookie(request.headers.cookie ?? null) : undefined;
  const identity = identities.identifyToken(token);
  if (identity === undefined) throw TerrariumError.of('E-TERRARIUM-1401');
  return identity;
}

function connect(webSocket: WebSocket, environmentId: string, { agent, ...caller }: Admitted, { rooms, channels, environments, agents, logger }: SocketsOptions): void {
  const room = rooms.enter(environmentId);
  const connection: Connection = {
    ...caller,
    send(message) {
      if (webSocket.readyState !== webSocket.OPEN) return;
      if (webSocket.bufferedAmount > MAX_BACKLOG) return webSocket.terminate();
      webSocket.send(message);
    },
    close: (code, reason) => webSocket.close(code, reason.slice(0, 120)),
  };
  const unwatch = agent === undefined ? undefined : watchAgent(agents.tokens, agent, (error) => close(webSocket, 4401, error));
  environments.touch(environmentId, 'running');
  const refuse = (closeCode: number, error: TerrariumError): void => {
    logger.warn('Message refused', { environmentId, code: error.code });
    close(webSocket, closeCode, error);
  };
  const link = channels.open(environmentId, textSocket(webSocket, caller, refuse));
  webSocket.on('message', (data, isBinary) => {
    if (!isBinary) return receiveText(data, link, logger);
    const refusal = receive(data, (frame) => room.receive(connection, frame));
    if (refusal !== undefined) refuse(refusal.closeCode, refusal.error);
  });
  webSocket.on('close', () => {
    unwatch?.();
    link.parted();
    room.part(connection);
    rooms.leave(room);
  });
  room.join(connection);
}

interface Refusal {
  closeCode: number;
  error: TerrariumError;
}

function receive(data: RawData, take: (frame: Uint8Array) => void): Refusal | undefined {
  const refuse = (closeCode: number, code: ErrorCode & ('E-TERRARIUM-1301' | 'E-TERRARIUM-1302')) => ({ closeCode, error: TerrariumError.of(code) });
  if (!(data instanceof Buffer)) return refuse(4400, 'E-TERRARIUM-1301');
  if (data.length > MAX_FRAME) return { closeCode: 4413, error: TerrariumError.of('E-TERRARIUM-1140', { limit: MAX_FRAME }) };
  try {
    take(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return undefined;
  } catch (error) {
    return error instanceof WriteRefused ? refuse(4403, 'E-TERRARIUM-1302') : refuse(4400, 'E-TERRARIUM-1301');
  }
}

/** The reason of a close frame holds 123 bytes (RFC 6455, 5.5): the code alone says everything. */
function close(webSocket: WebSocket, closeCode: number, error: TerrariumError): void {
  webSocket.close(closeCode, `${error.code} ${error.message}`.slice(0, 120));
}
