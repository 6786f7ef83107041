/** The owner's routes: tokens of agents, and the audit log (SPEC.md, T1-T6 and A1-A4). */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { agentListSchema, agentModeSchema, agentSchema, auditPageSchema, createdAgentSchema, newAgentSchema } from '../../shared/agents/api.ts';
import type { AgentInfo } from '../../shared/agents/api.ts';
import type { ApiApp, ApiEnv, ApiOptions } from '../api.ts';
import { requireIdentity, requireRight } from '../auth/access.ts';
import { authorIn } from '../auth/identities.ts';
import { failure, json, jsonBody } from '../http/schemas.ts';
import { detailOf } from './audit.ts';
import type { AgentRecord } from './tokens.ts';

const idParam = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });
const agentParam = idParam.extend({ agentId: z.string().max(64).openapi({ param: { name: 'agentId', in: 'path' } }) });
const problems = { 401: failure, 403: failure, 404: failure, 422: failure };
const base = '/api/environments/{id}/agents';

const create = createRoute({ method: 'post', path: base, summary: 'Make an agent’s token, shown once', request: { params: idParam, body: jsonBody(newAgentSchema) }, responses: { 201: json('The token', createdAgentSchema), ...problems } });
const list = createRoute({ method: 'get', path: base, summary: 'Agents of the environment, newest first', request: { params: idParam }, responses: { 200: json('The agents', agentListSchema), ...problems } });
const revoke = createRoute({ method: 'delete', path: `${base}/{agentId}`, summary: 'Revoke an agent’s token; what it has open ends', request: { params: agentParam }, responses: { 200: json('The agent', agentSchema), ...problems } });
const change = createRoute({
  method: 'patch',
  path: `${base}/{agentId}`,
  summary: 'Let an agent edit, or suggest only',
  request: { params: agentParam, body: jsonBody(z.strictObject({ mode: agentModeSchema })) },
  responses: { 200: json('The agent', agentSchema), ...problems },
});
const auditQuery = z.object({ before: z.coerce.number().int().positive().optional(), limit: z.coerce.number().int().min(1).max(500).default(100), actor: z.string().max(64).optional() });
const audit = createRoute({ method: 'get', path: '/api/environments/{id}/audit', summary: 'Who did what, newest first', request: { params: idParam, query: auditQuery }, responses: { 200: json('Entries', auditPageSchema), ...problems } });

const HOUR = 3_600_000;

export function agentRoutes(app: ApiApp, { environments, agents, origins }: ApiOptions): void {
  const { tokens } = agents;
  const environmentOf = (c: Context<ApiEnv>, right: 'administer' | 'review') => requireRight(environments, c.get('identity'), c.req.param('id') ?? '', right).id;
  const note = (c: Context<ApiEnv>, environmentId: string, action: string, detail: unknown) =>
    agents.audit.note({ environmentId, actor: authorIn(requireIdentity(c.get('identity')), environmentId), action, detail: detailOf(detail), outcome: 'ok' });

  app.openapi(create, (c) => {
    const environmentId = environmentOf(c, 'administer');
    const { hours, ...fields } = c.req.valid('json');
    const lifetimeMs = Math.min(hours, agents.limits.token_max_hours) * HOUR;
    const { agent, token } = tokens.create(environmentId, { ...fields, lifetimeMs });
    note(c, environmentId, 'agent.create', { agent: agent.id, ...fields, hours: lifetimeMs / HOUR });
    return c.json({ agent: view(agent), token, mcpUrl: `${origins.app}/mcp` }, 201);
  });
  app.openapi(list, (c) => c.json({ agents: tokens.list(environmentOf(c, 'review')).map(view) }, 200));
  app.openapi(revoke, (c) => {
    const environmentId = environmentOf(c, 'administer');
    const agent = tokens.revoke(environmentId, c.req.valid('param').agentId);
    note(c, environmentId, 'agent.revoke', { agent: agent.id, name: agent.name });
    return c.json(view(agent), 200);
  });
  app.openapi(change, (c) => {
    const environmentId = environmentOf(c, 'review');
    const { mode } = c.req.valid('json');
    const agent = tokens.setMode(environmentId, c.req.valid('param').agentId, mode);
    note(c, environmentId, 'agent.mode', { agent: agent.id, mode });
    return c.json(view(agent), 200);
  });
  app.openapi(audit, (c) => {
    const environmentId = environmentOf(c, 'administer');
    const { before, limit, actor } = c.req.valid('query');
    const entries = agents.audit.list(environmentId, { before, limit, actorId: actor });
    return c.json({ entries, next: entries.length < limit ? null : (entries.at(-1)?.id ?? null) }, 200);
  });
}

function view({ id, name, color, verbs, mode, createdAt, expiresAt, revokedAt, lastUsedAt, client }: AgentRecord): AgentInfo {
  const iso = (time: number | undefined) => (time === undefined ? null : new Date(time).toISOString());
  const state = revokedAt !== undefined ? 'revoked' : expiresAt <= Date.now() ? 'expired' : 'valid';
  return { id, name, colour: color, verbs: [...verbs], mode, state, createdAt: new Date(createdAt).toISOString(), expiresAt: new Date(expiresAt).toISOString(), revokedAt: iso(revokedAt), lastUsedAt: iso(lastUsedAt), client: client ?? null };
}
