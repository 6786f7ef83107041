import type { Data, HeaderList, ToContainer } from '../../../shared/protocol/host-link.ts';
import { PacedSender } from '../../../shared/protocol/paced.ts';
import type { FromSocket, ToSocket } from '../../../shared/protocol/preview-channel.ts';
import type { HttpClient } from '../gateway/http/client.ts';
import { WebSocketBridge } from '../gateway/websocket/bridge.ts';
import { passedOn } from './request.ts';
import { failStream, type StreamMessage, type StreamOutlet, type TunnelStream } from './stream.ts';

/** Bytes of one message towards the task's server. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** RFC 6455, 7.4.1. */
const TOO_BIG = 1009;

/** The handshake's own headers, which the bridge makes. */
const isHandshake = (name: string) => /^sec-websocket-/i.test(name);

/** One WebSocket that came through the link: the gateway's bridge, which speaks to a page's port, at a port of our own. */
export class TunnelSocket implements TunnelStream {
  private readonly message: Extract<ToContainer, { t: 'socket' }>;
  private readonly outlet: StreamOutlet;
  private readonly answers: PacedSender;
  private readonly port: MessagePort;
  private readonly bridge: WebSocketBridge;
  private parts: Uint8Array[] = [];
  private partBytes = 0;
  private opened = false;
  private over = false;

  constructor(message: Extract<ToContainer, { t: 'socket' }>, outlet: StreamOutlet) {
    this.message = message;
    this.outlet = outlet;
    this.answers = new PacedSender(message.id, (data) => outlet.send(data));
    const { port1, port2 } = new MessageChannel();
    this.port = port2;
    this.bridge = new WebSocketBridge(port1, () => undefined);
    port2.onmessage = ({ data }: MessageEvent<FromSocket>) => this.fromBridge(data);
  }

  start(client: HttpClient): void {
    const { port, url, headers, protocols } = this.message;
    const kept: HeaderList = passedOn(headers).filter(([name]) => !isHandshake(name));
    this.bridge.open(client, { port, target: url, headers: kept, protocols, setCookies: () => [] });
  }

  receive(message: StreamMessage): void {
    if (message.t === 'credit') this.answers.grant(message.bytes);
    else if (message.t === 'close') this.tell({ t: 'close', ...(message.code === undefined ? {} : { code: message.code }), reason: message.reason });
    else if (message.t === 'cancel') this.abort();
  }

  data({ bytes, text, last }: Data): void {
    this.partBytes += bytes.length;
    if (this.partBytes > MAX_MESSAGE_BYTES) return this.tell({ t: 'close', code: TOO_BIG, reason: '' });
    this.parts.push(bytes);
    // The last piece is granted again when the message has left.
    if (!last) return this.outlet.tell({ t: 'credit', id: this.message.id, bytes: Math.max(1, bytes.length) });
    const whole = new Uint8Array(this.partBytes);
    let at = 0;
    for (const part of this.parts.splice(0)) {
      whole.set(part, at);
      at += part.length;
    }
    this.partBytes = 0;
    this.tell({ t: 'send', data: text ? new TextDecoder().decode(whole) : whole.buffer, bytes: bytes.length });
  }

  abort(): void {
    if (this.over) return;
    this.tell({ t: 'close', code: 1001, reason: '' });
    this.finish();
  }

  private tell(message: ToSocket): void {
    if (!this.over) this.port.postMessage(message);
  }

  private fromBridge(message: FromSocket): void {
    const { id } = this.message;
    if (message.t === 'close') this.port.close();
    if (this.over) return;
    switch (message.t) {
      case 'open':
        this.opened = true;
        return this.outlet.tell({ t: 'opened', id, protocol: message.protocol.slice(0, 256) });
      case 'message': {
        const text = typeof message.data === 'string';
        const bytes = text ? new TextEncoder().encode(message.data as string) : new Uint8Array(message.data as ArrayBuffer);
        return this.answers.push(bytes, { text, last: true, sent: () => this.tell({ t: 'ack', bytes: message.bytes }) });
      }
      case 'sent':
        if (message.bytes > 0) this.outlet.tell({ t: 'credit', id, bytes: message.bytes });
        return;
      case 'error':
        if (this.opened) return;
        this.finish();
        return failStream(this.outlet, id, 'refused', message.message);
      case 'close':
        return this.answers.finish(() => this.closed(message));
    }
  }

  private closed({ code, reason }: Extract<FromSocket, { t: 'close' }>): void {
    if (this.over) return;
    this.outlet.tell({ t: 'closed', id: this.message.id, code, reason: reason.slice(0, 123) });
    this.finish();
    this.outlet.ended();
  }

  private finish(): void {
    this.over = true;
    this.answers.stop();
  }
}
