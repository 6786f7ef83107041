/**
 * A page's WebSocket: the opening handshake and the frames towards the server, a MessagePort towards the page
 * (protocol (5) of shared/protocol/preview-channel.ts).
 */
import { SOCKET_WINDOW_BYTES, type FromSocket, type HeaderList, type ToSocket } from '../../../../shared/protocol/preview-channel.ts';
import type { ByteDuplex, DuplexReceiver } from '../duplex.ts';
import { type HttpClient } from '../http/client.ts';
import type { ResponseHead } from '../http/llhttp.ts';
import { closePayload, FrameReader, isSendableCode, NO_STATUS, OPCODE, WebSocketProtocolError, writeFrame, type ServerFrame } from './frames.ts';

/** RFC 6455 section 1.3. */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** Section 7.1.1: the server closes the TCP connection; one that does not is cut off. */
const CLOSE_LIMIT_MS = 3_000;
const ABNORMAL = 1006;

export interface SocketRequest {
  port: number;
  /** Path and query. */
  target: string;
  protocols: string[];
  /** Host, Origin, Cookie and the like; the bridge adds the handshake's own. */
  headers: HeaderList;
  /** Called with the `Set-Cookie` values of the handshake; returns those for `document.cookie`. */
  setCookies(values: string[]): string[];
}

export class WebSocketBridge implements DuplexReceiver {
  private readonly page: MessagePort;
  private readonly onEnd: () => void;
  private readonly reader = new FrameReader();
  private duplex: ByteDuplex | undefined;
  private readonly outgoing: ToSocket[] = [];
  private pumping = false;
  private blocked: PromiseWithResolvers<void> | undefined;
  /** Message bytes that the page has not dispatched yet, and connection bytes held back meanwhile. */
  private unread = 0;
  private heldBack = 0;
  private closeSent = false;
  private closeReceived: { code: number; reason: string } | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ended = false;

  constructor(page: MessagePort, onEnd: () => void) {
    this.page = page;
    this.onEnd = onEnd;
    page.onmessage = (event: MessageEvent<ToSocket>) => this.fromPage(event.data);
    // Where the browser tells: the page is gone.
    page.addEventListener('close', () => this.pageGone());
  }

  /** Opens the connection. */
  open(client: HttpClient, request: SocketRequest): void {
    const key = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
    const headers: HeaderList = [
      ...request.headers,
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Key', key],
    ];
    if (request.protocols.length > 0) headers.push(['Sec-WebSocket-Protocol', request.protocols.join(', ')]);
    const refused = (message: string) => this.abort(message);
    const exchange = client.request(request.port, { method: 'GET', target: request.target, headers }, 'none', {
      head: (head) => {
        exchange?.abort();
        refused(`The server answered the WebSocket handshake with ${head.status}.`);
      },
      body: () => undefined,
      complete: () => undefined,
      drain: () => undefined,
      failed: (_, message) => refused(message),
      upgrade: (head, duplex, rest) => void this.upgraded(head, duplex, rest, key, request),
    });
    if (!exchange) refused(`No server listens on port ${request.port}.`);
  }

