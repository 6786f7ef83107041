/** What one transaction of an agent did to one file, in a form that outlives the room and Yjs's garbage collection (SPEC.md, U1-U5). */
import * as z from 'zod';

const clock = z.number().int().nonnegative();

/** Characters by their Yjs ids: `length` UTF-16 units of `client` from `clock` on. */
const range = z.tuple([clock, clock, clock]);
export type IdRange = z.infer<typeof range>;

/** A piece of a text, live with its characters, or a tombstone. */
const segment = z.object({ id: range, text: z.string().optional() });
export type Segment = z.infer<typeof segment>;

const binary = z.object({ blob: z.string(), size: z.number() });

export const changeSchema = z.object({
  /** The file is the agent's. */
  created: z.boolean().optional(),
  /** Ids that the transaction made; ids of other files among them do no harm. */
  inserted: z.array(range).optional(),
  /** Characters that it deleted, whoever had written them. */
  deleted: z.array(z.object({ id: range, text: z.string() })).optional(),
  moved: z.object({ from: z.string(), to: z.string() }).optional(),
  bytes: z.object({ before: binary, after: binary }).optional(),
  /** The file as it was when it was deleted. */
  removed: z.object({ path: z.string(), mode: z.number().optional(), segments: z.array(segment).optional(), binary: binary.optional() }).optional(),
});
export type FileChange = z.infer<typeof changeSchema>;
