import type * as z from 'zod';
import type { Verb } from '../verbs.ts';

/** One tool, described once: REST (`POST /api/environments/{id}/tools/{name}`) and MCP (`/mcp`) are both made from it. */
export interface ToolDescription<I extends z.ZodObject, O extends z.ZodObject> {
  title: string;
  /** For whoever chooses among tools: what it does, and what it needs. */
  description: string;
  /** What a caller must have. */
  verb: Verb;
  input: I;
  output: O;
  /** It changes nothing. */
  readOnly: boolean;
  /** It may destroy what was there; undo and history bring back files. */
  destructive: boolean;
  /** Calling it again with the same input changes nothing more. */
  idempotent: boolean;
}

type Hint = 'reads' | 'writes' | 'destroys';

/** `reads` is read-only and idempotent, `writes` adds, `destroys` may replace or remove. */
export function tool<I extends z.ZodObject, O extends z.ZodObject>(hint: Hint, description: Pick<ToolDescription<I, O>, 'title' | 'description' | 'verb' | 'input' | 'output'> & { idempotent?: boolean }): ToolDescription<I, O> {
  return { idempotent: hint === 'reads', ...description, readOnly: hint === 'reads', destructive: hint === 'destroys' };
}
