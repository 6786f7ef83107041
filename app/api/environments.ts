/** The environments' REST calls (row A1, A2) as the page needs them. */
import * as z from 'zod';
import { call, callJson, jsonBody } from './request.ts';

const environmentSchema = z.object({
  environmentId: z.string(),
  /** Label of the environment's own host names. */
  label: z.string(),
  taskId: z.string(),
  agentId: z.string().nullable(),
  template: z.string(),
  status: z.enum(['initializing', 'running', 'suspended', 'stopped']),
  createdAt: z.string(),
  usedAt: z.string(),
  storageBytes: z.number(),
  members: z.number().int(),
  connections: z.number().int(),
  agents: z.array(z.object({ id: z.string(), name: z.string(), client: z.string().nullable(), lastUsedAt: z.string().nullable() })),
  use: z.object({ host: z.enum(['person', 'headless']), processes: z.number().int(), threads: z.number().int(), busy: z.number().nullable(), packBytes: z.number() }).nullable(),
  ports: z.object({ frontend: z.number().int() }),
  role: z.enum(['owner', 'editor', 'viewer']),
  sandbox: z.string(),
});

/** `Environment` as it is kept in this browser. */
const rememberedSchema = environmentSchema.omit({ ports: true, agents: true, use: true }).extend({ agents: environmentSchema.shape.agents.default([]), use: environmentSchema.shape.use.default(null), agentId: z.string().optional(), createdAt: z.number(), usedAt: z.number(), port: z.number().int() });

const terminatedSchema = z.object({ environmentId: z.string(), taskId: z.string(), agentId: z.string().nullable(), template: z.string(), createdAt: z.string(), terminatedAt: z.string(), terminatedBy: z.string() });

const templateSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
});

export interface Environment {
  environmentId: string;
  label: string;
  taskId: string;
  agentId: string | undefined;
  template: string;
  status: 'initializing' | 'running' | 'suspended' | 'stopped';
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** When somebody last did something in it, milliseconds since the epoch. */
  usedAt: number;
  /** Bytes of its document and its timeline on the server. */
  storageBytes: number;
  /** People who may open it. */
  members: number;
  /** Open connections to its document. */
  connections: number;
  /** Agents whose tokens count, the one that worked last first; `client` is the program that it says it is. */
  agents: z.infer<typeof environmentSchema>['agents'];
  /** What its container uses, where one runs that the server reaches. */
  use: z.infer<typeof environmentSchema>['use'];
  /** Port whose page the preview shows. */
  port: number;
  role: 'owner' | 'editor' | 'viewer';
  /** Sandbox tokens for its preview frames. */
  sandbox: string;
}

/** What is left of an environment that was terminated; times are milliseconds since the epoch. */
export interface TerminatedEnvironment {
  environmentId: string;
  taskId: string;
  agentId: string | undefined;
  template: string;
  createdAt: number;
  terminatedAt: number;
  terminatedBy: string;
}

export type Template = z.infer<typeof templateSchema>;

function environmentOf(data: z.infer<typeof environmentSchema>): Environment {
  const { agentId, createdAt, usedAt, ports, ...rest } = data;
  return { ...rest, agentId: agentId ?? undefined, createdAt: Date.parse(createdAt), usedAt: Date.parse(usedAt), port: ports.frontend };
}

const path = (id: string) => `/api/environments/${encodeURIComponent(id)}`;

export async function listEnvironments(signal?: AbortSignal): Promise<{ environments: Environment[]; terminated: TerminatedEnvironment[]; maxActive: number }> {
  const listSchema = z.object({ environments: z.array(environmentSchema), terminated: z.array(terminatedSchema), maxActive: z.number().int() });
  const { environments, terminated, maxActive } = await callJson(listSchema, '/api/environments', { signal });
  const ended = terminated.map(({ agentId, createdAt, terminatedAt, ...rest }) => ({ ...rest, agentId: agentId ?? undefined, createdAt: Date.parse(createdAt), terminatedAt: Date.parse(terminatedAt) }));
  return { environments: environments.map(environmentOf), terminated: ended, maxActive };
}

