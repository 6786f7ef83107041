/** Every request of an agent over the REST API is counted against its limit, and is in the audit log (SPEC.md, T5, A1). */
import type { MiddlewareHandler } from 'hono';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { ApiEnv } from '../api.ts';
import type { Agents } from './index.ts';

export function noteCalls({ audit, callLimit }: Agents): MiddlewareHandler<ApiEnv> {
  return async function noteAgentsCalls(c, next) {
    const agent = c.get('identity')?.agent;
    const path = c.req.path;
    // Calls of tools are noted with their input where they are made.
    if (agent === undefined || /^\/api\/environments\/[^/]+\/tools\//.test(path)) return next();
    const begin = performance.now();
    const named = /^\/api\/environments\/([a-z0-9]{1,64})(?:\/|$)/.exec(path)?.[1];
    // What it tries elsewhere is in the log of its own environment.
    const environmentId = named !== undefined && agent.created.has(named) ? named : agent.environmentId;
    const note = (outcome: string) =>
      audit.note({ environmentId, actor: { kind: 'agent', id: agent.id, name: agent.name }, action: `http:${c.req.method} ${path}`, outcome, durationMs: performance.now() - begin });
    try {
      callLimit.take(agent.id);
    } catch (error) {
      note(outcomeOf(error));
      throw error;
    }
    await next();
    note(c.error === undefined ? (c.res.status < 400 ? 'ok' : String(c.res.status)) : outcomeOf(c.error));
  };
}

/** What the log says of an error: its code; what is not of the table is internal. */
export const outcomeOf = (error: unknown): string => (error instanceof TerrariumError ? error.code : 'E-TERRARIUM-3000');
