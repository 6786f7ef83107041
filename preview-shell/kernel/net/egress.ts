/**
 * Connections that leave the container. A page cannot open sockets; it can fetch. So the other end of such a connection is here: an HTTP/1.1
 * server that fetches what it is asked for and writes the answer back. The browser's rules hold: the other machine must allow the container's
 * origin (CORS), redirects are followed, bodies arrive decoded, and some request headers are the browser's own.
 */
import type { ErrnoName } from '../../abi/errno.ts';
import { llhttp, type LlhttpEvents } from '../../node/bindings/http-parser/llhttp.ts';
import { ALL_METHODS } from '../../node/bindings/http-parser/methods.ts';
import type { StreamReader } from '../descriptors/open-file.ts';
import type { Endpoint } from './address.ts';
import type { Egress } from './network.ts';
import type { Socket } from './socket.ts';

const HTTP_PORT = 80;
const HTTPS_PORT = 443;
const REQUEST = 1;
/** Headers that tell of the connection, or of the body as it was before the browser decoded it (RFC 9110, 7.6.1). */
const DROPPED_FROM_ANSWER: ReadonlySet<string> = new Set(['connection', 'content-encoding', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);
const DROPPED_FROM_REQUEST: ReadonlySet<string> = new Set(['connection', 'content-length', 'expect', 'host', 'keep-alive', 'transfer-encoding', 'upgrade', 'accept-encoding']);
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);
const FAILED: ErrnoName = 'ECONNREFUSED';

export interface EgressFailure {
  url: string;
  reason: string;
}

export interface EgressOptions {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Told why a request failed: the program sees an errno only. */
  onFailure?: (failure: EgressFailure) => void;
}

export class FetchEgress implements Egress {
  private readonly options: EgressOptions;
  private readonly connections = new WeakMap<Socket, EgressConnection>();

  constructor(options: EgressOptions) {
    this.options = options;
  }

  connect(socket: Socket, to: Endpoint & { host: string }): boolean {
    if (to.port !== HTTP_PORT && to.port !== HTTPS_PORT) return false;
    this.connections.set(socket, new EgressConnection(socket, to, this.options));
    return true;
  }

  startTls(socket: Socket, servername: string): boolean {
    const connection = this.connections.get(socket);
    connection?.encrypt(servername);
    return connection !== undefined;
  }
}

interface PendingRequest {
  method: string;
  url: string;
  headers: string[];
  body: Uint8Array<ArrayBuffer>[];
  keepAlive: boolean;
}

class EgressConnection implements LlhttpEvents {
  private readonly socket: Socket;
  private readonly to: Endpoint & { host: string };
  private readonly options: EgressOptions;
  private readonly parser: number;
  private readonly reader: StreamReader;
  private readonly life = new AbortController();
  private scheme: 'http' | 'https' = 'http';
  private servername = '';
  private request: PendingRequest = newRequest();
  private field = false;
  /** Requests are answered in order (RFC 9112, 9.3.2). */
  private answered: Promise<void> = Promise.resolve();

  constructor(socket: Socket, to: Endpoint & { host: string }, options: EgressOptions) {
    this.socket = socket;
    this.to = to;
    this.options = options;
    this.parser = llhttp().create(REQUEST, this);
    this.reader = socket.readStart({
      data: (bytes) => (bytes === null ? this.close() : this.receive(bytes)),
      error: () => this.close(),
    });
  }

  encrypt(servername: string): void {
    this.scheme = 'https';
    this.servername = servername;
  }

  messageBegin(): number {
    this.request = newRequest();
    return 0;
  }

  url(text: string): number {
    this.request.url += text;
    return 0;
  }

  status(): number {
    return 0;
  }

  headerField(text: string): number {
    const { headers } = this.request;
    if (this.field) headers[headers.length - 2] += text;
    else headers.push(text, '');
    this.field = true;
    return 0;
  }

  headerValue(text: string): number {
    const { headers } = this.request;
    headers[headers.length - 1] += text;
    this.field = false;
    return 0;
  }

  headersComplete(): number {
    const { exports } = llhttp();
    this.request.method = ALL_METHODS[exports.llhttp_get_method(this.parser)] ?? 'GET';
    this.request.keepAlive = exports.llhttp_should_keep_alive(this.parser) !== 0;
    // A client that waits before it sends its body (RFC 9110, 10.1.1).
    if (headerOf(this.request, 'expect')?.toLowerCase() === '100-continue') void this.send(text('HTTP/1.1 100 Continue\r\n\r\n')).catch(() => this.close());
    return 0;
  }

  body(bytes: Uint8Array<ArrayBuffer>): number {
    this.request.body.push(bytes);
    return 0;
  }

