/** What people decide about agents' work: sessions to take back, locks, proposals (SPEC.md, U1-U4, L1-L2, P1-P6). */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { decisionSchema, lockListSchema, lockSchema, newLockSchema, proposalListSchema, proposalSchema, sessionListSchema, undoneSchema } from '../../shared/agents/review.ts';
import type { ApiApp, ApiEnv, ApiOptions } from '../api.ts';
import { requireIdentity, requireRight } from '../auth/access.ts';
import { authorIn } from '../auth/identities.ts';
import { existing } from '../environments/files.ts';
import { getFile } from '../../shared/document/schema.ts';
import { failure, json, jsonBody } from '../http/schemas.ts';
import { detailOf } from './audit.ts';
import type { Lock } from './locks.ts';

const idParam = z.object({ id: z.string().max(64).openapi({ param: { name: 'id', in: 'path' } }) });
const part = (name: string) => idParam.extend({ [name]: z.string().max(64).openapi({ param: { name, in: 'path' } }) });
const problems = { 401: failure, 403: failure, 404: failure, 409: failure, 422: failure };
const base = '/api/environments/{id}';

const sessions = createRoute({ method: 'get', path: `${base}/sessions`, summary: 'Sessions of agents, with what can be taken back', request: { params: idParam }, responses: { 200: json('Newest first', sessionListSchema), ...problems } });
const undo = createRoute({
  method: 'post',
  path: `${base}/sessions/{session}/undo`,
  summary: 'Take back what an agent changed, in a session or in one file of it',
  request: { params: part('session'), body: jsonBody(z.strictObject({ fileId: z.string().max(64).optional() })) },
  responses: { 200: json('What was taken back', undoneSchema), ...problems },
});
const locks = createRoute({ method: 'get', path: `${base}/locks`, summary: 'Locked files', request: { params: idParam }, responses: { 200: json('The locks', lockListSchema), ...problems } });
const lock = createRoute({ method: 'post', path: `${base}/locks`, summary: 'Keep agents from changing a file', request: { params: idParam, body: jsonBody(newLockSchema) }, responses: { 201: json('The lock', lockSchema), 423: failure, ...problems } });
const unlock = createRoute({ method: 'delete', path: `${base}/locks/{fileId}`, summary: 'Release a lock, whoever holds it', request: { params: part('fileId') }, responses: { 204: { description: 'Released' }, ...problems } });
const proposals = createRoute({ method: 'get', path: `${base}/proposals`, summary: 'Open proposals of agents, each with its hunks', request: { params: idParam }, responses: { 200: json('Oldest first', proposalListSchema), ...problems } });
const decide = createRoute({
  method: 'post',
  path: `${base}/proposals/{proposal}/decision`,
  summary: 'Accept or reject a proposal, whole or by hunk',
  request: { params: part('proposal'), body: jsonBody(decisionSchema) },
  responses: { 200: json('What remains of it', proposalSchema.nullable()), ...problems },
});

export function reviewRoutes(app: ApiApp, { environments, rooms, agents }: ApiOptions): void {
  const environmentOf = (c: Context<ApiEnv>, right: 'review' | 'view') => requireRight(environments, c.get('identity'), c.req.param('id') ?? '', right).id;
  const authorOf = (c: Context<ApiEnv>, environmentId: string) => authorIn(requireIdentity(c.get('identity')), environmentId);
  const note = (c: Context<ApiEnv>, environmentId: string, action: string, detail: unknown) => agents.audit.note({ environmentId, actor: authorOf(c, environmentId), action, detail: detailOf(detail), outcome: 'ok' });
  const viewLock = (environmentId: string, { fileId, holder, reason, expiresAt }: Lock) => ({
    fileId,
    path: rooms.read(environmentId, (doc) => getFile(doc, fileId)?.path ?? null),
    holder,
    reason,
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
  });

  app.openapi(sessions, (c) => {
    const list = agents.sessions.list(environmentOf(c, 'review'));
    return c.json({ sessions: list.map((session) => ({ ...session, startedAt: new Date(session.startedAt).toISOString(), lastAt: new Date(session.lastAt).toISOString() })) }, 200);
  });
  app.openapi(undo, async (c) => {
    const environmentId = environmentOf(c, 'review');
    const session = String(c.req.valid('param')['session']);
    const { fileId } = c.req.valid('json');
    const files = await agents.sessions.undo(environmentId, session, authorOf(c, environmentId), fileId);
    note(c, environmentId, 'session.undo', { session, fileId, files: files.length });
    return c.json({ files }, 200);
  });
  app.openapi(locks, (c) => {
    const environmentId = environmentOf(c, 'view');
    return c.json({ locks: agents.locks.list(environmentId).map((entry) => viewLock(environmentId, entry)) }, 200);
  });
  app.openapi(lock, (c) => {
    const environmentId = environmentOf(c, 'review');
    const { path, reason } = c.req.valid('json');
    const file = rooms.read(environmentId, (doc) => existing(doc, path));
    const taken = agents.locks.take(environmentId, file, authorOf(c, environmentId), reason, undefined);
    note(c, environmentId, 'lock.take', { path, reason });
    return c.json(viewLock(environmentId, taken), 201);
  });
  app.openapi(unlock, (c) => {
    const environmentId = environmentOf(c, 'review');
    const fileId = String(c.req.valid('param')['fileId']);
    agents.locks.release(environmentId, { id: fileId, path: fileId }, authorOf(c, environmentId));
    note(c, environmentId, 'lock.release', { fileId });
    return c.body(null, 204);
  });
  app.openapi(proposals, (c) => c.json({ proposals: agents.review.list(environmentOf(c, 'review')) }, 200));
  app.openapi(decide, async (c) => {
    const environmentId = environmentOf(c, 'review');
    const proposal = String(c.req.valid('param')['proposal']);
    const decision = c.req.valid('json');
    const left = await agents.review.decide(environmentId, proposal, decision, authorOf(c, environmentId));
    note(c, environmentId, `proposal.${decision.accept ? 'accept' : 'reject'}`, { proposal, hunks: decision.hunks ?? 'all' });
    return c.json(left, 200);
  });
}
