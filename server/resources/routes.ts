/** Suspending and resuming over HTTP (row A4). */
import { createRoute, z } from '@hono/zod-openapi';
import type { ApiApp, ApiOptions } from '../api.ts';
import { requireRight } from '../auth/access.ts';
import { failure, json } from '../http/schemas.ts';
import type { Environment } from '../environments/environments.ts';

const idParam = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });
const statusSchema = z.object({ environmentId: z.string(), status: z.enum(['initializing', 'running', 'suspended', 'stopped']) }).openapi('EnvironmentStatus');
const route = <P extends string>(path: P, summary: string) =>
  createRoute({ method: 'post', path, summary, request: { params: idParam }, responses: { 200: json('Its status', statusSchema), 401: failure, 403: failure, 404: failure } });
const suspend = route('/api/environments/{id}/suspend', 'End what runs in an environment and keep everything in it');
const resume = route('/api/environments/{id}/resume', 'Make a suspended environment active; at the cap, the least recently used other one is suspended');

export function resourceRoutes(app: ApiApp, { environments, resources }: Pick<ApiOptions, 'environments' | 'resources'>): void {
  const view = (before: Environment) => ({ environmentId: before.id, status: environments.find(before.id)?.status ?? before.status });
  app.openapi(suspend, (c) => {
    const environment = requireRight(environments, c.get('identity'), c.req.valid('param').id, 'write');
    resources.suspend(environment.id);
    return c.json(view(environment), 200);
  });
  app.openapi(resume, (c) => {
    const environment = requireRight(environments, c.get('identity'), c.req.valid('param').id, 'write');
    resources.resume(environment.id);
    return c.json(view(environment), 200);
  });
}
