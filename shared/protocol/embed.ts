/**
 * Messages between a page that embeds an environment and the frame that shows it (server/embeds/SPEC.md, EB30-EB32). The page's end is
 * `embed/`, which reads by hand what is parsed with these schemas here.
 */
import * as z from 'zod';
import { EMBEDDER_SOURCE } from './embed-constants.ts';
import type { EMBED_SOURCE } from './embed-constants.ts';

/** What the frame is to show. */
const showSchema = z.object({
  editor: z.boolean(),
  console: z.boolean(),
  network: z.boolean(),
  /** Id or name of a member to follow. */
  agent: z.string().min(1).max(200).optional(),
});
export type Show = z.infer<typeof showSchema>;

/** Of any version, so that a wrong one can be named. */
export const anyFromPageSchema = z.object({ source: z.literal(EMBEDDER_SOURCE), v: z.number().int(), type: z.string() });

export const fromPageSchema = z.object({ type: z.enum(['connect', 'show']), show: showSchema });
export type FromPage = z.infer<typeof fromPageSchema>;

type Told =
  | { type: 'hello'; role: 'viewer' | 'editor' }
  /** The preview has painted. */
  | { type: 'ready' }
  /** Path, query and hash of the page that the preview shows. */
  | { type: 'route'; url: string; title: string }
  /** `code` is one of docs/errors.md; absent for what has none, such as a program's own failure. */
  | { type: 'error'; code: string | undefined; message: string };
export type FromFrame = Told & { source: typeof EMBED_SOURCE; v: number };
export type FrameMessage = Told;
