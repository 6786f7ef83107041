/** Answers a fetch of the page with what the container's server says. */
import type { GatewayRequest, GatewayResponse, HeaderList, RequestContext } from '../../../shared/protocol/preview-channel.ts';
import { REQUEST_WINDOW_BYTES } from '../../../shared/protocol/preview-channel.ts';
import type { GatewayLink, ResponseSink } from './gateway-link.ts';

/** The answer, or why there is none. */
export class ForwardFailure extends Error {
  readonly reason: string;
  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Bodies up to this go along with the request; longer ones, and those of unknown length, follow it. */
const INLINE_BODY_BYTES = 1024 * 1024;
/** Bytes of an answer that wait here for the page to read them. */
const QUEUE_BYTES = 256 * 1024;
const WITHOUT_BODY = new Set([101, 204, 205, 304]);

export interface Forwarded {
  head: GatewayResponse;
  body: ReadableStream<Uint8Array> | null;
}

/**
 * @param more headers that a script cannot give a `Request`
 * @throws {ForwardFailure}, {NoGateway}; an abort rejects with the signal's reason
 */
export async function forward(link: GatewayLink, request: Request, context: RequestContext, more: HeaderList = []): Promise<Forwarded> {
  const url = new URL(request.url);
  const body = await bodyOf(request);
  const answer = Promise.withResolvers<Forwarded>();
  let id = 0;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start: (made) => void (controller = made),
    cancel: () => {
      link.send({ t: 'abort', id });
      link.forget(id);
    },
    // The page reads: what was held back may come.
    pull: () => acknowledge(),
  }, new ByteLengthQueuingStrategy({ highWaterMark: QUEUE_BYTES }));
  let unread = 0;
  const acknowledge = (): void => {
    if (unread > 0) link.send({ t: 'ack', id, bytes: unread });
    unread = 0;
  };
  const credit = new BodyCredit();
  const sink: ResponseSink = {
    accepted: () => undefined,
    response: (head) => answer.resolve({ head, body: head.body && !WITHOUT_BODY.has(head.status) ? stream : null }),
    data: (bytes) => {
      controller?.enqueue(new Uint8Array(bytes));
      unread += bytes.byteLength;
      if ((controller?.desiredSize ?? 0) > 0) acknowledge();
    },
    end: () => {
      link.forget(id);
      controller?.close();
    },
    failed: (reason, message) => {
      link.forget(id);
      const failure = new ForwardFailure(reason, message);
      answer.reject(failure);
      controller?.error(failure);
    },
    bodyAck: (bytes) => credit.add(bytes),
  };
  const message: Omit<GatewayRequest, 'id'> = {
    t: 'request', method: request.method, url: url.pathname + url.search, headers: [...request.headers, ...more], body: body instanceof ReadableStream ? 'stream' : body, context,
  };
  id = await link.request(message, sink);
  request.signal.addEventListener('abort', () => {
    link.send({ t: 'abort', id });
    link.forget(id);
    answer.reject(request.signal.reason);
  }, { once: true });
  if (body instanceof ReadableStream) void sendBody(link, id, body, credit);
  return answer.promise;
}

async function bodyOf(request: Request): Promise<ArrayBuffer | ReadableStream<Uint8Array> | null> {
  if (request.method === 'GET' || request.method === 'HEAD') return null;
  const length = Number(request.headers.get('content-length') ?? Number.NaN);
  if (request.body !== null && !(length <= INLINE_BODY_BYTES)) return request.body;
  const bytes = await request.arrayBuffer();
  return bytes.byteLength === 0 ? null : bytes;
}

/** Bytes that may be sent before the gateway says that it has passed some on. */
class BodyCredit {
  private left = REQUEST_WINDOW_BYTES;
  private waiting: (() => void) | undefined;

  add(bytes: number): void {
    this.left += bytes;
    this.waiting?.();
  }

  async take(bytes: number): Promise<void> {
    while (this.left <= 0) await new Promise<void>((resolve) => void (this.waiting = resolve));
    this.left -= bytes;
  }
}

async function sendBody(link: GatewayLink, id: number, body: ReadableStream<Uint8Array>, credit: BodyCredit): Promise<void> {
  try {
    for await (const chunk of body) {
      await credit.take(chunk.length);
      const bytes = chunk.slice().buffer;
      link.send({ t: 'body', id, bytes }, [bytes]);
    }
    link.send({ t: 'body-end', id });
  } catch {
    // The page has gone, or gave the upload up.
    link.send({ t: 'abort', id });
  }
}
