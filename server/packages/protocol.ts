/** What the package client and the service say to each other: `POST /resolve`. */
import * as z from 'zod';
import { packMountSchema } from '../../shared/pack/schema.ts';

const MAX_SPECS = 200;

export const resolveRequestSchema = z.strictObject({
  v: z.literal(1),
  packageJson: z.string().describe('text of package.json'),
  lockfile: z.string().optional().describe('text of package-lock.json'),
  add: z.array(z.string().max(500)).max(MAX_SPECS).default([]).describe('as typed: "zustand", "react@18", "alias@npm:real@1"'),
  remove: z.array(z.string().max(214)).max(MAX_SPECS).default([]),
  saveType: z.enum(['prod', 'dev', 'optional', 'peer']).optional(),
  dev: z.boolean().default(false).describe('the same as saveType "dev"'),
  exact: z.boolean().default(false),
  frozen: z.boolean().default(false).describe('npm ci: the lockfile must satisfy package.json'),
  omit: z.array(z.enum(['dev', 'optional', 'peer'])).default([]),
});
export type ResolveRequest = z.infer<typeof resolveRequestSchema>;

export const prebuiltFolderSchema = z.object({
  path: z.string().describe('relative to the project; left alone where it exists'),
  pack: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().nonnegative(),
});
export type PrebuiltFolder = z.infer<typeof prebuiltFolderSchema>;

export const resolveResponseSchema = z.object({
  v: z.literal(1),
  packageJson: z.string(),
  lockfile: z.string(),
  mounts: z.array(packMountSchema),
  links: z.array(z.object({ path: z.string(), target: z.string() })).describe('symbolic links to folders of the project (workspaces, file:)'),
  wasm: z.array(z.object({ wanted: z.string(), mounted: z.string() })),
  prebuilt: z.array(prebuiltFolderSchema).default([]).describe('what tools would make of this tree at their first start'),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
});
export type ResolveResponse = z.infer<typeof resolveResponseSchema>;
