/** Embeds of an environment (row E6). */
import { createRoute, z } from '@hono/zod-openapi';
import type { ApiApp, ApiOptions } from '../api.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { requireIdentity, requireRight } from '../auth/access.ts';
import { failure, json, jsonBody } from '../http/schemas.ts';
import { parentOrigin, stateOf } from './embeds.ts';
import type { Embed } from './store.ts';

const idParam = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });
const embedParam = idParam.extend({ embed: z.string().max(64).openapi({ param: { name: 'embed', in: 'path' } }) });

const embedSchema = z
  .object({
    embedId: z.string(),
    label: z.string(),
    role: z.enum(['viewer', 'editor']),
    origins: z.array(z.string()).openapi({ description: 'Of the pages that may show it' }),
    state: z.enum(['open', 'expired', 'revoked']),
    createdAt: z.string().openapi({ format: 'date-time' }),
    expiresAt: z.string().nullable().openapi({ format: 'date-time' }),
  })
  .openapi('Embed');

const originSchema = z.string().max(300).transform((text, context) => {
  const origin = parentOrigin(text);
  if (origin !== undefined) return origin;
  context.addIssue({ code: 'custom', message: 'must be an origin such as https://docs.example.com, without a path' });
  return z.NEVER;
});

const newEmbedSchema = z
  .strictObject({
    label: z.string().trim().max(80).default(''),
    role: z.enum(['viewer', 'editor']).default('viewer'),
    origins: z.array(originSchema).min(1).max(20).openapi({ type: 'array', items: { type: 'string' }, description: 'Exact origins, http or https' }),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
  })
  .openapi('NewEmbed');

const create = createRoute({
  method: 'post', path: '/api/environments/{id}/embeds', summary: 'Let pages of other origins show the environment; the token is shown once',
  request: { params: idParam, body: jsonBody(newEmbedSchema) },
  responses: { 201: json('The embed and its token', embedSchema.extend({ token: z.string() })), 401: failure, 403: failure, 404: failure, 422: failure, 429: failure },
});
const list = createRoute({ method: 'get', path: '/api/environments/{id}/embeds', summary: 'Embeds of the environment', request: { params: idParam }, responses: { 200: json('Newest first', z.object({ embeds: z.array(embedSchema) })), 401: failure, 403: failure, 404: failure } });
const revoke = createRoute({ method: 'delete', path: '/api/environments/{id}/embeds/{embed}', summary: 'Revoke an embed; what shows it ends at once', request: { params: embedParam }, responses: { 204: { description: 'Revoked' }, 401: failure, 403: failure, 404: failure } });
const own = createRoute({
  method: 'get', path: '/api/embed', summary: 'What the token of an embed gives',
  responses: { 200: json('The embed', z.object({ environmentId: z.string(), taskId: z.string(), agentId: z.string().nullable(), role: z.enum(['viewer', 'editor']), origins: z.array(z.string()) })), 401: failure, 403: failure, 410: failure },
});

export function embedRoutes(app: ApiApp, { environments, embeds }: ApiOptions): void {
  app.openapi(create, (c) => {
    const environment = requireRight(environments, c.get('identity'), c.req.valid('param').id, 'administer');
    const { expiresAt, ...wanted } = c.req.valid('json');
    const { embed, token } = embeds.create(environment.id, { ...wanted, expiresAt: expiresAt === undefined ? undefined : Date.parse(expiresAt) });
    return c.json({ ...view(embed), token }, 201);
  });
  app.openapi(list, (c) => {
    const environment = requireRight(environments, c.get('identity'), c.req.valid('param').id, 'administer');
    return c.json({ embeds: embeds.list(environment.id).map(view) }, 200);
  });
  app.openapi(revoke, (c) => {
    const { id, embed } = c.req.valid('param');
    embeds.revoke(requireRight(environments, c.get('identity'), id, 'administer').id, embed);
    return c.body(null, 204);
  });
  app.openapi(own, (c) => {
    const { embed, owner, agent } = requireIdentity(c.get('identity'));
    if (embed === undefined) throw TerrariumError.of('E-TERRARIUM-1402', { role: owner ? 'owner' : agent === undefined ? 'member' : 'agent' });
    const { taskId, agentId } = requireRight(environments, c.get('identity'), embed.environmentId, 'read');
    return c.json({ environmentId: embed.environmentId, taskId, agentId: agentId ?? null, role: embed.role, origins: embed.origins }, 200);
  });
}

const view = (embed: Embed): z.infer<typeof embedSchema> => ({
  embedId: embed.id,
  label: embed.label,
  role: embed.role,
  origins: embed.origins,
  state: stateOf(embed),
  createdAt: new Date(embed.createdAt).toISOString(),
  expiresAt: embed.expiresAt === undefined ? null : new Date(embed.expiresAt).toISOString(),
});
