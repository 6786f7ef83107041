/** The project's package.json: parsing, and its judgement by the policy. */
import parseJson from 'json-parse-even-better-errors';
import * as z from 'zod';
import { isPackageName, overrideSpecifiers, parseSpecifier, parseTyped } from '../../shared/policy/index.ts';
import type { Judge, PolicyMode, Specifier } from '../../shared/policy/index.ts';
import { Refusal } from './refusal.ts';

const dependencies = z.record(z.string(), z.string()).optional();
const manifestSchema = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  dependencies,
  devDependencies: dependencies,
  optionalDependencies: dependencies,
  peerDependencies: dependencies,
  peerDependenciesMeta: z.record(z.string(), z.looseObject({ optional: z.boolean().optional() })).optional(),
  overrides: z.unknown().optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export const DEPENDENCY_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** @throws {Refusal} 2154 */
export function parseManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (error) {
    throw broken(error instanceof Error ? error.message : 'it is not JSON');
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw broken(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).slice(0, 3).join('; '));
  return parsed.data;
}

const broken = (problem: string) => new Refusal('E-TERRARIUM-2154', { file: 'package.json', problem }, { code: 'EJSONPARSE' });

/** Every direct dependency by its real name, with what is typed and what overrides name. Refuses the first that is not allowed. @throws {Refusal} 1120-1123 */
export function judgeManifest(manifest: Manifest, add: string[], { judge, mode }: { judge: Judge; mode: PolicyMode }): Specifier[] {
  const direct = DEPENDENCY_FIELDS.flatMap((field) => Object.entries(manifest[field] ?? {}).map(([name, spec]) => parseSpecifier(name, spec)));
  const aliased = overrideSpecifiers(manifest['overrides']).filter((one) => one.kind !== 'registry');
  const renamed = overrideTargets(manifest['overrides']);
  const all = [...add.map(parseTyped), ...direct, ...aliased, ...renamed];
  for (const specifier of all) judgeOne(specifier, judge, mode);
  return all;
}

/** Overrides that put another package in a name's place; a plain version of an indirect dependency is not judged. */
function overrideTargets(overrides: unknown): Specifier[] {
  if (typeof overrides === 'string') return /^npm:/i.test(overrides) ? [parseSpecifier('', overrides)] : [];
  return typeof overrides === 'object' && overrides !== null ? Object.values(overrides).flatMap(overrideTargets) : [];
}

function judgeOne(specifier: Specifier, { judge }: Judge, mode: PolicyMode): void {
  if (specifier.kind === 'local') return;
  if (specifier.kind === 'remote') throw new Refusal('E-TERRARIUM-1122', { spec: specifier.spec });
  if (!isPackageName(specifier.name)) throw new Refusal('E-TERRARIUM-1123', { package: specifier.name }, { code: 'EINVALIDPACKAGENAME' });
  const verdict = judge(specifier.name, 'environment', mode);
  if (verdict.allowed) return;
  const { code, reason, instead, nearest } = verdict;
  throw new Refusal(code, code === 'E-TERRARIUM-1120' ? { package: specifier.name, reason, instead } : { package: specifier.name, nearest: nearest.join(', ') });
}
