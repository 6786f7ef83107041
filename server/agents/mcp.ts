/** The tools over the Model Context Protocol at `/mcp`: streamable HTTP with sessions, each bound to whoever began it (SPEC.md, M1-M6). */
import { randomUUID } from 'node:crypto';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import { TerrariumError } from '../../shared/errors/error.ts';
import { requireIdentity } from '../auth/access.ts';
import type { Identities, Identity } from '../auth/identities.ts';
import { errorResponse } from '../http/answer.ts';
import type { Logger } from '../logger.ts';
import type { Agents } from './index.ts';
import { watchAgent } from './lifetime.ts';
import { serveTools } from './mcp-tools.ts';

export interface McpEndpoint {
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

interface Session {
  transport: WebStandardStreamableHTTPServerTransport;
  server: Server;
  caller: string;
  usedAt: number;
  unwatch: () => void;
}

const MAX_PER_CALLER = 32;
const IDLE_MS = 60 * 60_000;
/** A file in base64 and what is around it. */
const MAX_BODY = 32 * 1024 * 1024;

export function createMcp({ agents, identities, logger, version }: { agents: Agents; identities: Identities; logger: Logger; version: string }): McpEndpoint {
  const sessions = new Map<string, Session>();
  const sweep = setInterval(() => {
    for (const [id, { usedAt }] of sessions) if (Date.now() - usedAt > IDLE_MS) end(id);
  }, 60_000).unref();

  function end(id: string): void {
    const session = sessions.get(id);
    sessions.delete(id);
    session?.unwatch();
    session?.server.close().catch((error: unknown) => logger.warn('MCP session did not close', { error: String(error) }));
  }

  async function begin(identity: Identity): Promise<WebStandardStreamableHTTPServerTransport> {
    const caller = callerOf(identity);
    if ([...sessions.values()].filter((session) => session.caller === caller).length >= MAX_PER_CALLER) throw TerrariumError.of('E-TERRARIUM-1415', { limit: MAX_PER_CALLER });
    const server = new Server({ name: 'terrarium', title: 'Terrarium', version }, { capabilities: { tools: {} }, instructions: INSTRUCTIONS });
    const { agent } = identity;
    server.oninitialized = () => {
      const client = server.getClientVersion();
      if (client !== undefined && agent !== undefined) agents.tokens.noteClient(agent.id, `${client.title ?? client.name} ${client.version}`.trim());
    };
    serveTools(server, agents.call, logger);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      maxRequestBodySize: MAX_BODY,
      onsessioninitialized(id) {
        const unwatch = identity.agent === undefined ? () => undefined : watchAgent(agents.tokens, identity.agent, () => end(id));
        sessions.set(id, { transport, server, caller, usedAt: Date.now(), unwatch });
      },
      onsessionclosed: end,
    });
    await server.connect(transport);
    return transport;
  }

  async function answer(request: Request): Promise<Response> {
    identities.checkOrigin(request.headers.get('origin'));
    // A page's cookie is no program's token: what a browser sends by itself counts for nothing here.
    const identity = requireIdentity(request.headers.has('authorization') ? identities.identify(request) : undefined);
    const id = request.headers.get('mcp-session-id');
    const session = id === null ? undefined : sessions.get(id);
    if (id !== null && session?.caller !== callerOf(identity)) throw TerrariumError.of('E-TERRARIUM-1414');
    if (session !== undefined) session.usedAt = Date.now();
    const transport = session?.transport ?? (await begin(identity));
    const environmentId = request.headers.get('terrarium-environment') ?? undefined;
    return transport.handleRequest(request, { authInfo: { token: '', clientId: callerOf(identity), scopes: [], extra: { identity, environmentId } } });
  }

  return {
    async fetch(request) {
      try {
        return await answer(request);
      } catch (error) {
        const response = errorResponse(error, logger);
        if (response.status === 401) response.headers.set('www-authenticate', 'Bearer realm="Terrarium"');
        return response;
      }
    },
    async close() {
      clearInterval(sweep);
      for (const id of [...sessions.keys()]) end(id);
    },
  };
}

const INSTRUCTIONS = `Terrarium gives a task its own dev environment; people edit the same files at the same time.
Read a file before you change it, prefer file_patch to file_write, and pass the revision that you have read. A 1005 or a 1341 means that somebody has changed the file: read it again.
Errors carry a code E-TERRARIUM-#### and say what to do next.`;

/** Who began a session; nobody else may go on with it. */
function callerOf({ owner, agent, memberIds }: Identity): string {
  if (owner) return 'owner';
  return agent === undefined ? `members:${[...memberIds.values()].sort().join(',')}` : `agent:${agent.id}`;
}
