import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { CallToolResult, ServerNotification, ServerRequest, Tool } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import { isServerWide, isToolName, TOOL_NAMES, TOOLS } from '../../shared/agents/tools.ts';
import type { ToolName } from '../../shared/agents/tools.ts';
import { verbsOfRole } from '../../shared/agents/verbs.ts';
import { toResponse, TerrariumError } from '../../shared/errors/error.ts';
import type { Identity } from '../auth/identities.ts';
import { publicError } from '../http/answer.ts';
import type { Logger } from '../logger.ts';
import type { CallTool } from './call.ts';

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** Lists and calls the tools on one session's server. */
export function serveTools(server: Server, call: CallTool, logger: Logger): void {
  server.setRequestHandler(ListToolsRequestSchema, (_request, extra) => ({ tools: TOOL_NAMES.filter((name) => mayUse(callerOf(extra).identity, name)).map(described) }));
  server.setRequestHandler(CallToolRequestSchema, async (request, extra): Promise<CallToolResult> => {
    const { identity, environmentId: named } = callerOf(extra);
    const { name, arguments: given = {} } = request.params;
    try {
      const { environmentId = named ?? onlyEnvironment(identity), ...input } = isToolName(name) && !isServerWide(name) ? argumentsSchema.parse(given) : { ...given, environmentId: undefined };
      const output = await call({ name, input, identity, environmentId, signal: extra.signal, progress: progressOf(extra) });
      return { content: contentOf(output), structuredContent: withoutPicture(output) };
    } catch (error) {
      const { body } = toResponse(publicError(error instanceof z.ZodError ? TerrariumError.of('E-TERRARIUM-1101', { problems: 'environmentId: must be text' }) : error, logger));
      return { isError: true, content: [{ type: 'text', text: `${body.error.code}: ${body.error.message}` }], _meta: { 'terrarium/error': body.error } };
    }
  });
}

/** It is in the content, once. */
function withoutPicture({ image: _image, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

/** A picture is shown to the model as one, and said with the rest (MCP 2025-06-18, Tools, "Image content"). */
function contentOf(output: Record<string, unknown>): CallToolResult['content'] {
  const { image, ...rest } = output;
  if (typeof image !== 'string') return [{ type: 'text', text: JSON.stringify(output) }];
  return [{ type: 'image', data: image, mimeType: String(output['mimeType']) }, { type: 'text', text: JSON.stringify(rest) }];
}

const environmentField = { environmentId: z.string().max(64).optional().describe('Environment to work in; that of your token unless named') };
const argumentsSchema = z.looseObject(environmentField);

function described(name: ToolName): Tool {
  const { title, description, input, output, readOnly, destructive, idempotent } = TOOLS[name];
  const answer: z.ZodObject = output;
  const whole = isServerWide(name) ? input : input.extend(environmentField);
  return {
    name,
    title,
    description,
    inputSchema: schemaOf(whole, 'input'),
    outputSchema: schemaOf('image' in answer.shape ? answer.omit({ image: true }) : answer, 'output'),
    annotations: { title, readOnlyHint: readOnly, destructiveHint: destructive, idempotentHint: idempotent, openWorldHint: false },
  };
}

/** Draft 7, which clients' validators read without being told. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Tool['inputSchema'] {
  return { ...z.toJSONSchema(schema, { target: 'draft-7', io }), type: 'object' } as Tool['inputSchema'];
}

function callerOf({ authInfo }: Extra): { identity: Identity; environmentId: string | undefined } {
  // Set by `createMcp` for every request.
  return authInfo?.extra as { identity: Identity; environmentId: string | undefined };
}

function mayUse({ owner, agent, memberships }: Identity, name: ToolName): boolean {
  const { verb } = TOOLS[name];
  if (owner) return true;
  return agent === undefined ? [...memberships.values()].some((role) => verbsOfRole(role).includes(verb)) : agent.verbs.has(verb);
}

function onlyEnvironment({ agent, memberships }: Identity): string | undefined {
  const [only, ...others] = memberships.keys();
  return agent?.environmentId ?? (others.length === 0 ? only : undefined);
}

/** What a tool prints goes out as progress to a caller that asked for it (MCP 2025-06-18, Progress). */
function progressOf({ _meta, sendNotification }: Extra): (text: string) => void {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  let progress = 0;
  // A caller that has gone gets no progress; its call ends by its signal.
  return (message) => void sendNotification({ method: 'notifications/progress', params: { progressToken, progress: ++progress, message } }).catch(() => undefined);
}
