/** Standard input and output <-> `/mcp`: messages pass as they are (SPEC.md, M6). */
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { InitializeResultSchema, isJSONRPCRequest, isJSONRPCResultResponse } from '@modelcontextprotocol/sdk/types.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';

export interface BridgeSettings {
  /** Address of the app, such as http://localhost:4000. */
  url: string;
  token: string;
  /** For tokens that are not of one environment. */
  environmentId?: string | undefined;
}

export class UsageError extends Error {}

const USAGE = `Usage: npx terrarium mcp [--url http://localhost:4000] [--token tga_…] [--environment <id>]
Also by TERRARIUM_URL, TERRARIUM_TOKEN (better: other users of this machine can see arguments) and TERRARIUM_ENVIRONMENT.`;

/** @throws {UsageError} */
export function readSettings(args: readonly string[], env: NodeJS.ProcessEnv): BridgeSettings {
  const options = new Map<string, string>();
  for (let at = 0; at < args.length; at += 2) {
    const [name = '', value] = [args[at]?.replace(/^--/, ''), args[at + 1]];
    if (!['url', 'token', 'environment'].includes(name) || value === undefined) throw new UsageError(USAGE);
    options.set(name, value);
  }
  const url = options.get('url') ?? env['TERRARIUM_URL'] ?? `http://localhost:${env['PORT'] ?? 4000}`;
  const token = options.get('token') ?? env['TERRARIUM_TOKEN'];
  if (token === undefined || token === '') throw new UsageError(`A token is missing: make one in the workspace, under Agents.\n${USAGE}`);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new UsageError(`"${url}" is no address of a server.\n${USAGE}`);
  return { url, token, environmentId: options.get('environment') ?? env['TERRARIUM_ENVIRONMENT'] };
}

export function connectServer({ url, token, environmentId }: BridgeSettings): StreamableHTTPClientTransport {
  const headers = { authorization: `Bearer ${token}`, ...(environmentId === undefined ? {} : { 'terrarium-environment': environmentId }) };
  return new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit: { headers } });
}

/** Resolves when the near side has closed. `report` is told what cannot be said in the protocol. */
export async function bridge(near: Transport, far: Transport, report: (problem: string) => void): Promise<void> {
  const closed = Promise.withResolvers<void>();
  let initializing: RequestId | undefined;

  near.onmessage = (message: JSONRPCMessage) => {
    if (isJSONRPCRequest(message) && message.method === 'initialize') initializing = message.id;
    far.send(message).catch((error: unknown) => answerFailure(message, error));
  };
  far.onmessage = (message: JSONRPCMessage) => {
    if (isJSONRPCResultResponse(message) && message.id === initializing) {
      const result = InitializeResultSchema.safeParse(message.result);
      // Every request after the first names the version that was agreed (MCP 2025-06-18, Transports).
      if (result.success) far.setProtocolVersion?.(result.data.protocolVersion);
    }
    near.send(message).catch((error: unknown) => report(String(error)));
  };
  near.onerror = (error) => report(error.message);
  far.onerror = (error) => report(error.message);
  near.onclose = () => closed.resolve();

  function answerFailure(message: JSONRPCMessage, error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    report(problem);
    // Implementation-defined server error (JSON-RPC 2.0, 5.1).
    if (isJSONRPCRequest(message)) near.send({ jsonrpc: '2.0', id: message.id, error: { code: -32000, message: problem } }).catch((failure: unknown) => report(String(failure)));
  }

  await far.start();
  await near.start();
  await closed.promise;
  await far.close();
}
