/** Environments, templates and invitations (row A1). */
import { createRoute, z } from '@hono/zod-openapi';
import type { AgentRecord } from '../agents/tokens.ts';
import type { ApiApp, ApiOptions } from '../api.ts';
import type { Use } from '../resources/use.ts';
import { requireIdentity, requireOwner, requireRight } from '../auth/access.ts';
import { authorIn, roleIn } from '../auth/identities.ts';
import type { Role } from '../auth/identities.ts';
import { failure, json, jsonBody } from '../http/schemas.ts';
import type { Environment } from './environments.ts';
import type { TerminatedEnvironment } from './terminated.ts';

const idParam = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });

const agentHereSchema = z
  .object({ id: z.string(), name: z.string(), client: z.string().nullable().openapi({ description: 'The program that it is, as it says itself' }), lastUsedAt: z.string().nullable() })
  .openapi('AgentHere');
const useSchema = z
  .object({
    host: z.enum(['person', 'headless']).openapi({ description: 'Who runs the container' }),
    processes: z.number().int(),
    threads: z.number().int(),
    busy: z.number().nullable().openapi({ description: 'Time in which its programs ran code, on all threads together, as a share of one processor’s; null until it was asked twice' }),
    packBytes: z.number().int().openapi({ description: 'Packages in memory. What programs themselves take is not told to pages' }),
  })
  .openapi('ResourceUse');
const terminatedSchema = z
  .object({ environmentId: z.string(), taskId: z.string(), agentId: z.string().nullable(), template: z.string(), createdAt: z.string(), terminatedAt: z.string(), terminatedBy: z.string() })
  .openapi('TerminatedEnvironment');

const environmentSchema = z
  .object({
    environmentId: z.string(),
    label: z.string().openapi({ description: 'Label of its host names' }),
    taskId: z.string(),
    agentId: z.string().nullable(),
    template: z.string(),
    status: z.enum(['initializing', 'running', 'suspended', 'stopped']),
    previewUrl: z.string(),
    backendUrl: z.string().nullable().openapi({ description: 'Null as long as the environment has no backend' }),
    websocketUrl: z.string(),
    ports: z.object({ frontend: z.number().int(), backend: z.number().int().nullable() }),
    createdAt: z.string().openapi({ format: 'date-time' }),
    usedAt: z.string().openapi({ format: 'date-time', description: 'When somebody last did something in it' }),
    storageBytes: z.number().int().openapi({ description: 'What its document and its timeline take on the server' }),
    members: z.number().int(),
    agents: z.array(agentHereSchema).openapi({ description: 'Agents whose tokens count, the one that worked last first' }),
    use: useSchema.nullable().openapi({ description: 'What its container uses; null where none runs that the server reaches' }),
    connections: z.number().int().openapi({ description: 'Open connections to its document' }),
    sandbox: z.string().openapi({ description: 'Sandbox tokens for its preview frames' }),
    role: z.enum(['owner', 'editor', 'viewer', 'agent']).openapi({ description: 'What you are in it' }),
  })
  .openapi('Environment');

const createSchema = z
  .strictObject({
    taskId: z.string().trim().min(1).max(200),
    agentId: z.string().trim().min(1).max(200).optional(),
    template: z.string().min(1).max(64),
    reservation: z.string().max(64).optional().openapi({ description: 'An id of POST /api/environments/reservations for the same template: that draft becomes the environment' }),
  })
  .openapi('NewEnvironment');

const reservationSchema = z.object({ environmentId: z.string().openapi({ description: 'Id, and label of the host names, of the environment to be' }) }).openapi('Reservation');

const templateSchema = z
  .object({ id: z.string(), title: z.string(), description: z.string(), tags: z.array(z.string()), start: z.string(), port: z.number().int(), open: z.string().optional() })
  .openapi('Template');

const create = createRoute({
  method: 'post',
  path: '/api/environments',
  summary: 'Create an environment from a template',
  request: { body: jsonBody(createSchema) },
  responses: { 201: json('Created', environmentSchema), 400: failure, 401: failure, 403: failure, 409: failure, 422: failure },
});
const reserve = createRoute({
  method: 'post',
  path: '/api/environments/reservations',
  summary: 'Make a draft of an environment that is about to be created, so that it can start meanwhile',
  request: { body: jsonBody(createSchema.pick({ template: true })) },
  responses: { 201: json('Made, for a quarter of an hour; delete it when nobody wants it', reservationSchema), 400: failure, 401: failure, 403: failure, 422: failure },
});
const list = createRoute({ method: 'get', path: '/api/environments', summary: 'Environments that you may open', responses: { 200: json('Newest first', z.object({ environments: z.array(environmentSchema), terminated: z.array(terminatedSchema).openapi({ description: 'What is left of those that were terminated, newest first; for the owner alone' }), maxActive: z.number().int().openapi({ description: 'How many may be active at once' }) })), 401: failure } });
const read = createRoute({ method: 'get', path: '/api/environments/{id}', summary: 'One environment', request: { params: idParam }, responses: { 200: json('The environment', environmentSchema), 401: failure, 404: failure } });
const remove = createRoute({ method: 'delete', path: '/api/environments/{id}', summary: 'Terminate an environment and delete its files', request: { params: idParam }, responses: { 204: { description: 'Gone' }, 401: failure, 403: failure, 404: failure } });
const templates = createRoute({ method: 'get', path: '/api/templates', summary: 'Starting points', responses: { 200: json('All templates', z.object({ templates: z.array(templateSchema) })), 401: failure } });
const invite = createRoute({
  method: 'post',
  path: '/api/environments/{id}/invites',
  summary: 'Invite a second person: a sign-in link for this environment, shown once',
  request: { params: idParam, body: jsonBody(z.strictObject({ role: z.enum(['editor', 'viewer']) })) },
  responses: { 201: json('The link', z.object({ url: z.string(), token: z.string(), role: z.enum(['editor', 'viewer']) })), 401: failure, 403: failure, 404: failure, 422: failure },
});

