/** Files and blobs over HTTP (row A2). What a task wrote goes out as an attachment that no browser renders or runs. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { ApiApp, ApiEnv, ApiOptions } from '../api.ts';
import { requireIdentity, requireRight } from '../auth/access.ts';
import type { Right } from '../auth/access.ts';
import { authorIn } from '../auth/identities.ts';
import { readBody } from '../http/body.ts';
import { failure, json } from '../http/schemas.ts';
import { isSha256 } from './blobs.ts';
import { MAX_FILE_BYTES } from './content.ts';
import { createFiles } from './files.ts';
import type { Precondition } from './files.ts';

const idParam = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });
const pathParam = idParam.extend({ path: z.string().openapi({ param: { name: 'path', in: 'path' }, description: 'Path inside the project; its "/" are not escaped' }) });
const blobParam = idParam.extend({ sha256: z.string().openapi({ param: { name: 'sha256', in: 'path' } }) });
const fileSchema = z
  .object({ id: z.string(), path: z.string(), kind: z.enum(['text', 'binary']), size: z.number().int(), revision: z.string(), mode: z.number().int().optional() })
  .openapi('File');

const list = createRoute({
  method: 'get',
  path: '/api/environments/{id}/files',
  summary: 'All files, by path',
  request: { params: idParam },
  responses: { 200: json('The files', z.object({ files: z.array(fileSchema) })), 401: failure, 404: failure },
});

/** What a task wrote is never rendered or run by a browser. */
export const SAFE_ATTACHMENT = { 'content-disposition': 'attachment', 'x-content-type-options': 'nosniff', 'content-security-policy': "sandbox; default-src 'none'", 'cross-origin-resource-policy': 'same-origin' };
const bytesContent = { 'application/octet-stream': { schema: z.any().openapi({ type: 'string', format: 'binary' }) } };

export function fileRoutes(app: ApiApp, { environments, rooms, blobs }: ApiOptions): void {
  const files = createFiles(rooms, blobs);
  const environmentOf = (c: Context<ApiEnv>, right: Right) => requireRight(environments, c.get('identity'), c.req.param('id') ?? '', right).id;
  const authorOf = (c: Context<ApiEnv>, environmentId: string) => authorIn(requireIdentity(c.get('identity')), environmentId);

  app.openapi(list, (c) => c.json({ files: files.list(environmentOf(c, 'read')) }, 200));

  app.get('/api/environments/:id/files/*', async (c) => {
    const { info, bytes } = await files.read(environmentOf(c, 'read'), pathOf(c));
    const headers = { ...SAFE_ATTACHMENT, etag: `"${info.revision}"`, 'cache-control': 'private, no-cache', 'content-type': info.kind === 'text' ? 'text/plain; charset=utf-8' : 'application/octet-stream' };
    if (c.req.header('if-none-match') === headers.etag) return c.body(null, 304, headers);
    return c.body(bytes, 200, headers);
  });
  app.put('/api/environments/:id/files/*', async (c) => {
    const environmentId = environmentOf(c, 'write');
    const path = pathOf(c);
    const bytes = await readBody(c.req.raw, MAX_FILE_BYTES);
    const { info, created } = await files.write(environmentId, path, bytes, preconditionOf(c), authorOf(c, environmentId));
    c.header('etag', `"${info.revision}"`);
    return c.json(info, created ? 201 : 200);
  });
  app.delete('/api/environments/:id/files/*', async (c) => {
    const environmentId = environmentOf(c, 'write');
    await files.remove(environmentId, pathOf(c), preconditionOf(c), authorOf(c, environmentId));
    return c.body(null, 204);
  });

  app.get('/api/environments/:id/blobs/:sha256', async (c) => {
    const bytes = await blobs.get(environmentOf(c, 'read'), c.req.param('sha256'));
    return c.body(bytes, 200, { ...SAFE_ATTACHMENT, 'content-type': 'application/octet-stream', 'cache-control': 'private, max-age=31536000, immutable' });
  });
  app.put('/api/environments/:id/blobs/:sha256', async (c) => {
    const environmentId = environmentOf(c, 'write');
    const sha256 = c.req.param('sha256');
    if (!isSha256(sha256)) throw TerrariumError.of('E-TERRARIUM-1101', { problems: 'sha256: must be 64 lower-case hexadecimal digits' });
    await blobs.put(environmentId, await readBody(c.req.raw, MAX_FILE_BYTES), sha256);
    return c.body(null, 204);
  });
  describe(app);
}

/** Taken from the URL as it was sent, so that an escaped "/" or ".." is judged after decoding and not normalised away before. */
function pathOf(c: Context<ApiEnv>): string {
  const raw = new URL(c.req.url).pathname.split('/').slice(5).join('/');
  try {
    return decodeURIComponent(raw);
  } catch {
    throw TerrariumError.of('E-TERRARIUM-1004', { path: raw.slice(0, 200) });
  }
}

const preconditionOf = (c: Context<ApiEnv>): Precondition => ({ ifMatch: c.req.header('if-match'), ifNoneMatch: c.req.header('if-none-match') });

/** Routes whose bodies are bytes, for the OpenAPI document. */
function describe(app: ApiApp): void {
  const registry = app.openAPIRegistry;
  const file = '/api/environments/{id}/files/{path}';
  const blob = '/api/environments/{id}/blobs/{sha256}';
  const headers = z.object({ 'if-match': z.string().optional(), 'if-none-match': z.string().optional() });
  registry.registerPath({ method: 'get', path: file, summary: 'One file; its revision is the ETag', request: { params: pathParam }, responses: { 200: { description: 'The bytes', content: bytesContent }, 401: failure, 404: failure, 422: failure } });
  registry.registerPath({
    method: 'put',
    path: file,
    summary: 'Write one file; answers when it is durable',
    request: { params: pathParam, headers, body: { required: true, content: bytesContent } },
    responses: { 200: json('Replaced', fileSchema), 201: json('Created', fileSchema), 401: failure, 403: failure, 404: failure, 409: failure, 412: failure, 413: failure, 422: failure },
  });
  registry.registerPath({ method: 'delete', path: file, summary: 'Delete one file', request: { params: pathParam, headers }, responses: { 204: { description: 'Gone' }, 401: failure, 403: failure, 404: failure, 412: failure } });
  registry.registerPath({ method: 'get', path: blob, summary: 'Stored bytes', request: { params: blobParam }, responses: { 200: { description: 'The bytes', content: bytesContent }, 401: failure, 404: failure } });
  registry.registerPath({ method: 'put', path: blob, summary: 'Store bytes under their SHA-256', request: { params: blobParam, body: { required: true, content: bytesContent } }, responses: { 204: { description: 'Stored' }, 401: failure, 403: failure, 413: failure, 422: failure } });
}
