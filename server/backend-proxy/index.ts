/** What answers at `<label>.backend.<base>`: the environment's running instance (SPEC.md). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { TerrariumError, toResponse } from '../../shared/errors/error.ts';
import { parseHost } from '../../shared/hosts.ts';
import type { Backends, BackendUse } from '../backends/backends.ts';
import { publicError } from '../http/answer.ts';
import type { Logger } from '../logger.ts';
import type { Upgrade } from '../rooms/sockets.ts';
import { bodyOf } from './body.ts';
import { createCircuit } from './circuit.ts';
import type { Circuit } from './circuit.ts';
import { callerOf, corsHeaders, isPreflight, preflightHeaders } from './cors.ts';
import type { CorsContext } from './cors.ts';
import { ClientGone, exchange } from './exchange.ts';
import type { Outcome } from './exchange.ts';
import { checkRequest, requestHeaders } from './headers.ts';
import { createInstances } from './instances.ts';
import { PROXY_LIMITS } from './limits.ts';
import type { ProxyLimits } from './limits.ts';
import { checkHandshake, openSocket } from './sockets.ts';

export interface BackendProxyOptions extends CorsContext {
  backends: Pick<Backends, 'use' | 'note' | 'noteFailure'>;
  isEnvironment(label: string): boolean;
  /** Somebody asks an environment's backend. */
  onUse(environmentId: string): void;
  logger: Logger;
  limits?: ProxyLimits;
  /** Milliseconds, growing. */
  now?: () => number;
}

export interface BackendProxy {
  /** Whether the request is a backend's, and then answered. */
  request(request: IncomingMessage, response: ServerResponse): boolean;
  upgrade: Upgrade;
  close(): Promise<void>;
}

/** As nginx writes it in its log: the client has closed its request. */
const CLIENT_CLOSED = 499;
/** Of an event's path. */
const MAX_PATH = 500;

