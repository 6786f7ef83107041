/** Import and export over HTTP (row A8). */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ApiApp, ApiEnv, ApiOptions } from '../api.ts';
import { requireIdentity, requireOwner, requireRight } from '../auth/access.ts';
import { authorIn } from '../auth/identities.ts';
import { SAFE_ATTACHMENT } from '../environments/file-routes.ts';
import type { TemplateFile } from '../environments/templates.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { readBody } from '../http/body.ts';
import { failure, json, jsonBody } from '../http/schemas.ts';
import { zipOf } from './export.ts';
import { toFile } from './files.ts';
import type { RawFile } from './files.ts';
import { importInto } from './import.ts';
import { portOf } from './port.ts';
import { unzip } from './unzip.ts';

export const MAX_ARCHIVE_BYTES = 50 * 1024 * 1024;

const idParam = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });
const zipContent = { 'application/zip': { schema: z.any().openapi({ type: 'string', format: 'binary' }) } };
const taskSchema = z.object({ taskId: z.string().trim().min(1).max(200), agentId: z.string().trim().min(1).max(200).optional() });
const gitSchema = z.strictObject({ url: z.string().min(1).max(2000), ref: z.string().trim().min(1).max(250).optional().openapi({ description: 'Branch or tag; left out: the default branch' }) });
const counts = { files: z.number().int(), skipped: z.number().int().openapi({ description: 'Files of node_modules and .git, which are not taken' }) };
const importedSchema = z.object({ revision: z.number().int(), undo: z.number().int().openapi({ description: 'Restoring this revision undoes it' }), ...counts }).openapi('Imported');
const createdSchema = z.object({ environmentId: z.string(), ...counts }).openapi('ImportedEnvironment');
const refusals = { 401: failure, 403: failure, 404: failure, 409: failure, 413: failure, 422: failure };

const gitInto = createRoute({
  method: 'post', path: '/api/environments/{id}/import/git', summary: 'Import the files of a public Git repository over those of the environment',
  request: { params: idParam, body: jsonBody(gitSchema) }, responses: { 200: json('Imported, as one step of the timeline', importedSchema), ...refusals, 502: failure },
});
const gitNew = createRoute({
  method: 'post', path: '/api/environments/imports/git', summary: 'Create an environment from a public Git repository',
  request: { body: jsonBody(gitSchema.extend(taskSchema.shape)) }, responses: { 201: json('Created', createdSchema), ...refusals, 502: failure },
});

export function transferRoutes(app: ApiApp, options: Pick<ApiOptions, 'environments' | 'rooms' | 'blobs' | 'history' | 'git' | 'defaultPort'>): void {
  const { environments, git, defaultPort } = options;
  const authorOf = (c: Context<ApiEnv>, id: string) => authorIn(requireIdentity(c.get('identity')), id);

  async function into(c: Context<ApiEnv>, id: string, source: () => Promise<{ files: RawFile[]; skipped: number }>) {
    const { files, skipped } = await source();
    return { ...(await importInto(id, files.map(toFile), authorOf(c, id), options)), files: files.length, skipped };
  }
  async function create(c: Context<ApiEnv>, fields: z.infer<typeof taskSchema>, source: string, { files, skipped }: { files: RawFile[]; skipped: number }) {
    const content: TemplateFile[] = files.map(toFile);
    const { id } = await environments.createFrom({ ...fields, source, port: portOf(content) ?? defaultPort, files: content, author: authorOf(c, '') });
    return { environmentId: id, files: files.length, skipped };
  }

  app.openapi(gitInto, async (c) => {
    const { id } = requireRight(environments, c.get('identity'), c.req.valid('param').id, 'write');
    const { url, ref } = c.req.valid('json');
    return c.json(await into(c, id, () => git.fetch(url, ref)), 200);
  });
  app.openapi(gitNew, async (c) => {
    requireOwner(c.get('identity'));
    const { url, ref, ...fields } = c.req.valid('json');
    return c.json(await create(c, fields, 'git', await git.fetch(url, ref)), 201);
  });
  app.get('/api/environments/:id/export', (c) => {
    const { id, taskId } = requireRight(environments, c.get('identity'), c.req.param('id'), 'read');
    const name = `${taskId.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60) || 'project'}.zip`;
    return c.body(zipOf(id, options), 200, { ...SAFE_ATTACHMENT, 'content-type': 'application/zip', 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'private, no-store' });
  });
  app.post('/api/environments/:id/import', async (c) => {
    const { id } = requireRight(environments, c.get('identity'), c.req.param('id'), 'write');
    return c.json(await into(c, id, async () => unzip(await readBody(c.req.raw, MAX_ARCHIVE_BYTES))), 200);
  });
  app.openAPIRegistry.registerPath({ method: 'get', path: '/api/environments/{id}/export', summary: 'All files as a zip archive', request: { params: idParam }, responses: { 200: { description: 'The archive', content: zipContent }, 401: failure, 404: failure } });
  app.openAPIRegistry.registerPath({ method: 'post', path: '/api/environments/{id}/import', summary: 'Import a zip archive over the files of the environment', request: { params: idParam, body: { required: true, content: zipContent } }, responses: { 200: json('Imported, as one step of the timeline', importedSchema), ...refusals } });

  const zipNew = createRoute({ method: 'post', path: '/api/environments/imports', summary: 'Create an environment from a zip archive', request: { query: taskSchema, body: { required: true, content: zipContent } }, responses: { 201: json('Created', createdSchema), ...refusals } });
  app.openAPIRegistry.registerPath(zipNew);
  app.post('/api/environments/imports', async (c) => {
    requireOwner(c.get('identity'));
    const fields = taskSchema.safeParse(c.req.query());
    if (!fields.success) throw TerrariumError.of('E-TERRARIUM-1101', { problems: fields.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ').slice(0, 500) });
    return c.json(await create(c, fields.data, 'import', await unzip(await readBody(c.req.raw, MAX_ARCHIVE_BYTES))), 201);
  });
}
