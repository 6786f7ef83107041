import { TerrariumError } from '../../shared/errors/error.ts';
import type { Data } from '../../shared/protocol/host-link.ts';
import { PacedSender } from '../../shared/protocol/paced.ts';
import { Incoming } from './incoming.ts';
import type { RemoteSocket } from './links.ts';
import { endToEnd } from './request-stream.ts';
import type { LinkStream, Outlet, StreamAnswer } from './stream.ts';

/** Bytes of one message from the container. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const ABNORMAL = 1006;

/** One WebSocket of a port of the container. */
export class SocketStream implements LinkStream {
  readonly opened: Promise<RemoteSocket>;
  private readonly outlet: Outlet;
  private readonly port: number;
  private readonly incoming: Incoming<string | Uint8Array<ArrayBuffer>>;
  private readonly outgoing: PacedSender;
  private readonly open = Promise.withResolvers<RemoteSocket>();
  private readonly closed = Promise.withResolvers<{ code: number; reason: string }>();
  private parts: Uint8Array[] = [];
  private partBytes = 0;
  private over = false;

  constructor(outlet: Outlet, port: number) {
    this.outlet = outlet;
    this.port = port;
    this.opened = this.open.promise;
    this.opened.catch(() => {});
    this.incoming = new Incoming((bytes) => outlet.send({ t: 'credit', id: outlet.id, bytes }), () => this.close(1001, ''));
    this.outgoing = new PacedSender(outlet.id, (data) => outlet.sendData(data));
  }

  get allowance(): number {
    return this.incoming.allowance;
  }

  start(path: string, headers: Headers): void {
    const protocols = (headers.get('sec-websocket-protocol') ?? '').split(',').map((one) => one.trim()).filter((one) => one !== '');
    const kept = endToEnd(headers).filter(([name]) => !name.startsWith('sec-websocket-'));
    this.outlet.send({ t: 'socket', id: this.outlet.id, port: this.port, url: path, headers: kept, protocols });
  }

  receive(message: StreamAnswer): void {
    if (message.t === 'opened') this.open.resolve(this.remote(message.protocol));
    else if (message.t === 'credit') this.outgoing.grant(message.bytes);
    else if (message.t === 'closed') this.end(message);
    else if (message.t === 'failed') {
      this.open.reject(TerrariumError.of('E-TERRARIUM-1325', { port: this.port, problem: message.message }));
      this.end({ code: ABNORMAL, reason: '' });
    }
  }

  data({ bytes, text, last }: Data): void {
    this.partBytes += bytes.length;
    if (this.partBytes > MAX_MESSAGE_BYTES) return this.giveUp(TerrariumError.of('E-TERRARIUM-1323', { what: 'a WebSocket message above 16 MiB' }));
    this.parts.push(bytes);
    if (!last) return this.incoming.push(undefined, bytes.length);
    const whole = Buffer.concat(this.parts.splice(0), this.partBytes);
    this.partBytes = 0;
    this.incoming.push(text ? whole.toString() : new Uint8Array(whole), bytes.length);
  }

  fail(error: TerrariumError): void {
    this.open.reject(error);
    this.end({ code: ABNORMAL, reason: '' });
  }

  giveUp(reason: unknown): void {
    if (this.over) return;
    this.open.reject(reason);
    this.outlet.send({ t: 'cancel', id: this.outlet.id });
    this.end({ code: ABNORMAL, reason: '' });
  }

  private remote(protocol: string): RemoteSocket {
    return {
      protocol,
      messages: this.incoming.stream,
      closed: this.closed.promise,
      send: (message) => this.send(message),
      close: (code, reason = '') => this.close(code, reason),
    };
  }

  private send(message: string | Uint8Array): Promise<void> {
    if (this.over) return Promise.resolve();
    const text = typeof message === 'string';
    const bytes = text ? new TextEncoder().encode(message) : new Uint8Array(message);
    return Promise.race([new Promise<void>((sent) => this.outgoing.push(bytes, { text, last: true, sent })), this.closed.promise.then(() => undefined)]);
  }

  private close(code: number | undefined, reason: string): void {
    if (!this.over) this.outlet.send({ t: 'close', id: this.outlet.id, ...(code === undefined ? {} : { code }), reason: reason.slice(0, 123) });
  }

  private end(how: { code: number; reason: string }): void {
    if (this.over) return;
    this.over = true;
    this.outgoing.stop();
    this.incoming.end();
    this.closed.resolve({ code: how.code, reason: how.reason });
    this.outlet.ended();
  }
}
