/** Every route of the REST API: how it is asked, and who is let in (`matrix.test.ts` asks each as everybody). A route that is not here fails the test. */
import type { Verb } from '../../shared/agents/verbs.ts';
import { json } from '../agents/testing.ts';

/**
 * Who is let in. `anybody`: also who says no name. `identity`: whoever has a good token. `server`: the owner of the server. `embed`: who has the token of an embed. The others are about an environment:
 * these roles there, and agents with this verb, none where no verb lets one in.
 */
export type Admission = 'anybody' | 'identity' | 'server' | 'embed' | { roles: readonly ('owner' | 'editor' | 'viewer')[]; verb?: Verb };

export const ALL = ['owner', 'editor', 'viewer'] as const;
const WRITERS = ['owner', 'editor'] as const;
const VIEW = { roles: ALL, verb: 'environments.read' } as const;
const READ = { roles: ALL, verb: 'files.read' } as const;
const WRITE = { roles: WRITERS, verb: 'files.write' } as const;
const SHARE = { roles: ['owner'], verb: 'shares.manage' } as const;
const ACTIVITY = { roles: ALL, verb: 'preview.read' } as const;
const REVIEW = { roles: WRITERS } as const;
const CONFIGURE = { roles: WRITERS } as const;
const OWNER = { roles: ['owner'] } as const;

export interface RouteCase {
  /** Address, with `:id` for the environment. */
  path: string;
  init: RequestInit;
  admission: Admission;
  /** Statuses with which it answers whoever is let in; what is asked for need not exist. */
  inside: readonly number[];
  /** It ends its environment: whoever is let in asks for one of its own. */
  ends?: true;
}

const row = (admission: Admission, inside: number | readonly number[], path: string, init: RequestInit = {}): RouteCase => ({ path, init, admission, inside: typeof inside === 'number' ? [inside] : inside });

const SHA = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const one = '/api/environments/:id';

