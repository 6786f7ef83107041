/** The timeline over HTTP (row D7). */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { authorSchema } from '../../shared/document/author.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { ApiApp, ApiEnv, ApiOptions } from '../api.ts';
import { requireIdentity, requireRight } from '../auth/access.ts';
import type { Right } from '../auth/access.ts';
import { authorIn } from '../auth/identities.ts';
import { SAFE_ATTACHMENT } from '../environments/file-routes.ts';
import { failure, json, jsonBody } from '../http/schemas.ts';
import type { FileChange, TimelineEntry } from './history.ts';
import type { Content } from './store.ts';

const idParam = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });
const revisionNumber = z.coerce.number().int().positive();
const revisionParam = idParam.extend({ revision: revisionNumber.openapi({ param: { name: 'revision', in: 'path' } }) });
const time = z.string().openapi({ format: 'date-time' });
const path = z.string().min(1).max(1024);

const contentSchema = z.object({ kind: z.enum(['text', 'binary']), sha256: z.string(), size: z.number().int(), mode: z.number().int().optional() }).openapi('RevisionContent');
const changeSchema = z
  .object({
    path: z.string(),
    change: z.enum(['added', 'changed', 'deleted', 'renamed']),
    from: z.string().optional().openapi({ description: 'The path before, of a renamed file' }),
    authors: z.array(z.string()).openapi({ description: 'kind:id of the authors of the step who changed this file' }),
  })
  .openapi('RevisionChange');
const diffSchema = changeSchema
  .extend({ before: contentSchema.optional(), after: contentSchema.optional(), patch: z.string().optional().openapi({ description: 'Unified diff; left out for binary files and texts over 512 KiB' }) })
  .openapi('RevisionDiff');
const MAX_LISTED = 50;
const revisionSchema = z
  .object({
    revision: z.number().int(),
    startedAt: time,
    at: time,
    authors: z.array(authorSchema),
    kind: z.enum(['created', 'edited', 'restored', 'imported']),
    restored: z.number().int().optional().openapi({ description: 'The revision that was restored' }),
    name: z.string().optional().openapi({ description: 'Of a checkpoint' }),
    fileCount: z.number().int(),
    files: z.array(changeSchema).max(MAX_LISTED).openapi({ description: `The first ${MAX_LISTED} files that it changed` }),
  })
  .openapi('Revision');
const pendingSchema = z.object({ startedAt: time, at: time, authors: z.array(authorSchema), files: z.array(z.string()) }).openapi('StepInProgress');
const nameSchema = z.string().trim().min(1).max(100);
const outcomeSchema = z.object({ revision: z.number().int(), undo: z.number().int().openapi({ description: 'Restoring this revision undoes it' }) }).openapi('Restored');

const list = createRoute({
  method: 'get', path: '/api/environments/{id}/history', summary: 'The timeline, newest first: steps with their authors, checkpoints',
  request: { params: idParam, query: z.object({ before: revisionNumber.optional(), limit: z.coerce.number().int().min(1).max(200).default(50), path: path.optional().openapi({ description: 'Only steps that changed this file' }) }) },
  responses: { 200: json('A page of it', z.object({ revisions: z.array(revisionSchema), pending: pendingSchema.nullable(), next: z.number().int().nullable().openapi({ description: '`before` of the next page' }) })), 401: failure, 404: failure, 422: failure },
});
const read = createRoute({
  method: 'get', path: '/api/environments/{id}/history/{revision}', summary: 'One step: what it changed, with patches',
  request: { params: revisionParam }, responses: { 200: json('The step', revisionSchema.omit({ files: true }).extend({ previous: z.number().int().nullable().openapi({ description: 'The revision before it' }), files: z.array(diffSchema) })), 401: failure, 404: failure, 422: failure },
});
const files = createRoute({
  method: 'get', path: '/api/environments/{id}/history/{revision}/files', summary: 'All files of a revision, by path',
  request: { params: revisionParam }, responses: { 200: json('The files', z.object({ files: z.array(contentSchema.extend({ path: z.string() })) })), 401: failure, 404: failure, 422: failure },
});
const restore = createRoute({
  method: 'post', path: '/api/environments/{id}/history/{revision}/restore', summary: 'Restore all files of a revision, or some, as a change that is a step itself',
  request: { params: revisionParam, body: jsonBody(z.strictObject({ paths: z.array(path).min(1).max(2000).optional().openapi({ description: 'Left out: everything' }) })) },
  responses: { 200: json('Restored', outcomeSchema), 401: failure, 403: failure, 404: failure, 422: failure },
});
const checkpoint = createRoute({
  method: 'post', path: '/api/environments/{id}/history', summary: 'Make what there is now a named checkpoint',
  request: { params: idParam, body: jsonBody(z.strictObject({ name: nameSchema })) }, responses: { 201: json('The checkpoint', revisionSchema), 401: failure, 403: failure, 404: failure, 409: failure, 422: failure },
});
const rename = createRoute({
  method: 'patch', path: '/api/environments/{id}/history/{revision}', summary: 'Name a revision, which makes it a checkpoint, or take its name',
  request: { params: revisionParam, body: jsonBody(z.strictObject({ name: nameSchema.nullable() })) }, responses: { 200: json('The revision', revisionSchema), 401: failure, 403: failure, 404: failure, 409: failure, 422: failure },
});

