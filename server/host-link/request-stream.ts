import { TerrariumError } from '../../shared/errors/error.ts';
import type { Data, HeaderList } from '../../shared/protocol/host-link.ts';
import { PacedSender } from '../../shared/protocol/paced.ts';
import { Incoming } from './incoming.ts';
import type { LinkStream, Outlet, StreamAnswer } from './stream.ts';

/** Hop-by-hop headers (RFC 9110, 7.6.1), and those that Node's own `fetch` would add for itself. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect']);

/** Without headers of one hop, those that `Connection` names among them. */
export function endToEnd(headers: Headers): HeaderList {
  const named = new Set((headers.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase()));
  return [...headers].filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name));
}

/** One request to a port of the container, and its answer. */
export class RequestStream implements LinkStream {
  readonly answer: Promise<Response>;
  private readonly outlet: Outlet;
  private readonly port: number;
  private readonly incoming: Incoming<Uint8Array<ArrayBuffer>>;
  private readonly outgoing: PacedSender;
  private readonly resolve: (response: Response) => void;
  private readonly reject: (error: unknown) => void;
  private reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  private over = false;

  constructor(outlet: Outlet, port: number) {
    this.outlet = outlet;
    this.port = port;
    ({ promise: this.answer, resolve: this.resolve, reject: this.reject } = Promise.withResolvers<Response>());
    this.answer.catch(() => {});
    this.incoming = new Incoming((bytes) => outlet.send({ t: 'credit', id: outlet.id, bytes }), () => this.cancel());
    this.outgoing = new PacedSender(outlet.id, (data) => outlet.sendData(data));
  }

  get allowance(): number {
    return this.incoming.allowance;
  }

  start(request: Request): void {
    const { pathname, search } = new URL(request.url);
    const { id } = this.outlet;
    this.outlet.send({ t: 'request', id, port: this.port, method: request.method, url: pathname + search, headers: endToEnd(request.headers), body: request.body !== null });
    if (request.body === null) return;
    this.reader = (request.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
    this.pump(this.reader).catch((error: unknown) => this.giveUp(error));
  }

  receive(message: StreamAnswer): void {
    if (message.t === 'credit') this.outgoing.grant(message.bytes);
    else if (message.t === 'head') this.head(message);
    else if (message.t === 'end') {
      this.incoming.end();
      this.finish();
    } else if (message.t === 'failed') this.end(message.reason === 'refused' ? TerrariumError.of('E-TERRARIUM-1326') : TerrariumError.of('E-TERRARIUM-1325', { port: this.port, problem: message.message }));
  }

  data({ bytes }: Data): void {
    this.incoming.push(bytes, bytes.length);
  }

  fail(error: TerrariumError): void {
    this.end(error);
  }

  /** The caller no longer wants it. */
  giveUp(reason: unknown): void {
    if (this.over) return;
    this.outlet.send({ t: 'cancel', id: this.outlet.id });
    this.end(reason);
  }

  private head({ status, statusText, headers, body }: Extract<StreamAnswer, { t: 'head' }>): void {
    const list = new Headers();
    for (const [name, value] of headers) list.append(name, value);
    this.resolve(new Response(body ? this.incoming.stream : null, { status, statusText: statusText.replace(/[^\t\x20-\x7e]/g, ''), headers: list }));
    if (!body) this.finish();
  }

  private async pump(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (this.over) return;
      if (done) return this.outlet.send({ t: 'end', id: this.outlet.id });
      await new Promise<void>((sent) => this.outgoing.push(value, { sent }));
    }
  }

  private cancel(): void {
    if (this.over) return;
    this.outlet.send({ t: 'cancel', id: this.outlet.id });
    this.finish();
  }

  private end(error: unknown): void {
    this.reject(error);
    this.incoming.fail(error);
    this.finish();
  }

  private finish(): void {
    if (this.over) return;
    this.over = true;
    this.outgoing.stop();
    // Of a body that the server did not wait for, nobody reads the rest.
    void this.reader?.cancel().catch(() => {});
    this.outlet.ended();
  }
}