/** By what Hono calls the route. */
export const ROUTES: Record<string, RouteCase> = {
  'GET /login': row('anybody', 302, '/login?token=wrong'),
  'GET /api/openapi.json': row('anybody', 200, '/api/openapi.json'),
  'POST /api/session': row('anybody', 401, '/api/session', json({ token: 'wrong' })),
  'DELETE /api/session': row('anybody', 204, '/api/session', { method: 'DELETE' }),
  'GET /api/session': row('identity', 200, '/api/session'),
  'GET /api/embed': row('embed', 200, '/api/embed'),
  'GET /api/environments': row('identity', 200, '/api/environments'),
  'GET /api/templates': row('identity', 200, '/api/templates'),
  'POST /api/environments': row('server', 201, '/api/environments', json({ taskId: 't', template: 'tiny' })),
  'POST /api/environments/reservations': row('server', 201, '/api/environments/reservations', json({ template: 'tiny' })),
  'POST /api/environments/imports': row('server', 422, '/api/environments/imports?taskId=t', { method: 'POST', body: 'no zip' }),
  'POST /api/environments/imports/git': row('server', 422, '/api/environments/imports/git', json({ taskId: 't', url: 'https://127.0.0.1/x.git' })),
  'GET /api/environments/:id': row(VIEW, 200, one),
  'DELETE /api/environments/:id': { ...row(OWNER, 204, one, { method: 'DELETE' }), ends: true },
  'POST /api/environments/:id/invites': row(OWNER, 201, `${one}/invites`, json({ role: 'viewer' })),
  'GET /api/environments/:id/scopes': row(OWNER, 200, `${one}/scopes`),
  'PUT /api/environments/:id/scopes': row(OWNER, 200, `${one}/scopes`, json({ scopes: [] }, 'PUT')),
  'GET /api/environments/:id/files': row(READ, 200, `${one}/files`),
  'GET /api/environments/:id/files/*': row(READ, 200, `${one}/files/package.json`),
  'PUT /api/environments/:id/files/*': row(WRITE, [200, 201], `${one}/files/matrix.txt`, { method: 'PUT', body: 'same' }),
  'DELETE /api/environments/:id/files/*': row(WRITE, 412, `${one}/files/package.json`, { method: 'DELETE', headers: { 'if-match': '"old"' } }),
  'PUT /api/environments/:id/blobs/:sha256': row(WRITE, 204, `${one}/blobs/${SHA}`, { method: 'PUT', body: 'abc' }),
  'GET /api/environments/:id/blobs/:sha256': row(READ, 200, `${one}/blobs/${SHA}`),
  'GET /api/environments/:id/console': row(ACTIVITY, 200, `${one}/console`),
  'GET /api/environments/:id/network': row(ACTIVITY, 200, `${one}/network`),
  'POST /api/environments/:id/agents': row(OWNER, 201, `${one}/agents`, json({ name: 'A', verbs: ['files.read'] })),
  'GET /api/environments/:id/agents': row(REVIEW, 200, `${one}/agents`),
  'DELETE /api/environments/:id/agents/:agentId': row(OWNER, 404, `${one}/agents/none`, { method: 'DELETE' }),
  'PATCH /api/environments/:id/agents/:agentId': row(REVIEW, 404, `${one}/agents/none`, json({ mode: 'edit' }, 'PATCH')),
  'GET /api/environments/:id/audit': row(OWNER, 200, `${one}/audit`),
  // Every tool as everybody: server/agents/matrix.test.ts.
  'POST /api/environments/:id/tools/:name': row(READ, 200, `${one}/tools/file_list`, json({})),
  'POST /api/proxy': row(READ, 403, '/api/proxy?environment=:id', json({ url: 'https://127.0.0.1/' })),
  'GET /api/environments/:id/backend/settings': row(CONFIGURE, 200, `${one}/backend/settings`),
  'PUT /api/environments/:id/backend/variables/:name': row(CONFIGURE, 200, `${one}/backend/variables/MATRIX`, json({ value: 'x' }, 'PUT')),
  'DELETE /api/environments/:id/backend/variables/:name': row(CONFIGURE, 404, `${one}/backend/variables/NONE`, { method: 'DELETE' }),
  'PUT /api/environments/:id/backend/hosts/:host': row(CONFIGURE, 200, `${one}/backend/hosts/api.example.com`, json({}, 'PUT')),
  'DELETE /api/environments/:id/backend/hosts/:host': row(CONFIGURE, 404, `${one}/backend/hosts/none.example.com`, { method: 'DELETE' }),
  'GET /api/environments/:id/history': row(READ, 200, `${one}/history`),
  'POST /api/environments/:id/history': row(WRITE, 201, `${one}/history`, json({ name: 'mark' })),
  'GET /api/environments/:id/history/:revision': row(READ, 200, `${one}/history/1`),
  'PATCH /api/environments/:id/history/:revision': row(WRITE, 200, `${one}/history/1`, json({ name: 'mark' }, 'PATCH')),
  'GET /api/environments/:id/history/:revision/files': row(READ, 200, `${one}/history/1/files`),
  'GET /api/environments/:id/history/:revision/files/*': row(READ, 200, `${one}/history/1/files/package.json`),
  'POST /api/environments/:id/history/:revision/restore': row(WRITE, 200, `${one}/history/1/restore`, json({ paths: ['package.json'] })),
  'GET /api/environments/:id/sessions': row(REVIEW, 200, `${one}/sessions`),
  'POST /api/environments/:id/sessions/:session/undo': row(REVIEW, 404, `${one}/sessions/none/undo`, json({})),
  'GET /api/environments/:id/locks': row(VIEW, 200, `${one}/locks`),
  'POST /api/environments/:id/locks': row(REVIEW, [201, 423], `${one}/locks`, json({ path: 'package.json', reason: 'mine' })),
  'DELETE /api/environments/:id/locks/:fileId': row(REVIEW, 204, `${one}/locks/none`, { method: 'DELETE' }),
  'GET /api/environments/:id/proposals': row(REVIEW, 200, `${one}/proposals`),
  'POST /api/environments/:id/proposals/:proposal/decision': row(REVIEW, 404, `${one}/proposals/none/decision`, json({ accept: true })),
  'GET /api/environments/:id/export': row(READ, 200, `${one}/export`),
  'POST /api/environments/:id/import': row(WRITE, 422, `${one}/import`, { method: 'POST', body: 'no zip' }),
  'POST /api/environments/:id/import/git': row(WRITE, 422, `${one}/import/git`, json({ url: 'https://127.0.0.1/x.git' })),
  'POST /api/environments/:id/suspend': row(WRITE, 200, `${one}/suspend`, { method: 'POST' }),
  'POST /api/environments/:id/resume': row(WRITE, 200, `${one}/resume`, { method: 'POST' }),
  'POST /api/environments/:id/shares': row(SHARE, 201, `${one}/shares`, json({ role: 'viewer' })),
  'GET /api/environments/:id/shares': row(SHARE, 200, `${one}/shares`),
  'POST /api/environments/:id/embeds': row(OWNER, 201, `${one}/embeds`, json({ origins: ['https://a.example'] })),
  'GET /api/environments/:id/embeds': row(OWNER, 200, `${one}/embeds`),
  'DELETE /api/environments/:id/embeds/:embed': row(OWNER, 404, `${one}/embeds/none`, { method: 'DELETE' }),
  // The environment has no backend of its own; its database is there all the same.
  'GET /api/environments/:id/backend': row(READ, 200, `${one}/backend`),
  'POST /api/environments/:id/backend/deploy': row(WRITE, 404, `${one}/backend/deploy`, { method: 'POST' }),
  'POST /api/environments/:id/backend/suspend': row(WRITE, 200, `${one}/backend/suspend`, { method: 'POST' }),
  'GET /api/environments/:id/backend/logs': row(ACTIVITY, 200, `${one}/backend/logs`),
  'GET /api/environments/:id/backend/requests': row(ACTIVITY, 200, `${one}/backend/requests`),
  'GET /api/environments/:id/backend/stats': row(READ, 200, `${one}/backend/stats`),
  'GET /api/environments/:id/backend/database/tables': row(READ, 200, `${one}/backend/database/tables`),
  'GET /api/environments/:id/backend/database/tables/:table/rows': row(READ, 404, `${one}/backend/database/tables/none/rows`),
  'POST /api/environments/:id/backend/database/query': row(WRITE, 200, `${one}/backend/database/query`, json({ sql: 'SELECT 1' })),
  'POST /api/environments/:id/backend/reset': row(WRITE, 200, `${one}/backend/reset`, { method: 'POST' }),
  'GET /api/environments/:id/backend/snapshots': row(READ, 200, `${one}/backend/snapshots`),
  'POST /api/environments/:id/backend/snapshots': row(WRITE, 201, `${one}/backend/snapshots`, json({ name: 'first' })),
  'POST /api/environments/:id/backend/snapshots/:snapshot/restore': row(WRITE, 404, `${one}/backend/snapshots/none/restore`, { method: 'POST' }),
  'DELETE /api/environments/:id/backend/snapshots/:snapshot': row(WRITE, 404, `${one}/backend/snapshots/none`, { method: 'DELETE' }),
  'DELETE /api/environments/:id/shares/:share': row(SHARE, 404, `${one}/shares/none`, { method: 'DELETE' }),
};
