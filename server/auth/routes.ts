/** Signing in and out. */
import { createRoute, z } from '@hono/zod-openapi';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { ApiApp, ApiOptions } from '../api.ts';
import { failure, json, jsonBody } from '../http/schemas.ts';
import { requireIdentity } from './access.ts';
import type { Identity } from './identities.ts';

const identitySchema = z.object({ owner: z.boolean(), environments: z.array(z.object({ environmentId: z.string(), role: z.enum(['editor', 'viewer']) })) }).openapi('Identity');
const tokenSchema = z.object({ token: z.string().min(1).max(512) });

const create = createRoute({
  method: 'post',
  path: '/api/session',
  summary: 'Exchange a token for the session cookie',
  security: [],
  request: { body: jsonBody(tokenSchema) },
  responses: { 200: json('Signed in', identitySchema), 401: failure },
});
const read = createRoute({ method: 'get', path: '/api/session', summary: 'Who you are', responses: { 200: json('Your rights', identitySchema), 401: failure } });
const end = createRoute({ method: 'delete', path: '/api/session', summary: 'Sign out', responses: { 204: { description: 'Signed out' } } });

export function sessionRoutes(app: ApiApp, { identities }: ApiOptions): void {
  app.openapi(create, (c) => {
    const { cookie, identity } = identities.signIn(c.req.valid('json').token, c.req.header('cookie') ?? null);
    c.header('set-cookie', cookie);
    return c.json(view(identity), 200);
  });
  app.openapi(read, (c) => c.json(view(requireIdentity(c.get('identity'))), 200));
  app.openapi(end, (c) => {
    c.header('set-cookie', identities.signOut());
    return c.body(null, 204);
  });
  // The link that the server prints and that invitations are: a page of ours with no token in its address comes next.
  app.get('/login', (c) => {
    const headers = { 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' };
    try {
      const { cookie, identity } = identities.signIn(c.req.query('token') ?? '', c.req.header('cookie') ?? null);
      const [only] = identity.memberships.keys();
      return c.body(null, 302, { ...headers, 'set-cookie': cookie, location: only === undefined ? '/' : `/e/${only}` });
    } catch (error) {
      if (!(error instanceof TerrariumError)) throw error;
      return c.body(null, 302, { ...headers, location: '/login?refused=1' });
    }
  });
}

const view = (identity: Identity) => ({
  owner: identity.owner,
  environments: [...identity.memberships].map(([environmentId, role]) => ({ environmentId, role })),
});
