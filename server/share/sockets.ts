/** WebSockets of share links (SPEC SH14). */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { TerrariumError, toResponse } from '../../shared/errors/error.ts';
import type { HostLinks, RemoteSocket } from '../host-link/links.ts';
import type { Logger } from '../logger.ts';
import { requestHeaders, type Visitor } from './headers.ts';
import type { Shares } from './shares.ts';
import type { Arrival, ShareTunnel } from './tunnel.ts';

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Bytes towards a visitor that may wait; then the environment's server waits. */
const MAX_WAITING = 1024 * 1024;
/** RFC 6455, 7.4: codes that may be sent. */
const isSendable = (code: number) => (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
const REVOKED = 4410;

export interface ShareSockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, find: () => Arrival, visitor: Visitor): void;
  close(): void;
}

export function createShareSockets({ tunnel, shares, hosts, logger }: { tunnel: ShareTunnel; shares: Shares; hosts: HostLinks; logger: Logger }): ShareSockets {
  const protocols = new WeakMap<IncomingMessage, string>();
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false, handleProtocols: (_, request) => protocols.get(request) ?? false });

  async function open(request: IncomingMessage, socket: Duplex, head: Buffer, find: () => Arrival, visitor: Visitor): Promise<void> {
    const { share, address } = find();
    const given = headersOf(request);
    const { byHeader } = await tunnel.admit(share, given, visitor);
    const link = hosts.of(share.environmentId);
    if (link === undefined) throw TerrariumError.of('E-TERRARIUM-1320');
    const { signal, done } = shares.viewers.enter(share.id, visitor);
    const gone = new AbortController();
    const onGone = () => gone.abort(new Error('The visitor has gone.'));
    socket.once('close', onGone);
    try {
      const headers = requestHeaders(given, address, visitor, { dropAuthorization: byHeader });
      const remote = await link.webSocket(address.port, request.url ?? '/', headers, AbortSignal.any([signal, gone.signal]));
      if (remote.protocol !== '') protocols.set(request, remote.protocol);
      server.handleUpgrade(request, socket, head, (client) => bridge(client, remote, signal, done));
    } catch (error) {
      done();
      throw error;
    } finally {
      socket.off('close', onGone);
    }
  }

  return {
    upgrade(request, socket, head, find, visitor) {
      socket.on('error', () => socket.destroy());
      open(request, socket, head, find, visitor).catch((error: unknown) => {
        if (!(error instanceof TerrariumError) && !socket.destroyed) logger.warn('Shared WebSocket failed', { error: String(error) });
        refuse(socket, error instanceof TerrariumError ? error : TerrariumError.of('E-TERRARIUM-1321'));
      });
    },
    close() {
      for (const client of server.clients) client.close(1012, 'The server restarts.');
      server.close();
    },
  };
}

function bridge(client: WebSocket, remote: RemoteSocket, ended: AbortSignal, done: () => void): void {
  const onEnded = () => client.close(REVOKED, (ended.reason as Error).message.slice(0, 120));
  ended.addEventListener('abort', onEnded, { once: true });
  if (ended.aborted) onEnded();
  client.on('error', () => client.terminate());
  client.on('message', (data: Buffer, isBinary) => {
    client.pause();
    void remote.send(isBinary ? data : data.toString()).then(() => client.resume());
  });
  client.on('close', (code, reason) => {
    ended.removeEventListener('abort', onEnded);
    remote.close(isSendable(code) ? code : undefined, reason.toString());
    done();
  });
  void forward(remote, client);
}

async function forward(remote: RemoteSocket, client: WebSocket): Promise<void> {
  for await (const message of remote.messages) {
    if (client.readyState !== client.OPEN) break;
    await new Promise<void>((resolve) => {
      client.send(message, () => resolve());
      if (client.bufferedAmount < MAX_WAITING) resolve();
    });
  }
  const { code, reason } = await remote.closed;
  if (isSendable(code)) client.close(code, reason);
  else if (code === 1005) client.close();
  else client.terminate();
}

function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) headers.append(request.rawHeaders[at] ?? '', request.rawHeaders[at + 1] ?? '');
  return headers;
}

function refuse(socket: Duplex, error: TerrariumError): void {
  const { status, body } = toResponse(error);
  const text = JSON.stringify(body);
  socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`);
}
