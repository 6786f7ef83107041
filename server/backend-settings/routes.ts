/** Variables, secrets and hosts of an environment's backend over REST. */
import { createRoute, z } from '@hono/zod-openapi';
import type { ApiApp, ApiOptions } from '../api.ts';
import { requireRight } from '../auth/access.ts';
import { failure, json, jsonBody } from '../http/schemas.ts';
import type { BackendSettings } from './settings.ts';

const idParam = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });
const nameParam = idParam.extend({ name: z.string().max(200).openapi({ param: { name: 'name', in: 'path' } }) });
const hostParam = idParam.extend({ host: z.string().max(300).openapi({ param: { name: 'host', in: 'path' } }) });

const settingsSchema = z
  .object({
    variables: z.array(z.object({ name: z.string(), secret: z.boolean(), value: z.string().nullable().openapi({ description: 'null for a secret, which is never shown' }), updatedAt: z.string().openapi({ format: 'date-time' }) })),
    hosts: z.array(z.object({ host: z.string(), header: z.string().nullable().openapi({ description: 'Name of the header field of its credential, whose value is never shown' }), updatedAt: z.string().openapi({ format: 'date-time' }) })),
  })
  .openapi('BackendSettings');
export type BackendSettingsView = z.infer<typeof settingsSchema>;

const variableSchema = z.strictObject({ value: z.string().max(32_768), secret: z.boolean().default(true) }).openapi('NewBackendVariable');

/** A token (RFC 9110, 5.6.2) that is no field of the connection itself or of the body's framing. */
const fieldName = z.string().max(100).regex(/^(?!(?:host|connection|content-length|transfer-encoding|upgrade|te|trailer|keep-alive|expect|proxy-.*)$)[a-z0-9!#$%&'*+.^_`|~-]+$/i, 'must be the name of a header field that a request may carry');
const fieldValue = z.string().min(1).max(8192).regex(/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/, 'must be printable ASCII without space at its ends');
const newHostSchema = z
  .strictObject({ credential: z.strictObject({ header: fieldName, value: fieldValue }).nullable().optional().openapi({ description: 'Added to every request to this host; the code never sees it. null removes it, left out it stays.' }) })
  .openapi('NewBackendHost');

const failures = { 401: failure, 403: failure, 404: failure, 422: failure, 503: failure };
const changed = { 200: json('The settings', settingsSchema), ...failures };
const read = createRoute({ method: 'get', path: '/api/environments/{id}/backend/settings', summary: 'Variables and hosts of the backend; secrets without their values', request: { params: idParam }, responses: changed });
const setVariable = createRoute({ method: 'put', path: '/api/environments/{id}/backend/variables/{name}', summary: 'Set a variable or a secret', request: { params: nameParam, body: jsonBody(variableSchema) }, responses: changed });
const removeVariable = createRoute({ method: 'delete', path: '/api/environments/{id}/backend/variables/{name}', summary: 'Remove a variable', request: { params: nameParam }, responses: changed });
const setHost = createRoute({ method: 'put', path: '/api/environments/{id}/backend/hosts/{host}', summary: 'Declare a host that the backend may reach', request: { params: hostParam, body: jsonBody(newHostSchema) }, responses: changed });
const removeHost = createRoute({ method: 'delete', path: '/api/environments/{id}/backend/hosts/{host}', summary: 'Reach a host no longer', request: { params: hostParam }, responses: changed });

export function backendSettingsRoutes(app: ApiApp, { environments, backendSettings: settings }: ApiOptions): void {
  app.openapi(read, (c) => {
    const { id } = requireRight(environments, c.get('identity'), c.req.valid('param').id, 'configure');
    return c.json(view(settings, id), 200);
  });
  app.openapi(setVariable, (c) => {
    const { id, name } = c.req.valid('param');
    requireRight(environments, c.get('identity'), id, 'configure');
    settings.setVariable(id, { name, ...c.req.valid('json') });
    return c.json(view(settings, id), 200);
  });
  app.openapi(removeVariable, (c) => {
    const { id, name } = c.req.valid('param');
    requireRight(environments, c.get('identity'), id, 'configure');
    settings.removeVariable(id, name);
    return c.json(view(settings, id), 200);
  });
  app.openapi(setHost, (c) => {
    const { id, host } = c.req.valid('param');
    requireRight(environments, c.get('identity'), id, 'configure');
    settings.setHost(id, host, c.req.valid('json').credential);
    return c.json(view(settings, id), 200);
  });
  app.openapi(removeHost, (c) => {
    const { id, host } = c.req.valid('param');
    requireRight(environments, c.get('identity'), id, 'configure');
    settings.removeHost(id, host);
    return c.json(view(settings, id), 200);
  });
}

const time = (ms: number) => new Date(ms).toISOString();

function view(settings: BackendSettings, id: string): BackendSettingsView {
  return {
    variables: settings.variables(id).map(({ name, secret, value, updatedAt }) => ({ name, secret, value: value ?? null, updatedAt: time(updatedAt) })),
    hosts: settings.hosts(id).map(({ host, header, updatedAt }) => ({ host, header: header ?? null, updatedAt: time(updatedAt) })),
  };
}
