/** Standard input and output <-> `/mcp`: messages pass as they are (SPEC.md, M6). */
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { InitializeResultSchema, isJSONRPCErrorResponse, isJSONRPCRequest, isJSONRPCResultResponse } from '@modelcontextprotocol/sdk/types.js';
import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { TerrariumError, toResponse } from '../../../shared/errors/error.ts';
import { tellingFetch } from './broken-answers.ts';

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

/** `lost` is told of requests whose answer broke off. */
export type Connect = (lost: (requests: readonly RequestId[]) => void) => StreamableHTTPClientTransport;

export const connectServer = ({ url, token, environmentId }: BridgeSettings): Connect => (lost) => {
  const headers = { authorization: `Bearer ${token}`, ...(environmentId === undefined ? {} : { 'terrarium-environment': environmentId }) };
  return new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit: { headers }, fetch: tellingFetch(lost) });
};

/** Resolves when the near side has closed. `report` is told what cannot be said in the protocol. */
export async function bridge(near: Transport, connect: Connect, report: (problem: string) => void): Promise<void> {
  const closed = Promise.withResolvers<void>();
  /** Requests that have no answer yet. */
  const pending = new Set<RequestId>();
  let hello: JSONRPCRequest | undefined;
  let far = connected();
  let renewing: Promise<void> | undefined;
  /** The answer to a `hello` that the near side has not sent. */
  let renewed: (() => void) | undefined;

  function connected(): StreamableHTTPClientTransport {
    const made = connect((requests) => requests.forEach((id) => answerFailure(id, TerrariumError.of('E-TERRARIUM-1306'))));
    made.onmessage = receive;
    made.onerror = (error) => report(error.message);
    return made;
  }

  function receive(message: JSONRPCMessage): void {
    const answers = isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message) ? message.id : undefined;
    if (isJSONRPCResultResponse(message) && message.id === hello?.id) {
      const result = InitializeResultSchema.safeParse(message.result);
      // Every request after the first names the version that was agreed (MCP 2025-06-18, Transports).
      if (result.success) far.setProtocolVersion(result.data.protocolVersion);
      if (renewed !== undefined) return renewed();
    }
    if (answers !== undefined) pending.delete(answers);
    near.send(message).catch((error: unknown) => report(String(error)));
  }

  near.onmessage = (message: JSONRPCMessage) => {
    if (isJSONRPCRequest(message)) {
      pending.add(message.id);
      if (message.method === 'initialize') hello = message;
    }
    pass(message).catch((error: unknown) => {
      report(error instanceof Error ? error.message : String(error));
      if (isJSONRPCRequest(message)) answerFailure(message.id, error);
    });
  };
  near.onerror = (error) => report(error.message);
  near.onclose = () => closed.resolve();

  async function pass(message: JSONRPCMessage): Promise<void> {
    const used = far;
    try {
      await used.send(message);
    } catch (error) {
      if (!isSessionGone(error) || hello === undefined || message === hello) throw error;
      if (used === far) await (renewing ??= renew(hello).finally(() => { renewing = undefined; }));
      await far.send(message);
    }
  }

  /** The server has started anew and knows no sessions: a new one, as the client would begin it (MCP 2025-06-18, Session Management). */
  async function renew(first: JSONRPCRequest): Promise<void> {
    await far.close();
    far = connected();
    const answered = Promise.withResolvers<void>();
    renewed = answered.resolve;
    try {
      await far.start();
      await far.send(first);
      await answered.promise;
    } finally {
      renewed = undefined;
    }
    await far.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  function answerFailure(id: RequestId, error: unknown): void {
    if (!pending.delete(id)) return;
    const known = error instanceof TypeError ? TerrariumError.of('E-TERRARIUM-1306') : error;
    const told = known instanceof TerrariumError ? { message: `${known.code}: ${known.message}`, data: toResponse(known).body } : { message: known instanceof Error ? known.message : String(known) };
    // Implementation-defined server error (JSON-RPC 2.0, 5.1).
    near.send({ jsonrpc: '2.0', id, error: { code: -32000, ...told } }).catch((failure: unknown) => report(String(failure)));
  }

  await far.start();
  await near.start();
  await closed.promise;
  await far.close();
}

const isSessionGone = (error: unknown): boolean => error instanceof StreamableHTTPError && error.code === 404;
