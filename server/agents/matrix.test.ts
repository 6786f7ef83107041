/** Every tool x every role and token: who gets in, and with which code who does not. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isServerWide, TOOL_NAMES, TOOLS } from '../../shared/agents/tools.ts';
import type { ToolName } from '../../shared/agents/tools.ts';
import { VERBS, verbsOfRole } from '../../shared/agents/verbs.ts';
import type { Verb } from '../../shared/agents/verbs.ts';
import { openDatabase } from '../storage/database.ts';
import { OWNER_TOKEN, startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { callTool, makeAgent } from './testing.ts';

let server: TestServer;
let id: string;
const people: Record<string, string | undefined> = {};
const withVerb = new Map<Verb, string>();
const withoutVerb = new Map<Verb, string>();
beforeAll(async () => {
  server = await startTestServer();
  id = await server.create();
  const other = await server.create();
  Object.assign(people, { owner: OWNER_TOKEN, editor: await server.invite(id, 'editor'), viewer: await server.invite(id, 'viewer'), stranger: await server.invite(other, 'editor'), nobody: undefined });
  people['elsewhere'] = (await makeAgent(server, other)).token;
  const gone = await makeAgent(server, id);
  people['revoked'] = gone.token;
  await server.api(`/api/environments/${id}/agents/${gone.id}`, { method: 'DELETE' });
  const old = await makeAgent(server, id);
  people['expired'] = old.token;
  const database = openDatabase(`${server.settings.dataDir}/terrarium.sqlite`);
  database.prepare('UPDATE agent_tokens SET expires_at = 1 WHERE id = ?').run(old.id);
  database.close();
  for (const verb of VERBS) {
    withVerb.set(verb, (await makeAgent(server, id, { verbs: [verb] })).token);
    withoutVerb.set(verb, (await makeAgent(server, id, { verbs: VERBS.filter((other) => other !== verb) })).token);
  }
});
afterAll(() => server.dispose());

/** What lets a call in fails for nothing, or for what it was about: the schema, the missing host. */
const INSIDE = /^(ok|E-TERRARIUM-(1003|1101|1320|1346|1347|1002))$/;
/** Input that fits no tool's schema: whoever is let in is told so. */
const RUBBISH = { rubbish: true };

async function codeFor(name: ToolName, token: string | undefined): Promise<string> {
  const response = await callTool(server, id, token, name, RUBBISH);
  return response.ok ? 'ok' : ((await response.json()) as { error: { code: string } }).error.code;
}

test.each(TOOL_NAMES)('%s', async (name) => {
  const { verb } = TOOLS[name];
  for (const role of ['owner', 'editor', 'viewer'] as const) {
    const code = await codeFor(name, people[role]);
    if (verbsOfRole(role).includes(verb)) expect([role, code]).toEqual([role, expect.stringMatching(INSIDE)]);
    else expect([role, code]).toEqual([role, 'E-TERRARIUM-1402']);
  }
  expect(await codeFor(name, withVerb.get(verb))).toMatch(INSIDE);
  expect(await codeFor(name, withoutVerb.get(verb))).toBe('E-TERRARIUM-1413');
  // What is about no one environment is judged by the caller's own.
  const outside = isServerWide(name) ? INSIDE : /^E-TERRARIUM-1001$/;
  expect(await codeFor(name, people['elsewhere'])).toMatch(outside);
  if (!isServerWide(name)) expect(await codeFor(name, people['stranger'])).toBe('E-TERRARIUM-1001');
  expect([await codeFor(name, people['nobody']), await codeFor(name, people['revoked']), await codeFor(name, people['expired'])]).toEqual(['E-TERRARIUM-1400', 'E-TERRARIUM-1412', 'E-TERRARIUM-1411']);
});

test('every tool says honestly what it does', () => {
  for (const name of TOOL_NAMES) {
    const { readOnly, destructive, verb, description, input } = TOOLS[name];
    expect([name, readOnly && destructive]).toEqual([name, false]);
    if (/\.(write|install|use|create|restore)$/.test(verb)) expect([name, readOnly]).toEqual([name, false]);
    expect(description).toMatch(/[.)]$/);
    expect(input.safeParse(RUBBISH).success).toBe(false);
  }
});
