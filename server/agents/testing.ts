/** Agents of a test server, for tests. */
import { createdAgentSchema } from '../../shared/agents/api.ts';
import type { NewAgent } from '../../shared/agents/api.ts';
import type { ToolInput, ToolName, ToolOutput } from '../../shared/agents/tools.ts';
import { VERBS } from '../../shared/agents/verbs.ts';
import type { TestServer } from '../testing.ts';

export const json = (body: unknown, method = 'POST') => ({ method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
export const codeOf = async (response: Response): Promise<string> => ((await response.json()) as { error: { code: string } }).error.code;

export async function makeAgent(server: TestServer, environmentId: string, fields: Partial<NewAgent> = {}): Promise<{ id: string; token: string }> {
  const response = await server.api(`/api/environments/${environmentId}/agents`, json({ name: 'Robin', verbs: [...VERBS], ...fields }));
  const { agent, token } = createdAgentSchema.parse(await response.json());
  return { id: agent.id, token };
}

export const callTool = (server: TestServer, environmentId: string, token: string | undefined, name: string, input: unknown): Promise<Response> =>
  server.api(`/api/environments/${environmentId}/tools/${name}`, { ...json(input), token });

/** Calls tools as one agent and throws the code of a failure. */
export function toolsOf(server: TestServer, environmentId: string, token: string) {
  return async function call<N extends ToolName>(name: N, input: Partial<ToolInput<N>> = {}): Promise<ToolOutput<N>> {
    const response = await callTool(server, environmentId, token, name, input);
    if (!response.ok) throw new Error(((await response.json()) as { error: { message: string; code: string } }).error.code);
    return (await response.json()) as ToolOutput<N>;
  };
}

export async function textOf(server: TestServer, environmentId: string, path: string): Promise<string> {
  const response = await server.api(`/api/environments/${environmentId}/files/${path}`);
  return response.ok ? response.text() : `(${response.status})`;
}
