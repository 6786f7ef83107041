/** The package policy: which names a project may list as direct dependencies. Its first content is package-policy.json. */
import * as z from 'zod';

const names = z.array(z.string().min(1));

/** A profile is a set of categories; `extends` names profiles whose categories it takes in. */
const profileSchema = z.record(z.string(), names);

const blockedSchema = z.object({
  match: names,
  reason: z.string(),
  instead: z.string(),
  in: z.array(z.string()).optional().describe('profiles that it holds for; all when left out'),
});

export const policySchema = z
  .object({
    $comment: z.string().optional(),
    profiles: z.record(z.string(), profileSchema),
    blocked: z.array(blockedSchema),
    builtins: z.record(z.string(), z.object({ allowed: names, reason: z.string() })).default({}),
    source: z.record(z.string(), z.object({ refuse: names })).default({}),
    limits: z.object({
      artifactGzipBytes: z.number().int().positive(),
      appBundleBytes: z.number().int().positive(),
      packageUnpackedBytes: z.number().int().positive(),
      filesPerPackage: z.number().int().positive(),
    }),
    wasm: z.record(z.string(), z.string()).describe('native package -> its WebAssembly build; "cpu" is the platform chosen, "$comment" is prose'),
  })
  .superRefine((policy, context) => {
    const all = [...Object.values(policy.profiles).flatMap((profile) => categoriesOf(profile).flatMap(([, list]) => list)), ...policy.blocked.flatMap(({ match }) => match)];
    for (const name of all) {
      if (name.includes('*') && !/^@[^/*]+\/\*$/.test(name)) context.addIssue({ code: 'custom', message: `"${name}": a * stands only after a scope, as in @scope/*` });
    }
    for (const [name, profile] of Object.entries(policy.profiles)) {
      for (const base of profile['extends'] ?? []) if (policy.profiles[base] === undefined) context.addIssue({ code: 'custom', message: `profile "${name}" extends "${base}", which does not exist` });
    }
  });

export type Policy = z.infer<typeof policySchema>;

export const categoriesOf = (profile: Record<string, string[]>): [string, string[]][] => Object.entries(profile).filter(([category]) => category !== 'extends');

/** Native package -> WebAssembly build. */
export function wasmTwins(policy: Policy): ReadonlyMap<string, string> {
  return new Map(Object.entries(policy.wasm).filter(([name]) => name !== 'cpu' && name !== '$comment'));
}
