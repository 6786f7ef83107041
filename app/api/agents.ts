/** Agents of an environment over the API (server/agents/SPEC.md). */
import { agentListSchema, agentSchema, auditPageSchema, createdAgentSchema } from '../../shared/agents/api.ts';
import type { AgentInfo, AgentMode, AuditEntry, NewAgent } from '../../shared/agents/api.ts';
import { lockListSchema, proposalListSchema, proposalSchema, sessionListSchema, undoneSchema } from '../../shared/agents/review.ts';
import type { AgentProposal, AgentSession, Decision, FileLock } from '../../shared/agents/review.ts';
import { call, callJson, jsonBody } from './request.ts';

const path = (environmentId: string, ...rest: string[]) => ['/api/environments', environmentId, ...rest].map((part, index) => (index === 0 ? part : encodeURIComponent(part))).join('/');

export const listAgents = async (environmentId: string, signal?: AbortSignal): Promise<AgentInfo[]> => (await callJson(agentListSchema, path(environmentId, 'agents'), { signal })).agents;

/** The token is in the answer and cannot be asked for again. */
export const createAgent = (environmentId: string, agent: NewAgent) => callJson(createdAgentSchema, path(environmentId, 'agents'), { method: 'POST', ...jsonBody(agent) });
export const revokeAgent = (environmentId: string, agent: string) => callJson(agentSchema, path(environmentId, 'agents', agent), { method: 'DELETE' });
export const setAgentMode = (environmentId: string, agent: string, mode: AgentMode) => callJson(agentSchema, path(environmentId, 'agents', agent), { method: 'PATCH', ...jsonBody({ mode }) });

/** Newest first. */
export async function listCalls(environmentId: string, limit: number, signal?: AbortSignal): Promise<AuditEntry[]> {
  return (await callJson(auditPageSchema, `${path(environmentId, 'audit')}?limit=${limit}`, { signal })).entries;
}

export const listSessions = async (environmentId: string, signal?: AbortSignal): Promise<AgentSession[]> => (await callJson(sessionListSchema, path(environmentId, 'sessions'), { signal })).sessions;

/** Takes a session back, or what it did to one file. */
export async function undoSession(environmentId: string, session: string, fileId?: string) {
  return (await callJson(undoneSchema, path(environmentId, 'sessions', session, 'undo'), { method: 'POST', ...jsonBody(fileId === undefined ? {} : { fileId }) })).files;
}

export const listProposals = async (environmentId: string, signal?: AbortSignal): Promise<AgentProposal[]> => (await callJson(proposalListSchema, path(environmentId, 'proposals'), { signal })).proposals;

export const decideProposal = (environmentId: string, proposal: string, decision: Decision) =>
  callJson(proposalSchema.nullable(), path(environmentId, 'proposals', proposal, 'decision'), { method: 'POST', ...jsonBody(decision) });

export const listLocks = async (environmentId: string, signal?: AbortSignal): Promise<FileLock[]> => (await callJson(lockListSchema, path(environmentId, 'locks'), { signal })).locks;

export async function releaseLock(environmentId: string, fileId: string): Promise<void> {
  await call(path(environmentId, 'locks', fileId), { method: 'DELETE' });
}
