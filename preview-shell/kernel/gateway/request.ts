/** One request of a preview page, from its arrival to the end of its answer. */
import {
  REQUEST_WINDOW_BYTES, RESPONSE_HEAD_LIMIT_MS, RESPONSE_WINDOW_BYTES, type FailureReason, type FromGateway, type GatewayRequest, type IsolationMode,
} from '../../../shared/protocol/preview-channel.ts';
import type { CookieJar } from './cookies.ts';
import { requestHeaders, responseHeaders, type PreviewAddress } from './headers.ts';
import type { ExchangeReceiver } from './http/connection.ts';
import type { Exchange, HttpClient } from './http/client.ts';
import type { ResponseHead } from './http/llhttp.ts';

export interface RequestSurroundings {
  port: number;
  jar: CookieJar;
  isolation: IsolationMode;
  client: HttpClient;
  address: PreviewAddress;
  tell(message: FromGateway, transfer?: Transferable[]): void;
  ended(): void;
}

/** RFC 9110, 6.4.1: answers to HEAD, and these, have no body. */
const WITHOUT_BODY = new Set([204, 205, 304]);

export class PreviewRequest implements ExchangeReceiver {
  private readonly message: GatewayRequest;
  private readonly around: RequestSurroundings;
  private exchange: Exchange | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Bytes of the answer that the page may still be sent, and those that wait for that. */
  private credit = RESPONSE_WINDOW_BYTES;
  private readonly waiting: Uint8Array<ArrayBuffer>[] = [];
  private whole = false;
  private over = false;
  /** Bytes of the request's body that the server has not taken. */
  private unsent = 0;

  constructor(message: GatewayRequest, around: RequestSurroundings) {
    this.message = message;
    this.around = around;
  }

  start(): void {
    const { method, url, headers, body, context } = this.message;
    const { client, port, jar, address } = this.around;
    const contentLength = body === null ? undefined : body === 'stream' ? null : body.byteLength;
    const cookie = context.credentials === 'omit' ? undefined : jar.header(url, context.cookies);
    const head = { method, target: url, headers: requestHeaders(address, { method, headers, context, contentLength, cookie }) };
    this.timer = setTimeout(() => this.fail('time-limit', `The server on port ${port} did not answer within ${RESPONSE_HEAD_LIMIT_MS / 1000} seconds.`), RESPONSE_HEAD_LIMIT_MS);
    this.exchange = client.request(port, head, contentLength === undefined ? 'none' : contentLength === null ? 'chunked' : 'length', this);
    if (this.exchange === undefined) return this.fail('not-listening', `No server listens on port ${port}.`);
    if (body instanceof ArrayBuffer) {
      this.exchange.writeBody(new Uint8Array(body));
      this.exchange.endBody();
    }
    return undefined;
  }

  // From the page

  sendBody(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.unsent + bytes.length > REQUEST_WINDOW_BYTES * 2) return this.fail('refused', 'The page sends faster than it was allowed to.');
    const { length } = bytes;
    if (this.exchange?.writeBody(bytes) === false) this.unsent += length;
    else this.tell({ t: 'body-ack', id: this.message.id, bytes: length });
    return undefined;
  }

  endBody(): void {
    this.exchange?.endBody();
  }

  acknowledge(bytes: number): void {
    this.credit += bytes;
    this.flush();
  }

  abort(): void {
    if (this.over) return;
    this.exchange?.abort();
    this.finish();
  }

  // From the server (ExchangeReceiver)

  head(head: ResponseHead): void {
    clearTimeout(this.timer);
    const { id, url, context, method } = this.message;
    const { jar, address, isolation } = this.around;
    const kept = context.credentials === 'omit' ? [] : head.headers;
    const cookies = kept.filter(([name]) => name.toLowerCase() === 'set-cookie').flatMap(([, value]) => jar.set(value, url) ?? []);
    const hasBody = method !== 'HEAD' && !WITHOUT_BODY.has(head.status);
    this.tell({ t: 'response', id, status: head.status, statusText: head.statusText, headers: responseHeaders(address, head.headers, isolation), cookies, body: hasBody });
  }

  body(bytes: Uint8Array<ArrayBuffer>): void {
    this.waiting.push(bytes);
    this.flush();
  }

  drain(): void {
    if (this.unsent === 0) return;
    this.tell({ t: 'body-ack', id: this.message.id, bytes: this.unsent });
    this.unsent = 0;
  }

  complete(): void {
    this.whole = true;
    this.flush();
  }

  upgrade(): void {
    this.fail('bad-response', 'The server switched protocols without being asked to.');
  }

  failed(reason: 'reset' | 'bad-response', message: string): void {
    this.fail(reason, message);
  }

  private flush(): void {
    while (this.credit > 0) {
      const bytes = this.waiting.shift();
      if (bytes === undefined) break;
      const { length } = bytes;
      this.credit -= length;
      const { buffer } = length === bytes.buffer.byteLength ? bytes : bytes.slice();
      this.tell({ t: 'data', id: this.message.id, bytes: buffer }, [buffer]);
      this.exchange?.acknowledge(length);
    }
    if (!this.whole || this.waiting.length > 0 || this.over) return;
    this.tell({ t: 'end', id: this.message.id });
    this.finish();
  }

  private fail(reason: FailureReason, message: string): void {
    if (this.over) return;
    this.exchange?.abort();
    this.tell({ t: 'failed', id: this.message.id, reason, message });
    this.finish();
  }

  private finish(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.around.ended();
  }

  private tell(message: FromGateway, transfer: Transferable[] = []): void {
    if (!this.over) this.around.tell(message, transfer);
  }
}
