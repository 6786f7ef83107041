/** Shapes of the agents' routes (server/agents/routes.ts), for the page and for programs. */
import * as z from 'zod';
import { verbSchema } from './verbs.ts';

/** `edit`: its changes are made at once. `suggest`: they are kept as proposals that a person accepts or rejects (server/agents/SPEC.md, P1-P6). */
export const agentModeSchema = z.enum(['edit', 'suggest']);
export type AgentMode = z.infer<typeof agentModeSchema>;

export const newAgentSchema = z.strictObject({
  name: z.string().trim().min(1).max(60),
  /** Index of a member's colour (app/document/presence.ts). */
  colour: z.number().int().min(0).max(7).default(0),
  verbs: z.array(verbSchema).min(1).max(32),
  mode: agentModeSchema.default('edit'),
  /** The program that it is, for one that does not say so itself (clients of the Model Context Protocol do). */
  client: z.string().trim().min(1).max(80).optional(),
  /** Lifetime in hours; a month at most, unless the configuration says otherwise. */
  hours: z.number().int().min(1).max(24 * 366).default(24 * 7),
});
export type NewAgent = z.input<typeof newAgentSchema>;

export const agentSchema = z.object({
  id: z.string(),
  name: z.string(),
  colour: z.number().int(),
  verbs: z.array(verbSchema),
  mode: agentModeSchema,
  createdAt: z.string(),
  expiresAt: z.string(),
  revokedAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  /** The program that it is, as it says itself. */
  client: z.string().nullable(),
  state: z.enum(['valid', 'expired', 'revoked']),
});
export type AgentInfo = z.infer<typeof agentSchema>;

export const createdAgentSchema = z.object({ agent: agentSchema, token: z.string(), mcpUrl: z.string() });
export const agentListSchema = z.object({ agents: z.array(agentSchema) });

export const auditEntrySchema = z.object({
  id: z.number().int(),
  at: z.string(),
  actor: z.object({ kind: z.enum(['person', 'agent', 'server']), id: z.string(), name: z.string() }),
  /** `tool:file_write`, `http:GET /api/…`, `agent.create`, … */
  action: z.string(),
  /** What it was about, such as a path; its values are shortened. */
  detail: z.string(),
  /** `ok`, or the code of the error that it was answered with. */
  outcome: z.string(),
  durationMs: z.number(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
/** Newest first; `next` is the `before` of the following page. */
export const auditPageSchema = z.object({ entries: z.array(auditEntrySchema), next: z.number().int().nullable() });
