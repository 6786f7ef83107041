/** What the previews of an environment log and request, for programs (row A3): the latest as JSON, or as events that go on. */
import { createRoute, z } from '@hono/zod-openapi';
import { authorSchema } from '../../shared/document/author.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { consoleRecordSchema, networkRecordSchema } from '../../shared/protocol/activity.ts';
import type { ActivityKind } from '../../shared/protocol/activity.ts';
import type { ApiApp, ApiOptions } from '../api.ts';
import { requireVerb } from '../auth/access.ts';
import { failure } from '../http/schemas.ts';
import type { ActivityEntry } from './activity.ts';
import { eventStream } from './event-stream.ts';

/** Streams open at a time, of one environment. */
const MOST_STREAMS = 64;

const cursor = z.coerce.number().int().nonnegative();
const params = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });
const query = z.object({
  after: cursor.optional().openapi({ description: 'Begin after this cursor: `next` of an answer, or the id of an event' }),
  limit: z.coerce.number().int().min(1).max(1000).default(200).openapi({ description: 'Of a JSON answer; without `after` it has the newest' }),
});
const headers = z.object({ 'last-event-id': cursor.optional().openapi({ description: 'As `after`; a client of Server-Sent Events sends it when it comes back' }) });

const recordOf = <S extends z.ZodType>(record: S) =>
  z.object({
    cursor: z.number().int(),
    time: z.number().openapi({ description: 'When the server took it, in milliseconds since the epoch' }),
    author: authorSchema,
    source: z.object({ id: z.string(), n: z.number().int(), again: z.boolean().optional() }).optional().openapi({ description: 'Which page, its how-manieth record; `again`: a run of the server before this one had taken it' }),
    record,
  });
const page = <S extends z.ZodType>(record: S) => z.object({ records: z.array(recordOf(record)), next: z.number().int(), missed: z.boolean().openapi({ description: 'Records after `after` are no longer kept' }) });

function routeOf<S extends z.ZodType>(path: string, summary: string, record: S) {
  return createRoute({
    method: 'get',
    path: `/api/environments/{id}/${path}`,
    summary,
    description: 'With `Accept: text/event-stream` as Server-Sent Events: one event for each record, its id the cursor; `missed` where records between are no longer kept. Else as JSON.',
    request: { params, query, headers },
    responses: {
      200: { description: 'Oldest first', content: { 'application/json': { schema: page(record) }, 'text/event-stream': { schema: z.string() } } },
      401: failure, 403: failure, 404: failure, 422: failure, 429: failure,
    },
  });
}

const consoleRoute = routeOf('console', 'What the previews log: lines, errors, build errors', consoleRecordSchema);
const networkRoute = routeOf('network', 'What the previews request', networkRecordSchema);

export function activityRoutes(app: ApiApp, { activity, environments }: Pick<ApiOptions, 'activity' | 'environments'>): void {
  const open = new Map<string, number>();

  function stream(environmentId: string, kind: ActivityKind, after: number, check: () => void): Response {
    const count = open.get(environmentId) ?? 0;
    if (count >= MOST_STREAMS) throw TerrariumError.of('E-TERRARIUM-1365', { limit: MOST_STREAMS });
    open.set(environmentId, count + 1);
    const onEnd = (): void => {
      const left = (open.get(environmentId) ?? 1) - 1;
      if (left === 0) open.delete(environmentId);
      else open.set(environmentId, left);
    };
    const body = eventStream({ activity, environmentId, kind, after, check, onEnd, view });
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' } });
  }

  for (const [route, kind] of [[consoleRoute, 'console'], [networkRoute, 'network']] as const) {
    app.openapi(route, (c) => {
      const { id } = c.req.valid('param');
      const { after: asked, limit } = c.req.valid('query');
      const after = c.req.valid('header')['last-event-id'] ?? asked;
      const check = (): unknown => requireVerb(environments, c.get('identity'), id, 'preview.read');
      check();
      if (wantsEvents(c.req.header('accept'))) return stream(id, kind, after ?? 0, check) as never;
      const read = activity.sinceAny(id, [kind], after ?? 0, after === undefined ? Infinity : limit);
      const records = after === undefined ? read.records.slice(-limit) : read.records;
      // The records are of the kind that was asked for, each as its schema says.
      return c.json({ records: records.map(view), next: read.next, missed: read.missed.length > 0 } as never, 200);
    });
  }
}

const view = ({ cursor: at, time, author, source, record }: ActivityEntry) => ({ cursor: at, time, author, ...(source === undefined ? {} : { source }), record });

/** Named before JSON, as a client of Server-Sent Events does. */
function wantsEvents(accept = ''): boolean {
  const [events, plain] = ['text/event-stream', 'application/json'].map((type) => accept.toLowerCase().indexOf(type));
  return events !== undefined && events !== -1 && (plain === undefined || plain === -1 || events < plain);
}
