import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AuditEntry, NewAgent } from '../../shared/agents/api.ts';
import { agentListSchema, createdAgentSchema } from '../../shared/agents/api.ts';
import { VERBS } from '../../shared/agents/verbs.ts';
import { openDatabase } from '../storage/database.ts';
import { startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { createAudit, detailOf } from './audit.ts';
import { createCallLimit } from './limits.ts';
import { callTool, makeAgent } from './testing.ts';
import { createAgentTokens } from './tokens.ts';

let server: TestServer;
let id: string;
let other: string;
beforeAll(async () => {
  server = await startTestServer();
  id = await server.create();
  other = await server.create();
});
afterAll(() => server.dispose());

const json = (body: unknown, method = 'POST') => ({ method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;
async function make(fields: Partial<NewAgent> = {}) {
  const response = await server.api(`/api/environments/${id}/agents`, json({ name: 'Robin', verbs: VERBS, ...fields }));
  return createdAgentSchema.parse(await response.json());
}
async function auditOf(actor: string): Promise<AuditEntry[]> {
  return ((await (await server.api(`/api/environments/${id}/audit?actor=${actor}`)).json()) as { entries: AuditEntry[] }).entries;
}

describe('a token', () => {
  test('[T1] is shown once, and the server keeps its hash only', async () => {
    const { agent, token } = await make();
    expect(token).toMatch(/^tga_[A-Za-z0-9_-]{43}$/);
    const listed = await (await server.api(`/api/environments/${id}/agents`)).text();
    expect(listed).toContain(agent.id);
    expect(listed).not.toContain(token);
    const { readFileSync } = await import('node:fs');
    for (const file of ['terrarium.sqlite', 'terrarium.sqlite-wal']) expect(readFileSync(`${server.settings.dataDir}/${file}`).includes(token)).toBe(false);
  });

  test('[T2] counts in its environment alone, and within its verbs', async () => {
    const { token } = await make({ verbs: ['files.read'] });
    const ask = async (path: string, init: RequestInit = {}) => (await server.api(path, { ...init, token })).status;
    expect(await ask(`/api/environments/${id}/files`)).toBe(200);
    expect(await ask(`/api/environments/${other}/files`)).toBe(404);
    expect(await codeOf(await server.api(`/api/environments/${id}/files/a.txt`, { method: 'PUT', body: 'x', token }))).toBe('E-TERRARIUM-1413');
    expect(await codeOf(await server.api(`/api/environments/${id}`, { token }))).toBe('E-TERRARIUM-1413');
    for (const path of ['agents', 'audit', 'scopes']) expect(await codeOf(await server.api(`/api/environments/${id}/${path}`, { token }))).toBe('E-TERRARIUM-1402');
    expect(await codeOf(await server.api(`/api/environments/${id}/agents`, { ...json({ name: 'Mallory', verbs: VERBS }), token }))).toBe('E-TERRARIUM-1402');
    expect(await codeOf(await server.api('/api/session', { ...json({ token }), token: undefined }))).toBe('E-TERRARIUM-1401');
  });

  test('[T3] what it writes has it as author', async () => {
    const { agent, token } = await make();
    expect((await server.api(`/api/environments/${id}/files/by-agent.txt`, { method: 'PUT', body: 'x', token })).status).toBe(201);
    const [entry] = await auditOf(agent.id);
    expect(entry).toMatchObject({ action: `http:PUT /api/environments/${id}/files/by-agent.txt`, outcome: 'ok', actor: { kind: 'agent', id: agent.id, name: 'Robin' } });
  });

  test('[T7] is of the program that its client says it is; what was declared counts until then, and REST where nothing is known', async () => {
    const clientOf = async (agent: string) => agentListSchema.parse(await (await server.api(`/api/environments/${id}/agents`)).json()).agents.find((one) => one.id === agent)?.client;
    const [silent, declared] = [await makeAgent(server, id), await makeAgent(server, id, { client: 'Own script' })];
    expect([await clientOf(silent.id), await clientOf(declared.id)]).toEqual([null, 'Own script']);
    for (const { token } of [silent, declared]) await callTool(server, id, token, 'file_list', {});
    expect([await clientOf(silent.id), await clientOf(declared.id)]).toEqual(['REST API', 'Own script']);
  });
  test('[T4] is refused when revoked, and by name of the reason', async () => {
    const { agent, token } = await make();
    const revoked = await server.api(`/api/environments/${id}/agents/${agent.id}`, { method: 'DELETE' });
    expect(await revoked.json()).toMatchObject({ state: 'revoked' });
    const answer = await server.api(`/api/environments/${id}/files`, { token });
    expect(answer.status).toBe(401);
    expect(await codeOf(answer)).toBe('E-TERRARIUM-1412');
    expect(await codeOf(await server.api(`/api/environments/${id}/files`, { token: `${token}x` }))).toBe('E-TERRARIUM-1401');
    expect(await codeOf(await server.api(`/api/environments/${other}/agents/${agent.id}`, { method: 'DELETE' }))).toBe('E-TERRARIUM-1352');
  });

  test('[T4] is refused when its time is over, and lives no longer than the configuration lets it', async () => {
    const { agent } = await make({ hours: 24 * 366 });
    expect(Date.parse(agent.expiresAt) - Date.parse(agent.createdAt)).toBe(server.settings.config.agents.token_max_hours * 3_600_000);
    let now = 1000;
    const database = openDatabase(':memory:');
    database.exec("INSERT INTO environments VALUES ('e', 't', NULL, 'tiny', 'running', 1, 1, 1, 0)");
    const tokens = createAgentTokens(database, () => now);
    const { token } = tokens.create('e', { name: 'A', colour: 1, verbs: ['files.read'], mode: 'edit', lifetimeMs: 500 });
    expect(tokens.identify(token)).toMatchObject({ name: 'A', color: 1, environmentId: 'e' });
    now = 1500;
    expect(() => tokens.identify(token)).toThrow(/E-TERRARIUM|expired/);
    database.close();
  });

  test.each([{ verbs: [] }, { verbs: ['everything'] }, { name: '' }, { hours: 0 }, { colour: 99 }, { admin: true }])('rubbish is refused: %j', async (fields) => {
    expect(await codeOf(await server.api(`/api/environments/${id}/agents`, json({ name: 'A', verbs: ['files.read'], ...fields })))).toBe('E-TERRARIUM-1101');
  });
});

describe('the limit', () => {
  test('[T5] lets a bucket through at once, and then as it fills', () => {
    let now = 0;
    const limit = createCallLimit(60, () => now);
    for (let call = 0; call < 60; call++) limit.take('a');
    expect(() => limit.take('a')).toThrow('more than 60 times');
    limit.take('b');
    now = 999;
    expect(() => limit.take('a')).toThrow('Wait 1 s');
    now = 1001;
    limit.take('a');
    expect(() => limit.take('a')).toThrow();
  });

  test('[T5] answers 429 with the time to wait, and says so in the log', async () => {
    const limited = await startTestServer({ config: { ...server.settings.config, agents: { ...server.settings.config.agents, calls_per_minute: 2 } } });
    try {
      const environmentId = await limited.create();
      const made = createdAgentSchema.parse(await (await limited.api(`/api/environments/${environmentId}/agents`, json({ name: 'A', verbs: ['files.read'] }))).json());
      const ask = () => limited.api(`/api/environments/${environmentId}/files`, { token: made.token });
      expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
      const refused = await ask();
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await codeOf(refused)).toBe('E-TERRARIUM-1410');
      const { entries } = (await (await limited.api(`/api/environments/${environmentId}/audit`)).json()) as { entries: AuditEntry[] };
      expect(entries[0]?.outcome).toBe('E-TERRARIUM-1410');
    } finally {
      await limited.dispose();
    }
  });
});

describe('the audit log', () => {
  const actor = { kind: 'agent', id: 'a', name: 'A' } as const;
  test('[A1] holds refused calls too, in the log of the agent’s own environment', async () => {
    const { agent, token } = await make({ verbs: ['files.read'] });
    await server.api(`/api/environments/${other}/files`, { token });
    await server.api(`/api/environments/${id}/files/x`, { method: 'PUT', body: 'x', token });
    expect((await auditOf(agent.id)).map(({ outcome }) => outcome)).toEqual(['E-TERRARIUM-1413', 'E-TERRARIUM-1001']);
  });
  test('[A2] is read newest first, page by page, and keeps so many', () => {
    const database = openDatabase(':memory:');
    const audit = createAudit(database, () => 0, 3);
    for (let n = 1; n <= 6; n++) audit.note({ environmentId: 'e', actor, action: `call ${n}`, outcome: 'ok' });
    audit.note({ environmentId: 'f', actor, action: 'elsewhere', outcome: 'ok' });
    const page = audit.list('e', { limit: 2 });
    expect(page.map(({ action }) => action)).toEqual(['call 6', 'call 5']);
    expect(audit.list('e', { limit: 9, before: page[1]?.id ?? 0 }).map(({ action }) => action)).toEqual(['call 4']);
    database.close();
  });
  test('[A3] shortens what was sent and hides secrets', () => {
    const detail = detailOf({ path: 'a', content: 'x'.repeat(5000), token: 'tga_secret', environment: { PASSWORD: 'p' } });
    expect(detail).toContain('(5000 characters)');
    expect(detail).not.toContain('tga_secret');
    expect(detail.length).toBeLessThan(400);
  });
});
