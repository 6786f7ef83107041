/** Shapes of the routes by which people decide about agents' work (server/agents/review-routes.ts). */
import * as z from 'zod';
import { authorSchema } from '../document/author.ts';

export const sessionSchema = z.object({
  id: z.string(),
  agentId: z.string(),
  agentName: z.string(),
  startedAt: z.string(),
  lastAt: z.string(),
  /** With changes that can be taken back. */
  files: z.array(z.object({ id: z.string(), path: z.string(), changes: z.number().int() })),
});
export type AgentSession = z.infer<typeof sessionSchema>;
export const sessionListSchema = z.object({ sessions: z.array(sessionSchema) });
export const undoneSchema = z.object({ files: z.array(z.object({ path: z.string(), result: z.enum(['undone', 'partly', 'nothing left']) })) });

export const newLockSchema = z.strictObject({ path: z.string().min(1).max(1024), reason: z.string().trim().min(1).max(200) });
export const lockSchema = z.object({ fileId: z.string(), path: z.string().nullable(), holder: authorSchema, reason: z.string(), expiresAt: z.string().nullable() });
export const lockListSchema = z.object({ locks: z.array(lockSchema) });
export type FileLock = z.infer<typeof lockSchema>;

/** Lines of a change: `' '` as they are, `'-'` gone, `'+'` new. */
export const hunkSchema = z.object({ id: z.string(), from: z.number().int(), to: z.number().int(), lines: z.array(z.object({ kind: z.enum([' ', '-', '+']), text: z.string() })) });
export type Hunk = z.infer<typeof hunkSchema>;

export const proposalSchema = z.object({
  id: z.string(),
  agent: z.object({ id: z.string(), name: z.string(), colour: z.number().int() }),
  kind: z.enum(['edit', 'create', 'move', 'delete']),
  path: z.string(),
  toPath: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** Of texts; a move or a deletion is decided as a whole. */
  hunks: z.array(hunkSchema),
  /** Lines that somebody has changed since cannot be accepted any more. */
  fits: z.boolean(),
});
export type AgentProposal = z.infer<typeof proposalSchema>;
export const proposalListSchema = z.object({ proposals: z.array(proposalSchema) });

/** Without `hunks` the whole proposal. Ids are of the content: hunks that the agent has changed meanwhile are not decided by mistake (1344). */
export const decisionSchema = z.strictObject({ accept: z.boolean(), hunks: z.array(z.string().max(64)).min(1).max(1000).optional() });
export type Decision = z.infer<typeof decisionSchema>;
