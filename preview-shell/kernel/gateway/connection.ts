/** One preview origin's MessagePort: its requests, sockets and questions. */
import type { FromGateway, IsolationMode, ToGateway } from '../../../shared/protocol/preview-channel.ts';
import { parseToGateway } from './parse.ts';
import type { CookieJar } from './cookies.ts';
import type { GatewayNetwork } from './duplex.ts';
import type { PreviewAddress } from './headers.ts';
import { isSafeHeader, present, requestHeaders } from './headers.ts';
import type { HttpClient } from './http/client.ts';
import { PreviewRequest } from './request.ts';
import { WebSocketBridge } from './websocket/bridge.ts';

export interface ConnectionOptions {
  channel: MessagePort;
  port: number;
  jar: CookieJar;
  isolation: IsolationMode;
  client: HttpClient;
  network: GatewayNetwork;
  address: PreviewAddress;
  onPreviewMessage(message: unknown): void;
  onEnd(): void;
}

/** Requests of one preview at a time: more are refused, a browser queues by itself long before. */
const MAX_REQUESTS = 1024;
const MAX_SOCKETS = 256;

export class Connection {
  private readonly options: ConnectionOptions;
  private readonly requests = new Map<number, PreviewRequest>();
  private readonly sockets = new Set<WebSocketBridge>();
  private readonly life = new AbortController();

  constructor(options: ConnectionOptions) {
    this.options = options;
    options.channel.addEventListener('message', (event: MessageEvent<unknown>) => this.receive(event.data, event.ports));
    options.channel.addEventListener('close', () => this.close());
    options.channel.start();
  }

  tell(message: FromGateway, transfer: Transferable[] = []): void {
    if (!this.life.signal.aborted) this.options.channel.postMessage(message, transfer);
  }

  close(): void {
    if (this.life.signal.aborted) return;
    this.life.abort();
    for (const request of this.requests.values()) request.abort();
    this.options.channel.close();
    this.options.onEnd();
  }

  private receive(data: unknown, ports: readonly MessagePort[]): void {
    const message = parseToGateway(data);
    if (message !== undefined) this.handle(message, ports);
  }

  private handle(message: ToGateway, ports: readonly MessagePort[]): void {
    switch (message.t) {
      case 'hello': return;
      case 'request': return this.request(message);
      case 'body': return this.requests.get(message.id)?.sendBody(new Uint8Array(message.bytes));
      case 'body-end': return this.requests.get(message.id)?.endBody();
      case 'ack': return this.requests.get(message.id)?.acknowledge(message.bytes);
      case 'abort': return this.requests.get(message.id)?.abort();
      case 'socket': return this.socket(message, ports[0]);
      case 'await-listening': return void this.awaitListening(message.id);
      case 'ping': return this.tell({ t: 'pong', id: message.id });
      case 'preview-message': return this.options.onPreviewMessage(message.message);
    }
  }

  private request(message: Extract<ToGateway, { t: 'request' }>): void {
    const { id } = message;
    this.tell({ t: 'accepted', id });
    if (this.requests.has(id) || this.requests.size >= MAX_REQUESTS) return this.tell({ t: 'failed', id, reason: 'refused', message: 'Too many requests at a time.' });
    const request = new PreviewRequest(message, { ...this.options, tell: (answer, transfer) => this.tell(answer, transfer), ended: () => this.requests.delete(id) });
    this.requests.set(id, request);
    request.start();
  }

  private socket({ url, protocols, origin, cookies, loopback }: Extract<ToGateway, { t: 'socket' }>, page: MessagePort | undefined): void {
    if (page === undefined || this.sockets.size >= MAX_SOCKETS) return page?.close();
    const { address, port, jar, client } = this.options;
    const bridge = new WebSocketBridge(page, () => this.sockets.delete(bridge));
    this.sockets.add(bridge);
    const context = { origin, referrer: '', mode: '', destination: '', cookies, credentials: 'include', ...(loopback === undefined ? {} : { loopback }) };
    const headers = requestHeaders(address, { method: 'GET', headers: [], context, contentLength: undefined, cookie: jar.header(url, cookies) });
    // A handshake always says where it comes from (RFC 6455, 4.1, 8), and has a Connection header of its own.
    const handshake = headers.filter(([name]) => name !== 'Connection' && name !== 'Origin');
    bridge.open(client, {
      port, target: url, protocols,
      headers: [...handshake, ...(isSafeHeader('Origin', origin) ? [['Origin', present(address, context, origin)] as [string, string]] : [])],
      setCookies: (values) => values.flatMap((value) => jar.set(value, url) ?? []),
    });
  }

  private async awaitListening(id: number): Promise<void> {
    try {
      await this.options.network.whenListening(this.options.port, this.life.signal);
      this.tell({ t: 'listening', id });
    } catch (error) {
      if (!this.life.signal.aborted) throw error;
    }
  }
}
