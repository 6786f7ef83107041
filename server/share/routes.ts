/** Share links of an environment (row E5). */
import { createRoute, z } from '@hono/zod-openapi';
import type { ApiApp, ApiOptions } from '../api.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { requireRight } from '../auth/access.ts';
import type { Identity } from '../auth/identities.ts';
import { failure, json, jsonBody } from '../http/schemas.ts';
import { stateOf } from './shares.ts';
import type { Share } from './store.ts';

const idParam = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });
const shareParam = idParam.extend({ share: z.string().max(64).openapi({ param: { name: 'share', in: 'path' } }) });

const viewerSchema = z.object({ id: z.string(), address: z.string(), agent: z.string(), since: z.string().openapi({ format: 'date-time' }), open: z.number().int().openapi({ description: 'Requests and WebSockets that are open' }) });

const shareSchema = z
  .object({
    shareId: z.string(),
    name: z.string(),
    url: z.string().openapi({ description: 'Address of its first port' }),
    urls: z.array(z.object({ url: z.string(), port: z.number().int(), from: z.enum(['machine', 'network', 'everywhere']) })).openapi({ description: 'Every address, and from where it works: this machine alone, its local network, everywhere' }),
    role: z.enum(['viewer', 'editor']),
    code: z.boolean().openapi({ description: 'Gives a membership that reads the files too; editors always have it' }),
    joinUrl: z.string().nullable().openapi({ description: 'Where a person becomes the member that the link gives' }),
    ports: z.array(z.number().int()),
    hasPassword: z.boolean(),
    wake: z.boolean().openapi({ description: 'Visitors may start the server\'s own browser where nobody has the environment open' }),
    state: z.enum(['open', 'expired', 'revoked']),
    createdAt: z.string().openapi({ format: 'date-time' }),
    expiresAt: z.string().nullable().openapi({ format: 'date-time' }),
    viewers: z.array(viewerSchema).openapi({ description: 'Who looks at it now' }),
  })
  .openapi('Share');

export const newShareSchema = z
  .strictObject({
    role: z.enum(['viewer', 'editor']).default('viewer'),
    code: z.boolean().optional(),
    ports: z.array(z.number().int().min(1).max(65_535)).min(1).max(16).optional().openapi({ description: 'The first is that of the plain name; the environment\'s own where none is given' }),
    password: z.string().min(4).max(256).optional(),
    wake: z.boolean().optional().openapi({ description: 'Visitors may start the server\'s own browser; left out: where there is a password' }),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
    name: z.string().max(56).optional().openapi({ description: 'Host name; made where none is given, so that nobody guesses it' }),
  })
  .openapi('NewShare');

const create = createRoute({
  method: 'post', path: '/api/environments/{id}/shares', summary: 'Share the live preview by a link',
  request: { params: idParam, body: jsonBody(newShareSchema) },
  responses: { 201: json('The link', shareSchema), 401: failure, 403: failure, 404: failure, 409: failure, 422: failure, 429: failure },
});
const list = createRoute({ method: 'get', path: '/api/environments/{id}/shares', summary: 'Share links and who looks at them', request: { params: idParam }, responses: { 200: json('Newest first', z.object({ shares: z.array(shareSchema) })), 401: failure, 403: failure, 404: failure } });
const revoke = createRoute({ method: 'delete', path: '/api/environments/{id}/shares/{share}', summary: 'Revoke a share link; what is open on it ends at once', request: { params: shareParam }, responses: { 204: { description: 'Revoked' }, 401: failure, 403: failure, 404: failure } });

export function shareRoutes(app: ApiApp, { environments, sharing, origins }: ApiOptions): void {
  const { shares } = sharing;
  /** To an agent a link never gives its membership: that would be a person without a name. */
  const view = (share: Share, identity: Identity | undefined): z.infer<typeof shareSchema> => {
    const urls = sharing.urls(share);
    const token = identity?.agent === undefined ? shares.memberToken(share) : undefined;
    const { role, code, name, ports, createdAt, expiresAt } = share;
    return {
      shareId: share.id, name, role, code, ports, urls,
      url: urls[0]?.url ?? '',
      joinUrl: token === undefined ? null : `${origins.app}/login?token=${token}`,
      hasPassword: share.password !== undefined,
      wake: share.wake,
      state: stateOf(share),
      createdAt: new Date(createdAt).toISOString(),
      expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
      viewers: shares.viewers.list(share.id).map(({ id, address, agent, since, open }) => ({ id, address, agent, open, since: new Date(since).toISOString() })),
    };
  };

  app.openapi(create, async (c) => {
    const environment = requireRight(environments, c.get('identity'), c.req.valid('param').id, 'share');
    const { expiresAt, ...wanted } = c.req.valid('json');
    if (c.get('identity')?.agent !== undefined && (wanted.role === 'editor' || wanted.code === true)) throw TerrariumError.of('E-TERRARIUM-1402', { role: 'agent' });
    const share = await shares.create(environment.id, { ...wanted, expiresAt: expiresAt === undefined ? undefined : Date.parse(expiresAt) });
    await sharing.ready(share);
    return c.json(view(share, c.get('identity')), 201);
  });
  app.openapi(list, (c) => {
    const environment = requireRight(environments, c.get('identity'), c.req.valid('param').id, 'share');
    return c.json({ shares: shares.list(environment.id).map((share) => view(share, c.get('identity'))) }, 200);
  });
  app.openapi(revoke, (c) => {
    const { id, share } = c.req.valid('param');
    shares.revoke(requireRight(environments, c.get('identity'), id, 'share').id, share);
    return c.body(null, 204);
  });
}
