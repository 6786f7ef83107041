/** What a backend logs and what it is asked, as JSON or as Server-Sent Events (WHATWG HTML, 9.2). */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { ApiApp, ApiEnv } from '../api.ts';
import { failure } from '../http/schemas.ts';
import type { BackendEntry, Backends } from './backends.ts';
import { pageSchema } from './schemas.ts';

/** Streams open at a time, of one environment. */
const MOST_STREAMS = 64;
/** A comment goes out so often, so that proxies keep the connection and a reader that has gone is noticed. */
const PING_MS = 15_000;
const BATCH = 64;

const cursor = z.coerce.number().int().nonnegative();
const params = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });
const query = z.object({
  after: cursor.optional().openapi({ description: 'Begin after this cursor: `next` of an answer, or the id of an event; 0: with the oldest that is kept' }),
  limit: z.coerce.number().int().min(1).max(1000).default(200).openapi({ description: 'Of a JSON answer; without `after` it has the newest' }),
});
const headers = z.object({ 'last-event-id': cursor.optional().openapi({ description: 'As `after`; a client of Server-Sent Events sends it when it comes back' }) });

const routeOf = (name: 'logs' | 'requests', summary: string) =>
  createRoute({
    method: 'get', path: `/api/environments/{id}/backend/${name}`, summary,
    description: 'With `Accept: text/event-stream` as Server-Sent Events: one event for each record, its id the cursor, its data the record. Else as JSON.',
    request: { params, query, headers },
    responses: { 200: { description: 'Oldest first', content: { 'application/json': { schema: pageSchema }, 'text/event-stream': { schema: z.string() } } }, 401: failure, 403: failure, 404: failure, 422: failure, 429: failure },
  });
const LISTS = [
  { route: routeOf('logs', 'What the backend logs: lines, errors, changes of its state, requests to other hosts'), name: 'log', has: ({ event }: BackendEntry) => event.kind !== 'request' },
  { route: routeOf('requests', 'The requests that the backend was sent'), name: 'request', has: ({ event }: BackendEntry) => event.kind === 'request' },
] as const;

/** `judge` answers with what throws where the caller may not read, and names the environment. */
export function createLogRoutes(app: ApiApp, backends: Backends, judge: (c: Context<ApiEnv>) => () => string): void {
  const open = new Map<string, number>();

  function stream(id: string, list: (typeof LISTS)[number], after: number, check: () => unknown): Response {
    const count = open.get(id) ?? 0;
    if (count >= MOST_STREAMS) throw TerrariumError.of('E-TERRARIUM-1365', { limit: MOST_STREAMS });
    open.set(id, count + 1);
    const onEnd = (): void => {
      const left = (open.get(id) ?? 1) - 1;
      if (left === 0) open.delete(id);
      else open.set(id, left);
    };
    const body = eventStream({ backends, id, name: list.name, has: list.has, after, check, onEnd });
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' } });
  }

  for (const list of LISTS) {
    app.openapi(list.route, (c) => {
      const check = judge(c);
      const id = check();
      const { after: asked, limit } = c.req.valid('query');
      const after = c.req.valid('header')['last-event-id'] ?? asked;
      // The middleware of the schema's answers knows JSON alone.
      if (/\btext\/event-stream\b/i.test(c.req.header('accept') ?? '')) return stream(id, list, after ?? 0, check) as never;
      const read = backends.events(id, after ?? 0, Infinity);
      const records = read.events.filter(list.has);
      const shown = after === undefined ? records.slice(-limit) : records.slice(0, limit);
      return c.json({ records: shown, next: shown.length < records.length && after !== undefined ? (shown.at(-1)?.cursor ?? after) : read.next }, 200);
    });
  }
}

interface StreamOptions {
  backends: Pick<Backends, 'events' | 'subscribe'>;
  id: string;
  name: string;
  has: (entry: BackendEntry) => boolean;
  after: number;
  /** Throws when the caller may no longer listen; asked at each ping. */
  check: () => unknown;
  onEnd: () => void;
}

/** As fast as its reader reads. */
function eventStream({ backends, id, name, has, after, check, onEnd }: StreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next = after;
  let wake = Promise.withResolvers<void>();
  let stop = (): void => undefined;
  const end = (): void => {
    stop();
    stop = () => undefined;
    wake.resolve();
  };
  return new ReadableStream({
    start(controller) {
      const unsubscribe = backends.subscribe(id, () => wake.resolve());
      const ping = setInterval(() => {
        try {
          check();
          controller.enqueue(encoder.encode(': still here\n\n'));
        } catch {
          end();
          controller.close();
        }
      }, PING_MS).unref();
      stop = () => {
        clearInterval(ping);
        unsubscribe();
        onEnd();
      };
      controller.enqueue(encoder.encode('retry: 1000\n\n'));
    },
    async pull(controller) {
      for (;;) {
        wake = Promise.withResolvers();
        const read = backends.events(id, next, BATCH);
        next = read.next;
        const text = read.events.filter(has).map((entry) => `id: ${entry.cursor}\nevent: ${name}\ndata: ${JSON.stringify(entry)}\n\n`).join('');
        if (text !== '') return controller.enqueue(encoder.encode(text));
        if (read.events.length > 0) continue;
        await wake.promise;
        if (controller.desiredSize === null || controller.desiredSize <= 0) return;
      }
    },
    cancel: end,
  });
}
