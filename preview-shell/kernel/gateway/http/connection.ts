/**
 * One HTTP/1.1 connection to a server of the container: one exchange at a time, kept alive between them (RFC 9112 section 9).
 */
import type { HeaderList } from '../../../../shared/protocol/preview-channel.ts';
import type { ByteDuplex, DuplexReceiver } from '../duplex.ts';
import { HttpParseError, ResponseParser, type ResponseHead } from './llhttp.ts';

export interface RequestHead {
  method: string;
  /** Request target, beginning with "/". */
  target: string;
  headers: HeaderList;
}

export type ExchangeFailure = 'reset' | 'bad-response';

export interface ExchangeReceiver {
  head(head: ResponseHead): void;
  /** The array belongs to the receiver. It says `acknowledge` when it is done with the bytes. */
  body(bytes: Uint8Array<ArrayBuffer>): void;
  complete(trailers: HeaderList): void;
  /** After a response of 101: the connection is the receiver's, `rest` are bytes that came with the head. */
  upgrade(head: ResponseHead, duplex: ByteDuplex, rest: Uint8Array<ArrayBuffer>): void;
  /** `untouched`: not one byte of an answer came, so a connection that was kept alive may just have been closed by the server. */
  failed(reason: ExchangeFailure, message: string, untouched: boolean): void;
  drain(): void;
}

type Framing = 'none' | 'length' | 'chunked';

const encoder = new TextEncoder();
const CHUNK_END = encoder.encode('\r\n');
const LAST_CHUNK = encoder.encode('0\r\n\r\n');

