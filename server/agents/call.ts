/** One call of a tool, whichever door it came by: judged, counted, shown, done, noted (SPEC.md, C1-C6). */
import { isServerWide, isToolName, TOOLS } from '../../shared/agents/tools.ts';
import type { ToolName } from '../../shared/agents/tools.ts';
import { TerrariumError } from '../../shared/errors/error.ts';
import { requireIdentity, requireVerb } from '../auth/access.ts';
import { authorIn } from '../auth/identities.ts';
import type { Identity } from '../auth/identities.ts';
import type { Environments } from '../environments/environments.ts';
import { detailOf } from './audit.ts';
import { outcomeOf } from './calls.ts';
import type { Agents } from './index.ts';
import type { Presence } from './presence.ts';
import type { Handlers, ServerContext, ToolContext } from './tools/context.ts';

export interface ToolCall {
  name: string;
  input: unknown;
  identity: Identity | undefined;
  /** Not needed by tools that are about no one environment. */
  environmentId: string | undefined;
  signal: AbortSignal;
  progress?: (text: string) => void;
}

/** @throws {TerrariumError} for everything that a caller can be told */
export type CallTool = (call: ToolCall) => Promise<Record<string, unknown>>;

export function createCallTool({ environments, agents, presence, handlers }: { environments: Environments; agents: Pick<Agents, 'audit' | 'callLimit'>; presence: Presence; handlers: Handlers }): CallTool {
  return async function callTool(call) {
    const begin = performance.now();
    const identity = requireIdentity(call.identity);
    const { agent } = identity;
    const note = (outcome: string, made?: string) => {
      const environmentId = made ?? logOf(identity, call.environmentId);
      if (environmentId === undefined || (agent === undefined && outcome !== 'ok')) return;
      const actor = agent === undefined ? authorIn(identity, environmentId) : { kind: 'agent' as const, id: agent.id, name: agent.name };
      agents.audit.note({ environmentId, actor, action: `tool:${call.name}`, detail: detailOf(call.input), outcome, durationMs: performance.now() - begin });
    };
    try {
      const output = await run(call, identity);
      note('ok', call.name === 'environment_create' ? createdId(output) : undefined);
      return output;
    } catch (error) {
      note(outcomeOf(error));
      throw error;
    }
  };

  function environmentContext(name: ToolName, identity: Identity, { environmentId, signal, progress = () => undefined }: ToolCall): ToolContext {
    if (environmentId === undefined) throw TerrariumError.of('E-TERRARIUM-1351');
    const environment = requireVerb(environments, identity, environmentId, TOOLS[name].verb);
    environments.use(environmentId);
    const author = authorIn(identity, environmentId);
    if (identity.agent !== undefined) presence.active(environmentId, identity.agent);
    return { identity, environment, author, editor: { environmentId, author, agent: identity.agent }, signal, progress };
  }

  function serverContext(name: ToolName, identity: Identity, { signal, progress = () => undefined }: ToolCall): ServerContext {
    const [own] = identity.memberIds.keys();
    const home = identity.agent?.environmentId ?? own;
    if (home !== undefined && !identity.owner) requireVerb(environments, identity, home, TOOLS[name].verb);
    return { identity, author: authorIn(identity, home ?? ''), signal, progress };
  }

  async function run(call: ToolCall, identity: Identity): Promise<Record<string, unknown>> {
    const { name } = call;
    const { agent } = identity;
    if (agent !== undefined) agents.callLimit.take(agent.id);
    if (!isToolName(name)) throw TerrariumError.of('E-TERRARIUM-1340', { tool: name.slice(0, 64) });
    const context = isServerWide(name) ? serverContext(name, identity, call) : environmentContext(name, identity, call);
    const input = parse(name, call.input);
    // The name picks input, handler and output together, which the types of a union of tools cannot say.
    const handler = handlers[name] as (given: unknown, context: ToolContext | ServerContext) => unknown;
    return TOOLS[name].output.parse(await handler(input, context));
  }
}

/** An agent's calls elsewhere are in the log of its own environment. */
function logOf({ agent }: Identity, environmentId: string | undefined): string | undefined {
  if (agent === undefined) return environmentId;
  return environmentId !== undefined && agent.created.has(environmentId) ? environmentId : agent.environmentId;
}

function createdId({ environment }: Record<string, unknown>): string | undefined {
  return typeof environment === 'object' && environment !== null && 'environmentId' in environment ? String(environment.environmentId) : undefined;
}

function parse(name: ToolName, input: unknown): unknown {
  const parsed = TOOLS[name].input.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`).join('; ');
  throw TerrariumError.of('E-TERRARIUM-1101', { problems: problems.slice(0, 1000) });
}
