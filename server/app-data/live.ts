/** Live queries of one server: each a stream of Server-Sent Events (WHATWG HTML, 9.2; SPEC.md, AD5). */
import { TerrariumError } from '../../shared/errors/error.ts';
import type { AppRecord } from './store.ts';

export type LiveEvent = { kind: 'snapshot'; records: AppRecord[] } | { kind: 'put'; record: AppRecord } | { kind: 'remove'; id: string };

/** Of one environment, all collections together. */
const MOST = 256;
/** So that proxies keep the connection, and a reader that has gone is noticed. */
const PING_MS = 15_000;
/** Changes that wait for a slow reader; beyond, the stream ends and its client begins with a snapshot. */
const MOST_WAITING = 1000;

interface Stream {
  collection: string;
  /** Begins anew with a snapshot; changes that come meanwhile follow it. */
  begin(): Promise<void>;
  send(event: LiveEvent): void;
}

export interface Live {
  /** @throws {TerrariumError} 1276 */
  open(environmentId: string, collection: string, read: () => Promise<AppRecord[]>): Promise<Response>;
  tell(environmentId: string, collection: string, event: LiveEvent): void;
  /** All records may be others: every stream begins anew. */
  again(environmentId: string): void;
}

export function createLive(): Live {
  const streams = new Map<string, Set<Stream>>();

  return {
    async open(environmentId, collection, read) {
      const all = streams.get(environmentId) ?? new Set();
      if (all.size >= MOST) throw TerrariumError.of('E-TERRARIUM-1276', { limit: MOST });
      streams.set(environmentId, all);
      const { stream, response } = streamOf(collection, read, () => {
        all.delete(stream);
        if (all.size === 0) streams.delete(environmentId);
      });
      all.add(stream);
      try {
        await stream.begin();
      } catch (error) {
        await response.body?.cancel();
        throw error;
      }
      return response;
    },
    tell(environmentId, collection, event) {
      for (const stream of streams.get(environmentId) ?? []) if (stream.collection === collection) stream.send(event);
    },
    again(environmentId) {
      // What cannot be read then is read at the next change of state, or by the client that comes again.
      for (const stream of streams.get(environmentId) ?? []) stream.begin().catch(() => undefined);
    },
  };
}

function streamOf(collection: string, read: () => Promise<AppRecord[]>, onEnd: () => void): { stream: Stream; response: Response } {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let ping: NodeJS.Timeout | undefined;
  /** Changes since a snapshot was asked for, until it is there. */
  let held: LiveEvent[] | undefined;
  const end = (): void => {
    clearInterval(ping);
    controller = undefined;
    onEnd();
  };
  const write = (text: string): void => {
    if (controller === undefined) return;
    controller.enqueue(encoder.encode(text));
    if ((controller.desiredSize ?? 0) > -MOST_WAITING) return;
    controller.close();
    end();
  };
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
      ping = setInterval(() => write(': still here\n\n'), PING_MS).unref();
    },
    cancel: end,
  });
  const put = (event: LiveEvent): void => write(`data: ${JSON.stringify(event)}\n\n`);
  const stream: Stream = {
    collection,
    async begin() {
      held ??= [];
      const records = await read().catch((error: unknown) => {
        held = undefined;
        throw error;
      });
      // A change may be in the snapshot already: to put or remove it twice is the same.
      const later = held ?? [];
      held = undefined;
      put({ kind: 'snapshot', records });
      later.forEach(put);
    },
    send: (event) => void (held === undefined ? put(event) : held.push(event)),
  };
  return { stream, response: new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' } }) };
}
