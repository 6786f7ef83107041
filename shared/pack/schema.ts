/** Shapes of a pack's header and of where packs are mounted. Apart from format.ts: threads read packs and need no parser of messages. */
import * as z from 'zod';

export const packFileSchema = z.object({
  p: z.string().describe('path inside the package, "/"-separated, no leading "/"'),
  o: z.number().int().nonnegative(),
  s: z.number().int().nonnegative(),
  m: z.number().int().optional().describe('POSIX mode bits, 0o644 when left out'),
  k: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]).optional().describe('offset and size of what is known of its code (shared/module-code/facts.ts)'),
});

export const packHeaderSchema = z.object({
  v: z.literal(1),
  name: z.string(),
  version: z.string(),
  integrity: z.string().describe("the registry's SRI string that the tarball was verified against"),
  files: z.array(packFileSchema),
});

export type PackFile = z.infer<typeof packFileSchema>;
export type PackHeader = z.infer<typeof packHeaderSchema>;

/** One package of an installed tree: where it is mounted, and what. */
export const packMountSchema = z.object({
  path: z.string().describe('relative to the project root, e.g. "node_modules/react"'),
  pack: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string(),
  version: z.string(),
  bytes: z.number().int().nonnegative().describe('size of the pack, uncompressed'),
  types: z.string().regex(/^[0-9a-f]{64}$/).optional().describe('a pack of type declarations and package.json alone, for editors'),
  bin: z.record(z.string(), z.string()).optional().describe('command name -> path inside the package'),
});
export type PackMount = z.infer<typeof packMountSchema>;
