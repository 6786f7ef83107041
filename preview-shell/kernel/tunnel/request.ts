import { HEAD_LIMIT_MS } from '../../../shared/protocol/host-link.ts';
import type { Data, HeaderList, ToContainer } from '../../../shared/protocol/host-link.ts';
import { PacedSender } from '../../../shared/protocol/paced.ts';
import { isSafeHeader } from '../gateway/headers.ts';
import type { Exchange, HttpClient } from '../gateway/http/client.ts';
import type { ExchangeReceiver } from '../gateway/http/connection.ts';
import type { ResponseHead } from '../gateway/http/llhttp.ts';
import { failStream, type StreamMessage, type StreamOutlet, type TunnelStream } from './stream.ts';

/** RFC 9110, 7.6.1; the body's framing is made here. */
const OWN = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect']);
/** RFC 9110, 6.4.1. */
const WITHOUT_BODY = new Set([204, 205, 304]);

/** RFC 9110, 15. */
const LAST_STATUS = 599;

/** Headers that may go on, of a request or of an answer. */
export const passedOn = (headers: HeaderList): HeaderList => headers.filter(([name, value]) => !OWN.has(name.toLowerCase()) && isSafeHeader(name, value));

/** One HTTP request that came through the link. */
export class TunnelRequest implements TunnelStream, ExchangeReceiver {
  private readonly message: Extract<ToContainer, { t: 'request' }>;
  private readonly outlet: StreamOutlet;
  private readonly answer: PacedSender;
  private exchange: Exchange | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private over = false;
  /** Bytes of the request's body that the server has not taken. */
  private unsent = 0;

  constructor(message: Extract<ToContainer, { t: 'request' }>, outlet: StreamOutlet) {
    this.message = message;
    this.outlet = outlet;
    this.answer = new PacedSender(message.id, (data) => outlet.send(data));
  }

  start(client: HttpClient): void {
    const { port, method, url, headers, body } = this.message;
    const length = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
    const framing = !body ? 'none' : length === undefined ? 'chunked' : 'length';
    const own: HeaderList = [['Connection', 'keep-alive'], ...(framing === 'chunked' ? [['Transfer-Encoding', 'chunked'] as [string, string]] : [])];
    this.timer = setTimeout(() => this.fail('time-limit', `no answer within ${HEAD_LIMIT_MS / 1000} s`), HEAD_LIMIT_MS);
    this.exchange = client.request(port, { method, target: url, headers: [...passedOn(headers), ...own] }, framing, this);
    if (this.exchange === undefined) this.fail('not-listening', 'nothing listens there');
  }

  // From the server's side of the link

  receive(message: StreamMessage): void {
    if (message.t === 'credit') this.answer.grant(message.bytes);
    else if (message.t === 'end') this.exchange?.endBody();
    else if (message.t === 'cancel') this.abort();
  }

  data({ bytes }: Data): void {
    if (this.over) return;
    if (this.exchange?.writeBody(bytes.slice()) === false) this.unsent += bytes.length;
    else this.taken(bytes.length);
  }

  abort(): void {
    if (this.over) return;
    this.exchange?.abort();
    this.finish();
  }

  // From the task's server (ExchangeReceiver)

  head({ status, statusText, headers }: ResponseHead): void {
    clearTimeout(this.timer);
    const hasBody = this.message.method !== 'HEAD' && !WITHOUT_BODY.has(status);
    if (this.over) return;
    if (status > LAST_STATUS) return this.fail('bad-response', `it answered with a status of ${status}`);
    this.outlet.tell({ t: 'head', id: this.message.id, status, statusText, headers: passedOn(headers), body: hasBody });
    if (!hasBody) this.finish();
  }

  body(bytes: Uint8Array<ArrayBuffer>): void {
    this.answer.push(bytes, { sent: () => this.exchange?.acknowledge(bytes.length) });
  }

  drain(): void {
    this.taken(this.unsent);
    this.unsent = 0;
  }

  complete(): void {
    this.answer.finish(() => {
      if (this.over) return;
      this.outlet.tell({ t: 'end', id: this.message.id });
      this.finish();
    });
  }

  upgrade(): void {
    this.fail('bad-response', 'it switched protocols without being asked to');
  }

  failed(reason: 'reset' | 'bad-response', message: string): void {
    this.fail(reason, message);
  }

  private taken(bytes: number): void {
    if (bytes > 0 && !this.over) this.outlet.tell({ t: 'credit', id: this.message.id, bytes });
  }

  private fail(reason: 'not-listening' | 'time-limit' | 'reset' | 'bad-response', message: string): void {
    if (this.over) return;
    this.exchange?.abort();
    this.stop();
    failStream(this.outlet, this.message.id, reason, message);
  }

  private finish(): void {
    this.stop();
    this.outlet.ended();
  }

  private stop(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.answer.stop();
  }
}
