import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import data from './package-policy.json' with { type: 'json' };
import { createJudge, isPackageName, overrideSpecifiers, parseSpecifier, parseTyped, patternsOf, policySchema } from './index.ts';

const policy = policySchema.parse(data);
const { judge } = createJudge(policy);
const part = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const blockedEverywhere = policy.blocked.filter((entry) => entry.in === undefined).flatMap(({ match }) => match);

describe('package policy', () => {
  test('[PP2] a blocked name is refused in every profile and mode, with the alternative', () => {
    fc.assert(
      fc.property(fc.constantFrom(...blockedEverywhere), fc.constantFrom('artifact', 'environment'), fc.constantFrom('open' as const, 'allowlist' as const), (name, profile, mode) => {
        expect(judge(name, profile, mode)).toMatchObject({ allowed: false, code: 'E-TERRARIUM-1120' });
      }),
    );
    expect(judge('moment', 'environment', 'open')).toMatchObject({ instead: 'date-fns or dayjs' });
  });

  test('[PP2] what is blocked in artifacts alone may be in an environment that lists it', () => {
    expect(judge('express', 'artifact', 'allowlist').allowed).toBe(false);
    expect(judge('express', 'environment', 'allowlist').allowed).toBe(true);
  });

  test('[PP3] a scope pattern matches one name of that scope and nothing else', () => {
    fc.assert(
      fc.property(part, part, (name, other) => {
        expect(judge(`@vitejs/${name}`, 'environment', 'allowlist').allowed).toBe(true);
        expect(judge(`@vitejs/${name}/${other}`, 'environment', 'allowlist').allowed).toBe(false);
        expect(judge(`vitejs/${name}`, 'environment', 'allowlist').allowed).toBe(false);
        expect(judge(`@vitejs-${other}/${name}`, 'environment', 'allowlist').allowed).toBe(false);
      }),
    );
    expect(policySchema.safeParse({ ...data, blocked: [{ match: ['evil-*'], reason: '', instead: '' }] }).success).toBe(false);
  });

  test('[PP4] an unlisted name is refused with the nearest ones, and allowed in open mode', () => {
    expect(judge('zustnad', 'environment', 'allowlist')).toMatchObject({ allowed: false, code: 'E-TERRARIUM-1121', nearest: expect.arrayContaining(['zustand']) });
    expect(judge('zustnad', 'environment', 'open')).toEqual({ allowed: true });
  });

  test('[PP4] every name of a list is allowed unless it is blocked there', () => {
    const blocked = new Set(policy.blocked.filter((entry) => entry.in?.includes('environment') ?? true).flatMap(({ match }) => match));
    for (const name of patternsOf(policy, 'environment')) if (!name.endsWith('*') && !blocked.has(name)) expect(judge(name, 'environment', 'allowlist')).toEqual({ allowed: true });
  });

  test('[PP5] aliases are seen through, in dependencies, as typed, and in overrides', () => {
    fc.assert(
      fc.property(part, part, (alias, real) => {
        expect(parseSpecifier(alias, `npm:${real}@^1`)).toEqual({ kind: 'registry', name: real, range: '^1' });
        expect(parseTyped(`${alias}@npm:@s/${real}`)).toEqual({ kind: 'registry', name: `@s/${real}`, range: '*' });
        expect(overrideSpecifiers({ [alias]: { '.': `npm:${real}@2` } })).toEqual([{ kind: 'registry', name: real, range: '2' }]);
      }),
    );
  });

  test.each(['git+https://host/a.git', 'github:a/b', 'a/b', 'https://host/x.tgz', 'http://127.0.0.1/x.tgz', 'git@host:a/b.git'])('[PP6] %s is remote', (spec) => {
    expect(parseSpecifier('x', spec).kind).toBe('remote');
    expect(parseTyped(spec).kind).toBe('remote');
  });

  test.each(['file:../x', './x', '../x', '/x', 'link:x', 'workspace:*'])('[PP6] %s is local', (spec) => {
    expect(parseSpecifier('x', spec).kind).toBe('local');
  });

  test.each(['..', 'a/../b', '@a/..', '.hidden', 'a b', 'a\0', '@/x', 'x'.repeat(215)])('%j is no package name', (name) => {
    expect(isPackageName(name)).toBe(false);
  });
});
