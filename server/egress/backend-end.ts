/** Where a backend's own requests arrive: a Unix socket for each environment, which is all that its instance reaches (SPEC EG5, EG6). */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { TerrariumError, toResponse } from '../../shared/errors/error.ts';
import { publicError } from '../http/answer.ts';
import type { Logger } from '../logger.ts';
import type { Reach } from './reach.ts';

export interface BackendEgress {
  /** Path of the environment's socket, which listens. */
  open(environmentId: string): Promise<string>;
  /** What is under way is broken off. */
  shut(environmentId: string): Promise<void>;
  close(): Promise<void>;
}

export function createBackendEgress({ reach, logger }: { reach: Reach; logger: Logger }): BackendEgress {
  // A socket's path holds about a hundred bytes, which a data folder may exceed.
  const folder = mkdtempSync(path.join(os.tmpdir(), 'terrarium-egress-'));
  const servers = new Map<string, Promise<{ server: Server; file: string }>>();

  async function listen(environmentId: string): Promise<{ server: Server; file: string }> {
    const file = path.join(folder, `${createHash('sha256').update(environmentId).digest('hex').slice(0, 16)}.sock`);
    rmSync(file, { force: true });
    // A proxy is asked with absolute addresses and without a host field.
    const server = createServer({ requireHostHeader: false, maxHeaderSize: 65_536 }, (request, response) => void pass(environmentId, request, response));
    const refuseSocket = (request: IncomingMessage, socket: Duplex) => refuse(environmentId, request, socket);
    server.on('connect', refuseSocket);
    server.on('upgrade', refuseSocket);
    server.listen(file);
    await once(server, 'listening');
    return { server, file };
  }

  async function pass(environmentId: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const body = request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined ? null : request;
    try {
      const answer = await reach.call(environmentId, { method: request.method ?? 'GET', url: request.url ?? '', headers: request.rawHeaders, body, signal: gone.signal });
      response.writeHead(answer.status, answer.headers);
      answer.body.once('error', () => response.destroy());
      response.once('close', () => answer.body.destroy());
      answer.body.pipe(response);
    } catch (error) {
      if (gone.signal.aborted) return;
      const { status, body: text } = toResponse(publicError(error, logger));
      response.writeHead(status, { 'content-type': 'application/json', 'x-terrarium-error': text.error.code, connection: 'close' }).end(JSON.stringify(text));
    }
  }

  function refuse(environmentId: string, request: IncomingMessage, socket: Duplex): void {
    const host = (request.url ?? '').slice(0, 255);
    const error = TerrariumError.of('E-TERRARIUM-1261', { host });
    reach.refused(environmentId, request.method ?? '', request.url ?? '', error);
    socket.on('error', () => socket.destroy());
    socket.end(`HTTP/1.1 403 Refused\r\nx-terrarium-error: ${error.code}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  }

  async function shut(environmentId: string): Promise<void> {
    const opening = servers.get(environmentId);
    if (opening === undefined) return;
    servers.delete(environmentId);
    const { server, file } = await opening;
    server.closeAllConnections();
    server.close();
    rmSync(file, { force: true });
  }

  return {
    async open(environmentId) {
      const opening = servers.get(environmentId) ?? listen(environmentId);
      servers.set(environmentId, opening);
      return (await opening).file;
    },
    shut,
    async close() {
      await Promise.all([...servers.keys()].map(shut));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
