/** What the container's npm leaves in node_modules of its last install, for itself and for the editor's types. */
import * as z from 'zod';

export { INSTALL_STATE } from './install-state-path.ts';

const PACKAGES_MAX = 20_000;

export const installStateSchema = z.object({
  omit: z.array(z.string()).default([]),
  packages: z.record(z.string(), z.string()).default({}).describe('path -> name@version as mounted'),
  types: z.record(z.string().max(1024), z.string().regex(/^[0-9a-f]{64}$/)).default({}).describe('path -> pack of declarations (shared/pack/schema.ts)').refine((types) => Object.keys(types).length <= PACKAGES_MAX),
});
export type InstallState = z.infer<typeof installStateSchema>;
