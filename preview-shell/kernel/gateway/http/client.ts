/**
 * HTTP/1.1 client of the container's servers: connections kept alive by port, one exchange on each at a time.
 */
import type { GatewayNetwork } from '../duplex.ts';
import { HttpConnection, type ExchangeReceiver, type RequestHead } from './connection.ts';

/** Node's server closes an idle connection after 5 s (`server.keepAliveTimeout`): stay below it. */
const IDLE_MS = 4_000;
const MAX_IDLE_PER_PORT = 8;

/** Requests that may be sent again when a kept connection turns out to be closed (RFC 9110 section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export type RequestBody = 'none' | 'length' | 'chunked';

/** A request under way. */
export class Exchange {
  private connection: HttpConnection;
  private dropped = false;

  constructor(connection: HttpConnection) {
    this.connection = connection;
  }

  /** False: wait for `ExchangeReceiver.drain`. */
  writeBody(bytes: Uint8Array<ArrayBuffer>): boolean {
    return this.dropped || this.connection.writeBody(bytes);
  }

  endBody(): void {
    if (!this.dropped) this.connection.endBody();
  }

  acknowledge(bytes: number): void {
    this.connection.acknowledge(bytes);
  }

  /** The answer is no longer wanted. The connection cannot be used again, since the rest of the answer would come on it. */
  abort(): void {
    if (this.dropped) return;
    this.dropped = true;
    this.connection.destroy();
  }

  /** After the exchange the connection belongs to others. */
  release(): void {
    this.dropped = true;
  }

  moveTo(connection: HttpConnection): void {
    this.connection = connection;
  }
}

export class HttpClient {
  private readonly network: GatewayNetwork;
  private readonly idle = new Map<number, { connection: HttpConnection; timer: ReturnType<typeof setTimeout> }[]>();

  constructor(network: GatewayNetwork) {
    this.network = network;
  }

  /** Sends a request; undefined when nothing listens on the port. */
  request(port: number, head: RequestHead, body: RequestBody, receiver: ExchangeReceiver): Exchange | undefined {
    const connection = this.takeIdle(port) ?? this.connect(port);
    if (!connection) return undefined;
    const exchange = new Exchange(connection);
    let mayRepeat = connection.reused && body === 'none' && IDEMPOTENT.has(head.method);
    const guarded: ExchangeReceiver = {
      head: (response) => receiver.head(response),
      body: (bytes) => receiver.body(bytes),
      drain: () => receiver.drain(),
      complete: (trailers) => {
        exchange.release();
        receiver.complete(trailers);
      },
      upgrade: (response, duplex, rest) => {
        exchange.release();
        receiver.upgrade(response, duplex, rest);
      },
      failed: (reason, message, untouched) => {
        const fresh = mayRepeat && untouched ? this.connect(port) : undefined;
        if (!fresh) return receiver.failed(reason, message, untouched);
        mayRepeat = false;
        exchange.moveTo(fresh);
        fresh.send(head, body, guarded);
      },
    };
    connection.send(head, body, guarded);
    return exchange;
  }

  /** Drops every idle connection, of one port or of all. */
  close(port?: number): void {
    for (const [number, list] of this.idle) {
      if (port !== undefined && port !== number) continue;
      this.idle.delete(number);
      for (const { connection, timer } of list) {
        clearTimeout(timer);
        connection.destroy();
      }
    }
  }

  private connect(port: number): HttpConnection | undefined {
    const duplex = this.network.connectInternal(port);
    return duplex && new HttpConnection(duplex, (connection) => this.keep(port, connection));
  }

  private takeIdle(port: number): HttpConnection | undefined {
    const list = this.idle.get(port) ?? [];
    for (let entry = list.pop(); entry; entry = list.pop()) {
      clearTimeout(entry.timer);
      if (!entry.connection.closed) return entry.connection;
    }
    return undefined;
  }

  private keep(port: number, connection: HttpConnection): void {
    const list = this.idle.get(port) ?? [];
    this.idle.set(port, list);
    const promised = connection.idleSeconds;
    const limit = promised === undefined ? IDLE_MS : Math.min(IDLE_MS, promised * 1000 - 1000);
    if (list.length >= MAX_IDLE_PER_PORT || limit <= 0) return connection.destroy();
    const entry = { connection, timer: setTimeout(() => this.expire(port, entry), limit) };
    list.push(entry);
  }

  private expire(port: number, entry: { connection: HttpConnection; timer: ReturnType<typeof setTimeout> }): void {
    const list = this.idle.get(port);
    const at = list?.indexOf(entry) ?? -1;
    if (list && at >= 0) list.splice(at, 1);
    entry.connection.destroy();
  }
}