const scopesSchema = z
  .strictObject({ scopes: z.array(z.string().regex(/^@[a-z0-9~-][a-z0-9._~-]*$/, 'must be a scope such as @acme')).max(100) })
  .openapi('Scopes');
const readScopes = createRoute({ method: 'get', path: '/api/environments/{id}/scopes', summary: 'Private npm scopes that it may install from', request: { params: idParam }, responses: { 200: json('The scopes', scopesSchema), 401: failure, 403: failure, 404: failure } });
const setScopes = createRoute({
  method: 'put',
  path: '/api/environments/{id}/scopes',
  summary: 'Grant private npm scopes; those that are left out are taken back',
  request: { params: idParam, body: jsonBody(scopesSchema) },
  responses: { 200: json('The scopes from here on', scopesSchema), 401: failure, 403: failure, 404: failure, 422: failure },
});

export function environmentRoutes(app: ApiApp, { resources, resourceUse, agents, environments, grants, identities, rooms, origins, sandbox }: ApiOptions): void {
  const view = (environment: Environment, role: Role): z.infer<typeof environmentSchema> => ({
    environmentId: environment.id,
    label: environment.id,
    taskId: environment.taskId,
    agentId: environment.agentId ?? null,
    template: environment.template,
    status: environment.status,
    previewUrl: `${origins.preview(environment.id, environment.port)}/`,
    backendUrl: null,
    websocketUrl: `${origins.app.replace(/^http/, 'ws')}/ws/${environment.id}`,
    ports: { frontend: environment.port, backend: null },
    createdAt: new Date(environment.createdAt).toISOString(),
    usedAt: new Date(environment.usedAt).toISOString(),
    storageBytes: rooms.bytes(environment.id),
    members: identities.memberCount(environment.id),
    connections: rooms.connections(environment.id),
    agents: agents.tokens.list(environment.id).filter(isValid).sort((a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0)).slice(0, 20).map(({ id, name, client, lastUsedAt }) => ({ id, name, client: client ?? null, lastUsedAt: isoOrNull(lastUsedAt) })),
    use: viewOfUse(resourceUse.of(environment.id)),
    sandbox,
    role,
  });

  app.openapi(create, async (c) => {
    const identity = requireIdentity(c.get('identity'));
    requireOwner(identity);
    return c.json(view(await environments.create({ ...c.req.valid('json'), author: authorIn(identity, '') }), 'owner'), 201);
  });
  app.openapi(reserve, async (c) => {
    const identity = requireIdentity(c.get('identity'));
    requireOwner(identity);
    const { id } = await environments.draft(c.req.valid('json').template, authorIn(identity, ''));
    return c.json({ environmentId: id }, 201);
  });
  app.openapi(list, (c) => {
    const identity = requireIdentity(c.get('identity'));
    const mine = environments.list().flatMap((environment) => {
      const role = roleIn(identity, environment.id);
      return role === undefined ? [] : [view(environment, role)];
    });
    return c.json({ environments: mine, terminated: identity.owner ? environments.terminated().map(viewOfTerminated) : [], maxActive: resources.maxActive }, 200);
  });
  app.openapi(read, (c) => {
    const identity = c.get('identity');
    const environment = requireRight(environments, identity, c.req.valid('param').id, 'view');
    return c.json(view(environment, roleIn(requireIdentity(identity), environment.id) ?? 'viewer'), 200);
  });
  app.openapi(remove, async (c) => {
    const environment = requireRight(environments, c.get('identity'), c.req.valid('param').id, 'administer');
    await environments.remove(environment.id, authorIn(requireIdentity(c.get('identity')), environment.id));
    return c.body(null, 204);
  });
  app.openapi(readScopes, (c) => {
    const environment = requireRight(environments, c.get('identity'), c.req.valid('param').id, 'administer');
    return c.json({ scopes: grants.of(environment.id) }, 200);
  });
  app.openapi(setScopes, (c) => {
    const environment = requireRight(environments, c.get('identity'), c.req.valid('param').id, 'administer');
    grants.set(environment.id, c.req.valid('json').scopes);
    return c.json({ scopes: grants.of(environment.id) }, 200);
  });
  app.openapi(templates, async (c) => {
    requireIdentity(c.get('identity'));
    return c.json({ templates: await environments.templates.list() }, 200);
  });
  app.openapi(invite, (c) => {
    const environment = requireRight(environments, c.get('identity'), c.req.valid('param').id, 'administer');
    const { role } = c.req.valid('json');
    const token = identities.invite(environment.id, role);
    return c.json({ url: `${origins.app}/login?token=${token}`, token, role }, 201);
  });
}

const isoOrNull = (time: number | undefined): string | null => (time === undefined ? null : new Date(time).toISOString());
const isValid = ({ revokedAt, expiresAt }: AgentRecord): boolean => revokedAt === undefined && expiresAt > Date.now();
const viewOfUse = (use: Use | undefined): z.infer<typeof useSchema> | null => (use === undefined ? null : { ...use, busy: use.busy ?? null });

function viewOfTerminated({ id, taskId, agentId, template, createdAt, terminatedAt, author }: TerminatedEnvironment): z.infer<typeof terminatedSchema> {
  return { environmentId: id, taskId, agentId: agentId ?? null, template, createdAt: new Date(createdAt).toISOString(), terminatedAt: new Date(terminatedAt).toISOString(), terminatedBy: author.name };
}
