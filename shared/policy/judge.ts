/** Judges one direct dependency by the policy. Rules: SPEC.md. */
import { distance } from 'fastest-levenshtein';
import { categoriesOf, type Policy } from './schema.ts';

export type PolicyMode = 'allowlist' | 'open';

export type Verdict =
  | { allowed: true }
  | { allowed: false; code: 'E-TERRARIUM-1120'; reason: string; instead: string; nearest: string[] }
  | { allowed: false; code: 'E-TERRARIUM-1121'; reason: string; instead: ''; nearest: string[] };

const NEAREST = 3;

export interface Judge {
  judge(name: string, profile: string, mode: PolicyMode): Verdict;
}

/** `name` is the real name of a package, never an alias. An unknown profile is a mistake of the caller and throws. */
export function createJudge(policy: Policy): Judge {
  const patterns = new Map(Object.keys(policy.profiles).map((name) => [name, patternsOf(policy, name)]));
  return {
    judge(name, profile, mode) {
      const allowed = patterns.get(profile);
      if (allowed === undefined) throw new RangeError(`There is no policy profile "${profile}".`);
      const blocked = policy.blocked.find((entry) => (entry.in === undefined || entry.in.includes(profile)) && matches(new Set(entry.match), name));
      if (blocked !== undefined) return { allowed: false, code: 'E-TERRARIUM-1120', reason: blocked.reason, instead: blocked.instead, nearest: [] };
      if (mode === 'open' || matches(allowed, name)) return { allowed: true };
      return { allowed: false, code: 'E-TERRARIUM-1121', reason: 'it is in no list of the policy', instead: '', nearest: nearestOf(allowed, name) };
    },
  };
}

/** All names and `@scope/*` patterns of a profile and of those that it extends. */
export function patternsOf(policy: Policy, profile: string, seen: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  const own = policy.profiles[profile];
  if (own === undefined || seen.has(profile)) return new Set();
  const inherited = (own['extends'] ?? []).flatMap((base) => [...patternsOf(policy, base, new Set([...seen, profile]))]);
  return new Set([...inherited, ...categoriesOf(own).flatMap(([, names]) => names)]);
}

function matches(patterns: ReadonlySet<string>, name: string): boolean {
  if (patterns.has(name)) return true;
  const [scope, rest, ...more] = name.split('/');
  return more.length === 0 && rest !== undefined && rest !== '' && name.startsWith('@') && patterns.has(`${scope}/*`);
}

function nearestOf(allowed: ReadonlySet<string>, name: string): string[] {
  const bare = (text: string) => text.replace(/^@[^/]+\//, '');
  const score = (candidate: string) => Math.min(distance(candidate, name), 1 + distance(bare(candidate), bare(name)));
  return [...allowed]
    .filter((candidate) => !candidate.endsWith('/*'))
    .map((candidate) => ({ candidate, score: score(candidate) }))
    .sort((a, b) => a.score - b.score || a.candidate.localeCompare(b.candidate))
    .slice(0, NEAREST)
    .map(({ candidate }) => candidate);
}