export function historyRoutes(app: ApiApp, { environments, history }: Pick<ApiOptions, 'environments' | 'history'>): void {
  const environmentOf = (c: Context<ApiEnv>, right: Right) => requireRight(environments, c.get('identity'), c.req.param('id') ?? '', right).id;
  const authorOf = (c: Context<ApiEnv>, id: string) => authorIn(requireIdentity(c.get('identity')), id);

  app.openapi(list, async (c) => {
    const { revisions, pending, next } = await history.list(environmentOf(c, 'read'), c.req.valid('query'));
    const shown = pending === undefined ? null : { ...pending, startedAt: iso(pending.startedAt), at: iso(pending.at) };
    return c.json({ revisions: revisions.map(view), pending: shown, next: next ?? null }, 200);
  });
  app.openapi(read, (c) => {
    const id = environmentOf(c, 'read');
    const { revision } = c.req.valid('param');
    return c.json({ ...view(history.get(id, revision)), previous: history.previous(id, revision) ?? null, files: history.diff(id, revision).map(({ patch, before, after, ...change }) => ({ ...viewChange(change), before: before && viewContent(before), after: after && viewContent(after), patch })) }, 200);
  });
  app.openapi(files, (c) => {
    const found = history.files(environmentOf(c, 'read'), c.req.valid('param').revision);
    return c.json({ files: [...found].map(([name, content]) => ({ path: name, ...viewContent(content) })) }, 200);
  });
  app.openapi(restore, async (c) => {
    const id = environmentOf(c, 'write');
    return c.json(await history.restore(id, c.req.valid('param').revision, c.req.valid('json').paths, authorOf(c, id)), 200);
  });
  app.openapi(checkpoint, async (c) => {
    const id = environmentOf(c, 'write');
    return c.json(view(await history.checkpoint(id, c.req.valid('json').name, authorOf(c, id))), 201);
  });
  app.openapi(rename, (c) => c.json(view(history.rename(environmentOf(c, 'write'), c.req.valid('param').revision, c.req.valid('json').name ?? undefined)), 200));

  app.get('/api/environments/:id/history/:revision/files/*', async (c) => {
    const id = environmentOf(c, 'read');
    const parsed = revisionNumber.safeParse(c.req.param('revision'));
    if (!parsed.success) throw TerrariumError.of('E-TERRARIUM-1101', { problems: 'revision: must be a positive number' });
    const { content, bytes } = await history.read(id, parsed.data, pathOf(c));
    const type = content.kind === 'text' ? 'text/plain; charset=utf-8' : 'application/octet-stream';
    return c.body(bytes, 200, { ...SAFE_ATTACHMENT, 'content-type': type, 'cache-control': 'private, no-cache' });
  });
  app.openAPIRegistry.registerPath({
    method: 'get', path: '/api/environments/{id}/history/{revision}/files/{path}', summary: 'One file of a revision, byte for byte',
    request: { params: revisionParam.extend({ path: z.string().openapi({ param: { name: 'path', in: 'path' } }) }) },
    responses: { 200: { description: 'The bytes', content: { 'application/octet-stream': { schema: z.any().openapi({ type: 'string', format: 'binary' }) } } }, 401: failure, 404: failure, 422: failure },
  });
}

function pathOf(c: Context<ApiEnv>): string {
  const raw = new URL(c.req.url).pathname.split('/').slice(7).join('/');
  try {
    return decodeURIComponent(raw);
  } catch {
    throw TerrariumError.of('E-TERRARIUM-1004', { path: raw.slice(0, 200) });
  }
}

const iso = (at: number): string => new Date(at).toISOString();

function view({ files: changed, startedAt, at, ...revision }: TimelineEntry): z.infer<typeof revisionSchema> {
  return { ...revision, startedAt: iso(startedAt), at: iso(at), fileCount: changed.length, files: changed.slice(0, MAX_LISTED).map(viewChange) };
}

const viewChange = ({ path: name, change, from, authors }: Pick<FileChange, 'path' | 'change' | 'from' | 'authors'>): z.infer<typeof changeSchema> => ({ path: name, change, from, authors });
const viewContent = ({ kind, sha256, size, mode }: Content): z.infer<typeof contentSchema> => ({ kind, sha256, size, mode });
