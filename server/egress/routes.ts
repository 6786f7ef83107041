/** `POST /api/proxy`: a call to another host for a front end of the environment (row F5). */
import { createRoute, z } from '@hono/zod-openapi';
import type { ApiApp, ApiOptions } from '../api.ts';
import { requireIdentity, requireRight } from '../auth/access.ts';
import { roleIn } from '../auth/identities.ts';
import { failure, jsonBody } from '../http/schemas.ts';

const fieldName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, 'must be the name of a header field');
const fieldValue = z.string().max(8192).regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be the value of a header field');

export const askSchema = z
  .strictObject({
    url: z.string().max(8192),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).default('GET'),
    headers: z.record(fieldName, fieldValue).default({}),
    body: z.string().max(8 * 1024 * 1024).optional(),
  })
  .openapi('NetworkCall');

const query = z.object({ environment: z.string().max(64) });
const ask = createRoute({
  method: 'post', path: '/api/proxy', summary: "Call another host that the environment declares and the deployment allows; the field x-terrarium-answer is the other host's status, address and header fields",
  request: { query, body: jsonBody(askSchema) },
  responses: { 200: { description: "The other host's body, whatever its status", content: { 'application/octet-stream': { schema: z.string() } } }, 401: failure, 403: failure, 404: failure, 422: failure, 429: failure, 502: failure, 503: failure, 504: failure },
});

export function networkProxyRoutes(app: ApiApp, { environments, networkProxy }: ApiOptions): void {
  app.openapi(ask, async (c) => {
    const identity = requireIdentity(c.get('identity'));
    const environment = requireRight(environments, identity, c.req.valid('query').environment, 'read');
    const { body, ...call } = c.req.valid('json');
    const role = roleIn(identity, environment.id);
    // Who may only look, and programs, do not spend what people have deposited.
    const credentials = role === 'owner' || role === 'editor';
    return (await networkProxy.ask(environment.id, { ...call, body }, { credentials, signal: c.req.raw.signal })) as never;
  });
}