export async function getEnvironment(id: string, signal?: AbortSignal): Promise<Environment> {
  return environmentOf(await callJson(environmentSchema, path(id), { signal }));
}

const rememberedKey = (id: string) => `terrarium.environment:${id}`;

/** Keeps what the server says of an environment for a start without it: its name, its port, who one is there. */
export function rememberEnvironment(environment: Environment): void {
  try {
    localStorage.setItem(rememberedKey(environment.environmentId), JSON.stringify(environment));
  } catch {
    // Full or refused storage: offline, the page has the id alone.
  }
}

export function rememberedEnvironment(id: string): Environment | undefined {
  try {
    const parsed = rememberedSchema.safeParse(JSON.parse(localStorage.getItem(rememberedKey(id)) ?? 'null'));
    return parsed.success ? { ...parsed.data, agentId: parsed.data.agentId } : undefined;
  } catch {
    return undefined;
  }
}

/** The id of a draft of this template, for `createEnvironment`; deleted like an environment when nobody wants it. */
export async function draftEnvironment(template: string): Promise<string> {
  const { environmentId } = await callJson(z.object({ environmentId: z.string() }), '/api/environments/reservations', { method: 'POST', ...jsonBody({ template }) });
  return environmentId;
}

export async function createEnvironment(fields: { taskId: string; template: string; agentId?: string; reservation?: string }): Promise<string> {
  const created = await callJson(z.object({ environmentId: z.string() }), '/api/environments', { method: 'POST', ...jsonBody(fields) });
  return created.environmentId;
}

export async function deleteEnvironment(id: string): Promise<void> {
  await call(path(id), { method: 'DELETE' });
  localStorage.removeItem(rememberedKey(id));
}

export async function suspendEnvironment(id: string): Promise<void> {
  await call(`${path(id)}/suspend`, { method: 'POST' });
}

/** At the cap the server suspends another one for it. */
export async function resumeEnvironment(id: string): Promise<void> {
  await call(`${path(id)}/resume`, { method: 'POST' });
}

export async function listTemplates(signal?: AbortSignal): Promise<Template[]> {
  const { templates } = await callJson(z.object({ templates: z.array(templateSchema) }), '/api/templates', { signal });
  return templates;
}

/** Address of one file of the document. */
export function filePath(environmentId: string, projectPath: string): string {
  return `${path(environmentId)}/files/${projectPath.split('/').map(encodeURIComponent).join('/')}`;
}

/** Bytes of a binary file of the document. */
export async function readBlob(environmentId: string, hash: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  const response = await call(`${path(environmentId)}/blobs/${hash}`, { signal });
  return await response.arrayBuffer();
}

/** Stores bytes under their hash (lower-case hexadecimal SHA-256), for the document to refer to. */
export async function putBlob(environmentId: string, hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await call(`${path(environmentId)}/blobs/${hash}`, { method: 'PUT', body: bytes, headers: { 'content-type': 'application/octet-stream' } });
}

/** Stores a file by path; text becomes a text file of the document, other bytes a blob that it refers to. */
export async function putFile(environmentId: string, projectPath: string, bytes: Blob): Promise<void> {
  await call(filePath(environmentId, projectPath), { method: 'PUT', body: bytes, headers: { 'content-type': 'application/octet-stream' } });
}

/** A link with which a second person joins this environment. */
export async function createInvite(environmentId: string, role: 'editor' | 'viewer'): Promise<string> {
  const { url } = await callJson(z.object({ url: z.string() }), `${path(environmentId)}/invites`, { method: 'POST', ...jsonBody({ role }) });
  return url;
}

/** Exchanges a token for the session cookie. */
export async function signIn(token: string): Promise<void> {
  await call('/api/session', { method: 'POST', ...jsonBody({ token }) });
}