export function createBackendProxy(options: BackendProxyOptions): BackendProxy {
  const { backends, logger, limits = PROXY_LIMITS, now = () => performance.now() } = options;
  const { host: baseHost, protocol } = new URL(options.app);
  const instances = createInstances(limits);
  const circuits = new Map<string, { instanceId: string; circuit: Circuit }>();
  const open = new Map<string, number>();
  const sockets = new Set<Duplex>();

  const labelOf = (request: IncomingMessage): string | undefined => {
    const role = parseHost(request.headers.host, baseHost);
    return role.role === 'backend' ? role.label : undefined;
  };

  function circuitOf(environmentId: string, { instanceId }: BackendUse): Circuit {
    const known = circuits.get(environmentId);
    if (known?.instanceId === instanceId) return known.circuit;
    const circuit = createCircuit(limits, now);
    circuits.set(environmentId, { instanceId, circuit });
    return circuit;
  }

  /** @throws {TerrariumError} 1236 */
  function enter(environmentId: string): () => void {
    const count = open.get(environmentId) ?? 0;
    if (count >= limits.connections) throw TerrariumError.of('E-TERRARIUM-1236', { limit: limits.connections });
    open.set(environmentId, count + 1);
    return function leave() {
      const left = (open.get(environmentId) ?? 1) - 1;
      if (left === 0) open.delete(environmentId);
      else open.set(environmentId, left);
    };
  }

  /** The instance, waiting while it is deployed. @throws {TerrariumError} 1200-1203, 1231; {ClientGone} */
  async function acquire(environmentId: string, client: Duplex): Promise<BackendUse> {
    const gone = new AbortController();
    const onGone = () => gone.abort(new ClientGone());
    const timer = setTimeout(() => gone.abort(TerrariumError.of('E-TERRARIUM-1231', { seconds: limits.answerMs / 1000 })), limits.answerMs);
    client.once('close', onGone);
    try {
      options.onUse(environmentId);
      return await backends.use(environmentId, gone.signal);
    } catch (error) {
      throw gone.signal.aborted ? gone.signal.reason : error;
    } finally {
      clearTimeout(timer);
      client.off('close', onGone);
    }
  }

  /** What is done with an instance, judged by its circuit. */
  async function withInstance<T>(environmentId: string, client: Duplex, work: (use: BackendUse) => Promise<{ result: T; failed: boolean }>): Promise<T> {
    const use = await acquire(environmentId, client);
    try {
      const circuit = circuitOf(environmentId, use);
      circuit.admit();
      const note = (failed: boolean) => {
        if (!failed) return circuit.succeeded();
        circuit.failed();
        backends.noteFailure(environmentId, use.instanceId);
      };
      const { result, failed } = await work(use).catch((error: unknown) => {
        if (!(error instanceof ClientGone)) note(isSick(error));
        throw error;
      });
      note(failed);
      return result;
    } finally {
      use.release();
    }
  }

  const hopOf = (request: IncomingMessage, use: BackendUse) => ({ host: request.headers.host ?? '', scheme: protocol.slice(0, -1), address: request.socket.remoteAddress ?? '', auth: use.address.auth });

  /** An event for each request, also for one that was refused. */
  function record(environmentId: string, request: IncomingMessage, webSocket: boolean) {
    const started = now();
    return function finish(outcome: { status: number; bytes: number; target?: string; code?: string | undefined }): void {
      const path = (request.url ?? '').split('?', 1)[0]?.slice(0, MAX_PATH) ?? '';
      const { code, target = '', status, bytes } = outcome;
      backends.note(environmentId, { kind: 'request', at: Date.now(), method: request.method ?? '', path, target, status, durationMs: now() - started, bytes, webSocket, ...(code === undefined ? {} : { code }) });
    };
  }

  async function answer(label: string, request: IncomingMessage, response: ServerResponse, say: (caller: string) => void): Promise<Outcome & { target?: string }> {
    checkRequest(request, limits.headerBytes);
    const caller = callerOf(request, label, options);
    if (caller !== undefined) say(caller);
    if (caller !== undefined && isPreflight(request)) {
      response.writeHead(204, preflightHeaders(request, caller)).end();
      return { status: 204, bytes: 0, broken: undefined };
    }
    const leave = enter(label);
    try {
      return await withInstance(label, response as unknown as Duplex, async (use) => {
        const outcome = await exchange({ dispatcher: instances.poolOf(label, use), request, response, headers: requestHeaders(request, hopOf(request, use)), body: bodyOf(request, limits), added: (fields) => corsHeaders(caller, fields), limits });
        return { result: { ...outcome, target: use.instanceId }, failed: outcome.broken !== undefined && isSick(outcome.broken) };
      });
    } finally {
      leave();
    }
  }

  async function serve(label: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!options.isEnvironment(label)) return refuse(response, TerrariumError.of('E-TERRARIUM-1240'), undefined);
    const finish = record(label, request, false);
    let caller: string | undefined;
    try {
      const { broken, ...outcome } = await answer(label, request, response, (origin) => (caller = origin));
      finish({ ...outcome, code: broken?.code });
    } catch (error) {
      if (error instanceof ClientGone) return finish({ status: CLIENT_CLOSED, bytes: 0 });
      const shown = publicError(error, logger);
      finish({ status: shown.status, bytes: 0, code: shown.code });
      refuse(response, shown, caller);
    }
  }

  async function connect(label: string, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (!options.isEnvironment(label)) return refuseSocket(socket, TerrariumError.of('E-TERRARIUM-1240'));
    const finish = record(label, request, true);
    let leave: (() => void) | undefined;
    try {
      checkRequest(request, limits.headerBytes);
      checkHandshake(request);
      callerOf(request, label, options);
      leave = enter(label);
      const { target, status, over } = await withInstance(label, socket, async (use) => {
        const opened = await openSocket({ request, socket, head }, use.address, requestHeaders(request, hopOf(request, use)), limits.answerMs);
        return { result: { ...opened, target: use.instanceId }, failed: false };
      });
      const bytes = await over;
      finish({ status, bytes, target });
    } catch (error) {
      if (error instanceof ClientGone || socket.destroyed) return finish({ status: CLIENT_CLOSED, bytes: 0 });
      const shown = publicError(error, logger);
      finish({ status: shown.status, bytes: 0, code: shown.code });
      refuseSocket(socket, shown);
    } finally {
      leave?.();
    }
  }

  return {
    request(request, response) {
      const label = labelOf(request);
      if (label === undefined) return false;
      void serve(label, request, response);
      return true;
    },
    upgrade(request, socket, head) {
      const label = labelOf(request);
      if (label === undefined) return false;
      sockets.add(socket);
      (socket as Socket).setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => sockets.delete(socket));
      void connect(label, request, socket, head);
      return true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await instances.close();
    },
  };
}

/** Whether it is the instance that failed, and not who asked. */
const isSick = (error: unknown): boolean => error instanceof TerrariumError && (error.code === 'E-TERRARIUM-1230' || error.code === 'E-TERRARIUM-1231');

function bodyFor(error: TerrariumError): { status: number; text: string; fields: string[] } {
  const { status, body } = toResponse(error);
  const text = JSON.stringify(body);
  const seconds = error.context['seconds'];
  return { status, text, fields: ['content-type', 'application/json; charset=utf-8', 'content-length', String(Buffer.byteLength(text)), 'cache-control', 'no-store', 'x-content-type-options', 'nosniff', ...(error.code === 'E-TERRARIUM-1232' ? ['retry-after', String(seconds)] : [])] };
}

/** The connection ends where a part of the request may still be on its way. */
function refuse(response: ServerResponse, error: TerrariumError, caller: string | undefined): void {
  if (response.destroyed) return;
  const { status, text, fields } = bodyFor(error);
  response.writeHead(status, [...fields, ...corsHeaders(caller, fields), ...(response.req.complete ? [] : ['connection', 'close'])]).end(text);
}

function refuseSocket(socket: Duplex, error: TerrariumError): void {
  const { status, text, fields } = bodyFor(error);
  const lines = [`HTTP/1.1 ${status} Refused`];
  for (let at = 0; at + 1 < fields.length; at += 2) lines.push(`${fields[at]}: ${fields[at + 1]}`);
  socket.end(`${lines.join('\r\n')}\r\nconnection: close\r\n\r\n${text}`);
}