  private async upgraded(head: ResponseHead, duplex: ByteDuplex, rest: Uint8Array, key: string, request: SocketRequest): Promise<void> {
    const get = (name: string) => head.headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
    const early: Uint8Array[] = [rest];
    duplex.start({ data: (bytes) => early.push(bytes.slice()), end: () => this.end(), error: () => this.end(), drain: () => undefined });
    const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(key + HANDSHAKE_GUID));
    const expected = btoa(String.fromCharCode(...new Uint8Array(digest)));
    const protocol = get('sec-websocket-protocol');
    const wrong =
      get('upgrade').toLowerCase() !== 'websocket' ? 'upgrades to another protocol'
      : get('sec-websocket-accept') !== expected ? 'has a wrong Sec-WebSocket-Accept'
      : get('sec-websocket-extensions') !== '' ? 'uses an extension that was not offered'
      : protocol !== '' && !request.protocols.includes(protocol) ? 'chose a protocol that was not offered'
      : undefined;
    if (this.ended) return duplex.destroy();
    this.duplex = duplex;
    if (wrong !== undefined) return this.abort(`The server's WebSocket handshake ${wrong}.`);
    duplex.start(this);
    const cookies = request.setCookies(head.headers.filter(([name]) => name.toLowerCase() === 'set-cookie').map(([, value]) => value));
    this.tell({ t: 'open', protocol, cookies });
    for (const bytes of early) if (bytes.length > 0) this.data(bytes);
    void this.pump();
  }

  // From the server

  data(bytes: Uint8Array): void {
    if (this.ended) return;
    this.heldBack += bytes.length;
    try {
      for (const frame of this.reader.push(bytes)) this.fromServer(frame);
    } catch (error) {
      if (!(error instanceof WebSocketProtocolError)) throw error;
      this.tell({ t: 'error', message: error.message });
      this.sendClose(error.code, '');
      return this.finish(ABNORMAL, '', false);
    }
    this.letMoreCome();
  }

  end(): void {
    const received = this.closeReceived;
    if (received) this.finish(received.code, received.reason, true);
    else this.finish(ABNORMAL, '', false);
  }

  error(): void {
    this.end();
  }

  drain(): void {
    this.blocked?.resolve();
  }

  private fromServer(frame: ServerFrame): void {
    if (this.closeReceived) return;
    switch (frame.kind) {
      case 'text':
        this.unread += frame.bytes;
        return this.tell({ t: 'message', data: frame.text, bytes: frame.bytes });
      case 'binary': {
        const { buffer } = frame.data;
        const data = frame.data.length === buffer.byteLength ? buffer : frame.data.slice().buffer;
        this.unread += data.byteLength;
        return this.tell({ t: 'message', data, bytes: data.byteLength }, [data]);
      }
      case 'ping':
        this.duplex?.write(writeFrame(OPCODE.pong, frame.data));
        return;
      case 'pong':
        return;
      case 'close':
        this.closeReceived = { code: frame.code, reason: frame.reason };
        this.sendClose(frame.code, '');
        this.expectEnd();
    }
  }

  private letMoreCome(): void {
    if (this.unread > SOCKET_WINDOW_BYTES || this.heldBack === 0) return;
    this.duplex?.acknowledge(this.heldBack);
    this.heldBack = 0;
  }

  // From the page

  private fromPage(message: ToSocket): void {
    if (this.ended) return;
    if (message.t === 'ack') {
      this.unread -= Number(message.bytes) || 0;
      return this.letMoreCome();
    }
    if (message.t === 'close' && !this.duplex) return this.abort('The page closed the WebSocket before it was open.');
    this.outgoing.push(message);
    void this.pump();
  }

  /** Sends in order: a Blob must be read before what follows it may go. */
  private async pump(): Promise<void> {
    if (this.pumping || !this.duplex) return;
    this.pumping = true;
    for (let message = this.outgoing.shift(); message && !this.ended; message = this.outgoing.shift()) {
      if (message.t === 'close') this.closeFromPage(message);
      else if (message.t === 'send') await this.send(message);
    }
    this.pumping = false;
  }

  private async send(message: Extract<ToSocket, { t: 'send' }>): Promise<void> {
    const { data } = message;
    const text = typeof data === 'string';
    const bytes = text ? new TextEncoder().encode(data) : new Uint8Array(data instanceof Blob ? await data.arrayBuffer() : data);
    if (this.closeSent || this.ended) return;
    if (this.duplex?.write(writeFrame(text ? OPCODE.text : OPCODE.binary, bytes)) === false) {
      this.blocked = Promise.withResolvers();
      await this.blocked.promise;
    }
    this.tell({ t: 'sent', bytes: message.bytes });
  }

  private closeFromPage(message: Extract<ToSocket, { t: 'close' }>): void {
    this.sendClose(message.code ?? NO_STATUS, message.reason ?? '');
    this.expectEnd();
  }

  private pageGone(): void {
    if (this.ended) return;
    this.sendClose(1001, '');
    this.finish(1001, '', true);
  }

  // Endings

  private sendClose(code: number, reason: string): void {
    if (this.closeSent || !this.duplex) return;
    this.closeSent = true;
    this.duplex.write(writeFrame(OPCODE.close, closePayload(isSendableCode(code) ? code : undefined, reason)));
  }

  private expectEnd(): void {
    this.timer ??= setTimeout(() => this.end(), CLOSE_LIMIT_MS);
  }

  private abort(message: string): void {
    this.tell({ t: 'error', message });
    this.finish(ABNORMAL, '', false);
  }

  private finish(code: number, reason: string, clean: boolean): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.timer);
    this.blocked?.resolve();
    this.tell({ t: 'close', code, reason, clean });
    // The close frame has to go out first, so this is no reset.
    if (this.closeSent) this.duplex?.end();
    else this.duplex?.destroy();
    this.onEnd();
    // Not page.close(): messages that are under way would be lost with it. The page closes its end on `close`.
  }

  private tell(message: FromSocket, transfer: Transferable[] = []): void {
    this.page.postMessage(message, transfer);
  }
}
