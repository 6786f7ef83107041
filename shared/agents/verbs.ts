/** What an agent's token may be granted, each verb a kind of act; roles of people have verbs too, so that one rule judges every call. */
import * as z from 'zod';

export const VERBS = [
  'environments.read', 'environments.create', 'files.read', 'files.write', 'history.read', 'history.restore', 'commands.run', 'packages.install', 'tests.run', 'preview.read', 'preview.use', 'shares.manage',
] as const;
export const verbSchema = z.enum(VERBS);
export type Verb = z.infer<typeof verbSchema>;

/** What the page offers first: everything inside the one environment, nothing that reaches beyond it. */
export const DEFAULT_VERBS: readonly Verb[] = VERBS.filter((verb) => verb !== 'environments.create' && verb !== 'shares.manage');

const READING: readonly Verb[] = ['environments.read', 'files.read', 'history.read', 'preview.read'];
const BY_ROLE = {
  owner: VERBS,
  editor: VERBS.filter((verb) => verb !== 'environments.create' && verb !== 'shares.manage'),
  viewer: READING,
} as const satisfies Record<string, readonly Verb[]>;

export const verbsOfRole = (role: keyof typeof BY_ROLE): readonly Verb[] => BY_ROLE[role];
