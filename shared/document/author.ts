/** Who changes an environment's document. */
import * as z from 'zod';

export const authorSchema = z.object({
  kind: z.enum(['person', 'agent', 'server']),
  /** Of a person: `owner`, or the id of the membership; of an agent: the id of its token's row. */
  id: z.string().min(1).max(64),
  /** For display only: people choose their own. */
  name: z.string().min(1).max(60),
});
export type Author = z.infer<typeof authorSchema>;

/** What no person and no agent has asked for. */
export const SERVER_AUTHOR: Author = { kind: 'server', id: 'server', name: 'Terrarium' };

/** Same person, agent or server, whatever its name is at the moment. */
export const authorKey = ({ kind, id }: Author): string => `${kind}:${id}`;