/** Writes the head as bytes: header values are Latin-1 (RFC 9110 section 5.5). */
export function writeHead(head: RequestHead): Uint8Array<ArrayBuffer> {
  let text = `${head.method} ${head.target} HTTP/1.1\r\n`;
  for (const [name, value] of head.headers) text += `${name}: ${value}\r\n`;
  text += '\r\n';
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export class HttpConnection implements DuplexReceiver {
  private readonly duplex: ByteDuplex;
  private readonly parser: ResponseParser;
  private readonly onIdle: (connection: HttpConnection) => void;
  private receiver: ExchangeReceiver | undefined;
  private framing: Framing = 'none';
  private requestSent = false;
  private responseDone = false;
  private answered = false;
  private lastHead: ResponseHead | undefined;
  private keepAlive = true;
  /** Bytes that the duplex delivered and that became body bytes in the receiver's hands are acknowledged by the receiver. */
  private bodyBytes = 0;
  private handedOver: DuplexReceiver | undefined;
  closed = false;
  /** An exchange has been completed on it before. */
  reused = false;
  /** Seconds the server promises to keep an idle connection (`Keep-Alive: timeout=`), if it says. */
  idleSeconds: number | undefined;

  constructor(duplex: ByteDuplex, onIdle: (connection: HttpConnection) => void) {
    this.duplex = duplex;
    this.onIdle = onIdle;
    this.parser = new ResponseParser({
      interim: () => undefined,
      head: (head) => this.takeHead(head),
      body: (bytes) => this.takeBody(bytes),
      complete: (trailers) => this.takeComplete(trailers),
    });
    duplex.start(this);
  }

  /** Begins an exchange. The body, if any, follows by `writeBody` and `endBody`. */
  send(head: RequestHead, body: Framing, receiver: ExchangeReceiver): void {
    this.receiver = receiver;
    this.framing = body;
    this.requestSent = body === 'none';
    this.responseDone = false;
    this.answered = false;
    this.lastHead = undefined;
    this.parser.expectsBody = head.method !== 'HEAD';
    this.duplex.write(writeHead(head));
  }

  /** False: wait for `drain`. */
  writeBody(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.closed || this.requestSent || bytes.length === 0) return true;
    if (this.framing === 'length') return this.duplex.write(bytes);
    this.duplex.write(encoder.encode(`${bytes.length.toString(16)}\r\n`));
    this.duplex.write(bytes);
    return this.duplex.write(CHUNK_END.slice());
  }

  endBody(): void {
    if (this.closed || this.requestSent) return;
    if (this.framing === 'chunked') this.duplex.write(LAST_CHUNK.slice());
    this.requestSent = true;
    this.settle();
  }

  acknowledge(bytes: number): void {
    if (!this.closed) this.duplex.acknowledge(bytes);
  }

  /** Drops the connection; the receiver hears nothing more. */
  destroy(): void {
    this.receiver = undefined;
    this.close();
    this.duplex.destroy();
  }

  // DuplexReceiver

  data(bytes: Uint8Array): void {
    if (this.handedOver) return this.handedOver.data(bytes);
    if (this.closed) return;
    // Bytes without a request: the server says goodbye (a 408, say) and closes.
    if (!this.receiver) return this.destroy();
    this.answered = true;
    this.bodyBytes = 0;
    try {
      const rest = this.parser.execute(bytes);
      if (rest !== undefined) return this.handOver(rest.slice());
    } catch (error) {
      return this.fail('bad-response', error);
    }
    if (!this.closed) this.duplex.acknowledge(bytes.length - this.bodyBytes);
    this.settle();
  }

  end(): void {
    if (this.handedOver) return this.handedOver.end();
    if (this.closed) return;
    this.keepAlive = false;
    if (this.receiver === undefined) return this.destroy();
    try {
      if (this.answered) this.parser.finish();
    } catch (error) {
      return this.fail('bad-response', error);
    }
    if (this.responseDone) this.settle();
    else this.fail('reset', new Error('The server closed the connection before it had answered.'));
  }

  error(code: string): void {
    if (this.handedOver) return this.handedOver.error(code);
    this.fail('reset', new Error(`The connection broke (${code}).`));
  }

  drain(): void {
    if (this.handedOver) this.handedOver.drain();
    else this.receiver?.drain();
  }

  // Events of the parser

  private takeHead(head: ResponseHead): void {
    this.lastHead = head;
    this.keepAlive = head.keepAlive;
    const promised = head.headers.find(([name]) => name.toLowerCase() === 'keep-alive')?.[1];
    const seconds = /timeout=(\d+)/.exec(promised ?? '')?.[1];
    this.idleSeconds = seconds === undefined ? undefined : Number(seconds);
    if (head.status !== 101) this.receiver?.head(head);
  }

  private takeBody(bytes: Uint8Array): void {
    if (!this.receiver) return;
    this.bodyBytes += bytes.length;
    this.receiver.body(bytes.slice());
  }

  private takeComplete(trailers: HeaderList): void {
    if (this.lastHead?.status === 101) return;
    this.responseDone = true;
    this.receiver?.complete(trailers);
  }

  private handOver(rest: Uint8Array<ArrayBuffer>): void {
    const receiver = this.receiver;
    const head = this.lastHead;
    if (!receiver || !head) return this.destroy();
    this.receiver = undefined;
    this.close();
    const { duplex } = this;
    // `start` of the new owner comes here, since the duplex can be started once.
    const owned: ByteDuplex = {
      start: (next) => {
        this.handedOver = next;
      },
      write: (bytes) => duplex.write(bytes),
      end: () => duplex.end(),
      destroy: () => duplex.destroy(),
      acknowledge: (bytes) => duplex.acknowledge(bytes),
    };
    receiver.upgrade(head, owned, rest);
  }

  /** Both messages are complete: the connection is free, or done. A server may answer before the request ends; then it is not reusable. */
  private settle(): void {
    if (!this.responseDone || this.closed || this.receiver === undefined) return;
    this.receiver = undefined;
    this.reused = true;
    if (this.keepAlive && this.requestSent) this.onIdle(this);
    else this.destroy();
  }

  private fail(reason: ExchangeFailure, error: unknown): void {
    if (this.closed) return;
    const receiver = this.receiver;
    const untouched = !this.answered;
    this.destroy();
    const message = error instanceof HttpParseError || error instanceof Error ? error.message : String(error);
    receiver?.failed(reason, message, untouched);
  }

  private close(): void {
    if (this.closed) return;
    this.closed = true;
    this.parser.free();
  }
}
