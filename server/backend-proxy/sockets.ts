/** A WebSocket to an instance: the handshake is judged here, then bytes pass as they are (RFC 6455 is between client and instance). SPEC BP13. */
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { BackendAddress } from '../backends/driver.ts';
import { answerHeaders } from './headers.ts';

export interface Handshake {
  status: number;
  /** Resolves with the bytes that the instance sent when the connection is over. */
  over: Promise<number>;
}

/** @throws {TerrariumError} 1237 for what asks for no WebSocket */
export function checkHandshake({ method, headers }: IncomingMessage): void {
  const refuse = (problem: string) => TerrariumError.of('E-TERRARIUM-1237', { problem });
  if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') throw refuse('the only protocol to change to is websocket');
  if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0) throw refuse('a WebSocket begins without a body');
}

/** `headers` without those of the connection. @throws {TerrariumError} 1230, 1231 */
export function openSocket(client: { request: IncomingMessage; socket: Duplex; head: Buffer }, address: BackendAddress, headers: string[], answerMs: number): Promise<Handshake> {
  const { request, socket, head } = client;
  return new Promise((resolve, reject) => {
    const upstream = httpRequest({ ...placeOf(address), method: 'GET', path: request.url, headers: [...headers, 'connection', 'Upgrade', 'upgrade', 'websocket'], agent: false });
    const timer = setTimeout(() => upstream.destroy(TerrariumError.of('E-TERRARIUM-1231', { seconds: answerMs / 1000 })), answerMs);
    const onGone = () => upstream.destroy();
    socket.once('close', onGone);
    const settle = () => {
      clearTimeout(timer);
      socket.off('close', onGone);
    };
    upstream.once('error', (error) => {
      settle();
      reject(error instanceof TerrariumError ? error : TerrariumError.of('E-TERRARIUM-1230'));
    });
    upstream.once('upgrade', (answer, remote, first) => {
      settle();
      socket.write(headOf(answer, ['connection', 'Upgrade', 'upgrade', 'websocket']), 'latin1');
      if (first.length > 0) socket.write(first);
      if (head.length > 0) remote.write(head);
      resolve({ status: 101, over: join(socket, remote, first.length) });
    });
    upstream.once('response', (answer) => {
      settle();
      socket.write(headOf(answer, ['connection', 'close']), 'latin1');
      resolve({ status: answer.statusCode ?? 502, over: passRefusal(answer, socket) });
    });
    upstream.end();
  });
}

const placeOf = ({ socketPath, port }: BackendAddress) => (socketPath === undefined ? { host: '127.0.0.1', port } : { socketPath });

/** Status line and fields; none of the parser's values has a line break. */
function headOf({ statusCode = 502, statusMessage = '', rawHeaders }: IncomingMessage, added: readonly string[]): string {
  const fields = [...answerHeaders(rawHeaders), ...added];
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let at = 0; at + 1 < fields.length; at += 2) lines.push(`${fields[at]}: ${fields[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Each end's end is the other's; whoever breaks breaks both. */
function join(socket: Duplex, remote: Duplex, before: number): Promise<number> {
  return new Promise((resolve) => {
    let bytes = before;
    remote.on('data', (chunk: Buffer) => (bytes += chunk.length));
    remote.pipe(socket);
    socket.pipe(remote);
    for (const end of [socket, remote]) end.on('error', () => end.destroy());
    socket.once('close', () => {
      remote.destroy();
      resolve(bytes);
    });
    // What it had said before it ended is still on its way.
    remote.once('close', () => {
      if (!socket.writableEnded) socket.destroy();
    });
  });
}

function passRefusal(answer: IncomingMessage, socket: Duplex): Promise<number> {
  return new Promise((resolve) => {
    let bytes = 0;
    answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
    answer.pipe(socket);
    answer.once('error', () => socket.destroy());
    answer.once('close', () => resolve(bytes));
    socket.once('close', () => answer.destroy());
  });
}