  messageComplete(): number {
    const { request } = this;
    this.answered = this.answered.then(() => this.answer(request));
    return 0;
  }

  private receive(bytes: Uint8Array): void {
    const { error } = llhttp().execute(this.parser, bytes);
    if (error !== 0) {
      this.fail(`${this.scheme}://${this.to.host}`, 'the program speaks no HTTP/1.1, and nothing else leaves the container');
      return;
    }
    this.reader.acknowledge(bytes.length);
  }

  private async answer(request: PendingRequest): Promise<void> {
    if (this.life.signal.aborted) return;
    const url = this.target(request);
    try {
      const response = await this.options.fetch(url, this.init(request));
      await this.sendResponse(request, response);
      if (!request.keepAlive) this.close();
    } catch (error) {
      this.fail(url, error instanceof Error ? error.message : String(error));
    }
  }

  /** The name that the program asked for: the `Host` field, as it goes to virtual addresses only (RFC 9112, 3.2). */
  private target(request: PendingRequest): string {
    if (/^https?:\/\//i.test(request.url)) return request.url;
    const host = headerOf(request, 'host') ?? (this.servername === '' ? this.to.host : this.servername);
    return `${this.scheme}://${host}${request.url}`;
  }

  private init(request: PendingRequest): RequestInit {
    const headers = new Headers();
    for (let i = 0; i < request.headers.length; i += 2) {
      const name = (request.headers[i] ?? '').toLowerCase();
      if (!DROPPED_FROM_REQUEST.has(name)) headers.append(name, (request.headers[i + 1] ?? '').trim());
    }
    const hasBody = request.body.length > 0 && request.method !== 'GET' && request.method !== 'HEAD';
    return {
      method: request.method, headers, credentials: 'omit', signal: this.life.signal,
      ...(hasBody ? { body: new Blob(request.body) } : {}),
    };
  }

  private async sendResponse(request: PendingRequest, response: Response): Promise<void> {
    const withBody = request.method !== 'HEAD' && !WITHOUT_BODY.has(response.status) && response.body !== null;
    const lines = [`HTTP/1.1 ${response.status} ${response.statusText}`];
    for (const [name, value] of response.headers) if (!DROPPED_FROM_ANSWER.has(name)) lines.push(`${name}: ${value}`);
    const length = response.headers.get('content-length');
    if (withBody) lines.push('transfer-encoding: chunked');
    else if (request.method === 'HEAD' && length !== null) lines.push(`content-length: ${length}`);
    else if (request.method === 'HEAD') lines.push('transfer-encoding: chunked');
    else if (!WITHOUT_BODY.has(response.status)) lines.push('content-length: 0');
    lines.push(`connection: ${request.keepAlive ? 'keep-alive' : 'close'}`);
    await this.send(latin1(`${lines.join('\r\n')}\r\n\r\n`));
    if (!withBody || response.body === null) return;
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (part.value.length > 0) await this.send(chunk(part.value));
    }
    await this.send(text('0\r\n\r\n'));
  }

  private async send(bytes: Uint8Array): Promise<void> {
    await this.socket.write(bytes, null, this.life.signal);
  }

  private fail(url: string, reason: string): void {
    if (this.life.signal.aborted) return;
    this.options.onFailure?.({ url, reason });
    this.life.abort();
    this.socket.reset(FAILED);
    this.free();
  }

  private close(): void {
    if (this.life.signal.aborted) return;
    // What was asked before the end is still answered.
    this.answered = this.answered.then(() => {
      this.life.abort();
      this.socket.release();
      this.free();
    });
  }

  private free(): void {
    // Later: the parser may be executing.
    queueMicrotask(() => llhttp().destroy(this.parser));
  }
}

function newRequest(): PendingRequest {
  return { method: 'GET', url: '', headers: [], body: [], keepAlive: true };
}

function headerOf({ headers }: PendingRequest, name: string): string | undefined {
  const at = headers.findIndex((header, i) => i % 2 === 0 && header.toLowerCase() === name);
  return at < 0 ? undefined : headers[at + 1]?.trim();
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function latin1(value: string): Uint8Array {
  return Uint8Array.from(value, (character) => character.charCodeAt(0));
}

/** One chunk of RFC 9112, 7.1. */
function chunk(bytes: Uint8Array): Uint8Array {
  const head = text(`${bytes.length.toString(16)}\r\n`);
  const framed = new Uint8Array(head.length + bytes.length + 2);
  framed.set(head);
  framed.set(bytes, head.length);
  framed.set([0x0d, 0x0a], head.length + bytes.length);
  return framed;
}
