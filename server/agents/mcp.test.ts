/** The SDK's own client against a whole server on a port. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TOOL_NAMES, TOOLS } from '../../shared/agents/tools.ts';
import { freePort, OWNER_TOKEN, startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { json, makeAgent, textOf } from './testing.ts';

let server: TestServer;
let id: string;
const clients: Client[] = [];
beforeAll(async () => {
  server = await startTestServer({ port: await freePort() });
  await server.listen();
  id = await server.create();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});
afterAll(() => server.dispose());

function transportOf(token: string, headers: Record<string, string> = {}) {
  return new StreamableHTTPClientTransport(new URL(`${server.base}/mcp`), { requestInit: { headers: { authorization: `Bearer ${token}`, ...headers } } });
}
async function connect(token: string, headers: Record<string, string> = {}) {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transportOf(token, headers));
  clients.push(client);
  return client;
}
const call = async (client: Client, name: string, input: Record<string, unknown> = {}) => (await client.callTool({ name, arguments: input })) as CallToolResult;
const textIn = (result: CallToolResult) => (result.content[0]?.type === 'text' ? result.content[0].text : '');
const raw = (body: unknown, headers: Record<string, string>) => fetch(`${server.base}/mcp`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers } });
const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } } };

describe('tools over MCP', () => {
  test('[M1] each is described as it is, with schemas for input and output', async () => {
    const { tools } = await (await connect(OWNER_TOKEN)).listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([...TOOL_NAMES].sort());
    for (const tool of tools) {
      const { readOnly, destructive, idempotent, title } = TOOLS[tool.name as keyof typeof TOOLS];
      expect(tool).toMatchObject({ title, annotations: { readOnlyHint: readOnly, destructiveHint: destructive, idempotentHint: idempotent }, inputSchema: { type: 'object' }, outputSchema: { type: 'object' } });
    }
  });

  test('[M2] an agent reads, writes, patches and undoes in its environment without naming it', async () => {
    const { token } = await makeAgent(server, id);
    const client = await connect(token);
    const written = await call(client, 'file_write', { path: 'src/app.ts', text: 'let a = 1;\n' });
    expect(written.structuredContent).toMatchObject({ path: 'src/app.ts', created: true });
    await call(client, 'file_patch', { path: 'src/app.ts', edits: [{ old: '1', new: '2' }] });
    expect((await call(client, 'file_read', { path: 'src/app.ts' })).structuredContent).toMatchObject({ text: 'let a = 2;\n' });
    expect((await call(client, 'environment_status')).structuredContent).toMatchObject({ you: { role: 'agent' }, environment: { environmentId: id } });
    expect((await call(client, 'session_undo')).structuredContent).toEqual({ files: [{ path: 'src/app.ts', result: 'undone' }] });
    expect(await textOf(server, id, 'src/app.ts')).toBe('(404)');
  });

  test('[M3] a failure is a result with code and sentence', async () => {
    const { token } = await makeAgent(server, id, { verbs: ['files.read'] });
    const client = await connect(token);
    expect((await client.listTools()).tools.map(({ name }) => name).sort()).toEqual(['file_list', 'file_read', 'file_search', 'package_policy', 'problem_list']);
    for (const [name, input, code] of [['file_read', { path: '../x' }, 'E-TERRARIUM-1004'], ['file_write', { path: 'x', text: '' }, 'E-TERRARIUM-1413'], ['file_read', {}, 'E-TERRARIUM-1101'], ['nope', {}, 'E-TERRARIUM-1340'], ['file_read', { path: 'x', environmentId: 7 }, 'E-TERRARIUM-1101'], ['file_read', { path: 'x', environmentId: 'other' }, 'E-TERRARIUM-1001']] as const) {
      const result = await call(client, name, input);
      expect(result).toMatchObject({ isError: true, _meta: { 'terrarium/error': { code } } });
      expect(textIn(result)).toContain(code);
    }
  });

  test('[M4] the owner names the environment, in the call or for the whole session; an agent creates one and works there', async () => {
    const owner = await connect(OWNER_TOKEN);
    expect(textIn(await call(owner, 'file_list'))).toContain('E-TERRARIUM-1351');
    expect((await call(owner, 'file_list', { environmentId: id })).isError).toBeUndefined();
    expect((await call(await connect(OWNER_TOKEN, { 'terrarium-environment': id }), 'file_list')).isError).toBeUndefined();
    const agent = await connect((await makeAgent(server, id)).token);
    const created = (await call(agent, 'environment_create', { taskId: 'T-2', template: 'tiny' })).structuredContent as { environment: { environmentId: string } };
    const { environmentId } = created.environment;
    expect((await call(agent, 'file_write', { environmentId, path: 'a.txt', text: 'x' })).isError).toBeUndefined();
    expect((await call(agent, 'environment_list')).structuredContent).toMatchObject({ environments: [{ environmentId }, { environmentId: id }] });
    expect(await textOf(server, environmentId, 'a.txt')).toBe('x');
  });
});

describe('who may speak', () => {
  test('[T7] an agent is listed with what its client says it is', async () => {
    await connect((await makeAgent(server, id)).token);
    const { environments } = (await (await server.api('/api/environments')).json()) as { environments: { environmentId: string; agents: { name: string; client: string | null }[] }[] };
    expect(environments.find(({ environmentId }) => environmentId === id)?.agents).toContainEqual(expect.objectContaining({ name: 'Robin', client: 'test 1' }));
  });
  test('[M5] no token, a wrong one, a page of elsewhere', async () => {
    const answers = await Promise.all([raw(initialize, {}), raw(initialize, { authorization: 'Bearer tga_wrong' }), raw(initialize, { authorization: `Bearer ${OWNER_TOKEN}`, origin: 'https://evil.example' })]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 403]);
    expect(answers[0]?.headers.get('www-authenticate')).toContain('Bearer');
  });

  test('[M5] a session belongs to who began it, and ends with the token', async () => {
    const robin = await makeAgent(server, id);
    const kiwi = await makeAgent(server, id);
    const begun = await raw(initialize, { authorization: `Bearer ${robin.token}` });
    const session = begun.headers.get('mcp-session-id') ?? '';
    await begun.body?.cancel();
    const list = (token: string) => raw({ jsonrpc: '2.0', id: 2, method: 'tools/list' }, { authorization: `Bearer ${token}`, 'mcp-session-id': session });
    const stolen = await list(kiwi.token);
    expect([stolen.status, await stolen.text()]).toEqual([404, expect.stringContaining('E-TERRARIUM-1414')]);
    const own = await list(robin.token);
    expect(own.status).toBe(200);
    await own.body?.cancel();
    await server.api(`/api/environments/${id}/agents/${robin.id}`, { method: 'DELETE' });
    const after = await list(robin.token);
    expect([after.status, await after.text()]).toEqual([401, expect.stringContaining('E-TERRARIUM-1412')]);
  });

  test('[M5] what is open on a token ends when it is revoked', async () => {
    const robin = await makeAgent(server, id);
    const begun = await raw(initialize, { authorization: `Bearer ${robin.token}` });
    const session = begun.headers.get('mcp-session-id') ?? '';
    await begun.text();
    const stream = await fetch(`${server.base}/mcp`, { headers: { authorization: `Bearer ${robin.token}`, 'mcp-session-id': session, accept: 'text/event-stream' } });
    expect(stream.status).toBe(200);
    await server.api(`/api/environments/${id}/agents/${robin.id}`, { method: 'DELETE' });
    await stream.text();
  });

  test.each([['no JSON', '{'], ['no JSON-RPC', '{"a":1}'], ['no session', '{"jsonrpc":"2.0","id":1,"method":"tools/list"}']])('rubbish: %s', async (_, body) => {
    const response = await fetch(`${server.base}/mcp`, { method: 'POST', body, headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', authorization: `Bearer ${OWNER_TOKEN}` } });
    expect(response.status).toBe(400);
  });

  test('[C5] over REST the same tool streams its events', async () => {
    const { token } = await makeAgent(server, id);
    const response = await server.api(`/api/environments/${id}/tools/file_list`, { ...json({}), token, headers: { accept: 'text/event-stream' } });
    expect(await response.text()).toMatch(/^event: result\ndata: \{"files"/);
    const failed = await server.api(`/api/environments/${id}/tools/file_read`, { ...json({ path: 'nope' }), token, headers: { accept: 'text/event-stream' } });
    expect(await failed.text()).toMatch(/^event: error\ndata: \{"error":\{"code":"E-TERRARIUM-1003"/);
  });
});
