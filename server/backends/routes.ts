/** A backend over HTTP: its state, its log, its database (rows F1, F3). */
import { createRoute, z } from '@hono/zod-openapi';
import type { ApiApp, ApiOptions } from '../api.ts';
import { requireRight, requireVerb } from '../auth/access.ts';
import type { Right } from '../auth/access.ts';
import type { Context } from 'hono';
import type { ApiEnv } from '../api.ts';
import { failure, json, jsonBody } from '../http/schemas.ts';
import { createInspector } from './inspect.ts';
import { createLogRoutes } from './log-routes.ts';
import { backendStatusSchema, querySchema, resultSchema, rowsSchema, snapshotNameSchema, snapshotSchema, statsSchema, tablesSchema } from './schemas.ts';

const one = '/api/environments/{id}/backend' as const;
const idParam = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });
const tableParam = idParam.extend({ table: z.string().min(1).max(200).openapi({ param: { name: 'table', in: 'path' } }) });
const snapshotParam = idParam.extend({ snapshot: z.string().max(64).openapi({ param: { name: 'snapshot', in: 'path' } }) });
const failures = { 401: failure, 403: failure, 404: failure, 409: failure, 422: failure, 423: failure, 503: failure } as const;

const status = createRoute({ method: 'get', path: one, summary: 'The state of the backend', request: { params: idParam }, responses: { 200: json('Its state', backendStatusSchema), ...failures } });
const deploy = createRoute({
  method: 'post', path: `${one}/deploy`, summary: 'Bundle, migrate and start what is in `backend/`; it happens by itself after each edit there',
  request: { params: idParam }, responses: { 200: json('Deployed', backendStatusSchema), ...failures },
});
const suspend = createRoute({
  method: 'post', path: `${one}/suspend`, summary: 'End its process and keep its data; the next request starts it', request: { params: idParam }, responses: { 200: json('Its state', backendStatusSchema), ...failures },
});
const stats = createRoute({ method: 'get', path: `${one}/stats`, summary: 'What it uses, and what it may', request: { params: idParam }, responses: { 200: json('Use and limits', statsSchema), ...failures } });
const tables = createRoute({ method: 'get', path: `${one}/database/tables`, summary: 'The tables of its database', request: { params: idParam }, responses: { 200: json('The tables', tablesSchema), ...failures } });
const rows = createRoute({
  method: 'get', path: `${one}/database/tables/{table}/rows`, summary: 'Rows of a table, by page, in the order of their row ids',
  request: { params: tableParam, query: z.object({ offset: z.coerce.number().int().nonnegative().default(0), limit: z.coerce.number().int().min(1).max(500).default(50) }) },
  responses: { 200: json('A page', rowsSchema), ...failures },
});
const query = createRoute({
  method: 'post', path: `${one}/database/query`, summary: 'Run one statement of SQL; it may write', request: { params: idParam, body: jsonBody(querySchema) },
  responses: { 200: json('Its result, the first 1000 rows of it', resultSchema), ...failures },
});
const reset = createRoute({ method: 'post', path: `${one}/reset`, summary: 'Delete all rows and tables, and apply the migrations anew', request: { params: idParam }, responses: { 200: json('Its state', backendStatusSchema), ...failures } });
const listSnapshots = createRoute({ method: 'get', path: `${one}/snapshots`, summary: 'Snapshots of its data, newest first', request: { params: idParam }, responses: { 200: json('The snapshots', z.object({ snapshots: z.array(snapshotSchema) })), ...failures } });
const takeSnapshot = createRoute({ method: 'post', path: `${one}/snapshots`, summary: 'Keep its data as it is', request: { params: idParam, body: jsonBody(snapshotNameSchema) }, responses: { 201: json('The snapshot', snapshotSchema), ...failures } });
const restore = createRoute({
  method: 'post', path: `${one}/snapshots/{snapshot}/restore`, summary: 'Put its data back; migrations that are newer are applied', request: { params: snapshotParam }, responses: { 200: json('Its state', backendStatusSchema), ...failures },
});
const drop = createRoute({ method: 'delete', path: `${one}/snapshots/{snapshot}`, summary: 'Delete a snapshot', request: { params: snapshotParam }, responses: { 204: { description: 'Deleted' }, ...failures } });

export function backendRoutes(app: ApiApp, { environments, backends }: Pick<ApiOptions, 'environments' | 'backends'>): void {
  const inspector = createInspector(backends);
  const environmentOf = (c: Context<ApiEnv>, right: Right): string => requireRight(environments, c.get('identity'), c.req.param('id') ?? '', right).id;
  const view = (id: string): z.infer<typeof backendStatusSchema> => {
    const { state, digest = null, code = null, message = null, startedAt = null } = backends.status(id);
    return { present: backends.has(id), state, digest, code, message, startedAt };
  };

  app.openapi(status, (c) => c.json(view(environmentOf(c, 'read')), 200));
  app.openapi(deploy, async (c) => {
    const id = environmentOf(c, 'write');
    await backends.deploy(id, c.req.raw.signal);
    return c.json(view(id), 200);
  });
  app.openapi(suspend, async (c) => {
    const id = environmentOf(c, 'write');
    await backends.suspend(id);
    return c.json(view(id), 200);
  });
  app.openapi(stats, async (c) => {
    const id = environmentOf(c, 'read');
    const found = await backends.stats(id);
    return c.json({ running: found !== undefined, memory: found?.memory ?? 0, cpuMs: found?.cpuMs ?? 0, disk: found?.disk ?? 0, limits: backends.limits }, 200);
  });
  app.openapi(tables, async (c) => c.json(await inspector.tables(environmentOf(c, 'read'), c.req.raw.signal), 200));
  app.openapi(rows, async (c) => c.json(await inspector.rows(environmentOf(c, 'read'), c.req.valid('param').table, c.req.valid('query'), c.req.raw.signal), 200));
  app.openapi(query, async (c) => {
    const { sql, parameters } = c.req.valid('json');
    return c.json(await inspector.query(environmentOf(c, 'write'), sql, parameters, c.req.raw.signal), 200);
  });
  app.openapi(reset, async (c) => {
    const id = environmentOf(c, 'write');
    await backends.reset(id, c.req.raw.signal);
    return c.json(view(id), 200);
  });
  app.openapi(listSnapshots, (c) => c.json({ snapshots: backends.snapshots(environmentOf(c, 'read')) }, 200));
  app.openapi(takeSnapshot, async (c) => c.json(await backends.snapshot(environmentOf(c, 'write'), c.req.valid('json').name, c.req.raw.signal), 201));
  app.openapi(restore, async (c) => {
    const id = environmentOf(c, 'write');
    await backends.restore(id, c.req.valid('param').snapshot, c.req.raw.signal);
    return c.json(view(id), 200);
  });
  app.openapi(drop, async (c) => {
    await backends.dropSnapshot(environmentOf(c, 'write'), c.req.valid('param').snapshot);
    return c.body(null, 204);
  });
  createLogRoutes(app, backends, (c) => {
    const id = c.req.param('id') ?? '';
    return () => requireVerb(environments, c.get('identity'), id, 'preview.read').id;
  });
}
