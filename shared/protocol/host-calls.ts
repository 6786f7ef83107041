/** Questions to the page that runs an environment (`call` of host-link.ts): name, what is asked, what is answered. Both sides parse with these. */
import * as z from 'zod';

const problem = z.object({
  path: z.string(), severity: z.enum(['error', 'warning', 'info']), message: z.string(), source: z.string(), line: z.number().int(), column: z.number().int(),
});

export const CALLS = {
  /** What the page's language services and builds have found wrong; lines and columns from 1. */
  problems: { input: z.object({}), answer: z.object({ problems: z.array(problem) }) },
  /** How far the environment has started, phase by phase (`PHASES` of app/boot/machine.ts). */
  'runtime.state': {
    input: z.object({}),
    answer: z.object({ overall: z.enum(['idle', 'running', 'ready', 'failed']), phases: z.array(z.object({ phase: z.string(), status: z.string(), error: z.string().optional() })), startCommand: z.string().optional() }),
  },
  /**
   * Answered when the container's disk has what this snapshot of the document has (Yjs, base64): whoever has just changed a file and now runs a
   * program means the changed file. `false` when that took longer than `limitMs`.
   */
  'files.settled': { input: z.object({ snapshot: z.string().max(16 * 1024 * 1024), limitMs: z.number().int().min(0).max(60_000) }), answer: z.object({ settled: z.boolean() }) },
} as const satisfies Record<string, { input: z.ZodType; answer: z.ZodType }>;

export type CallName = keyof typeof CALLS;
export type CallInput<N extends CallName> = z.infer<(typeof CALLS)[N]['input']>;
export type CallAnswer<N extends CallName> = z.infer<(typeof CALLS)[N]['answer']>;

export const isCall = (name: string): name is CallName => Object.hasOwn(CALLS, name);
