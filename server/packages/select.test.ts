import { describe, expect, test } from 'vitest';
import { lookUpPath, parseLockfile } from './lockfile.ts';
import { select } from './select.ts';
import { judgeManifest, parseManifest } from './manifest.ts';
import { createJudge, policySchema } from '../../shared/policy/index.ts';
import data from '../../shared/policy/package-policy.json' with { type: 'json' };

const lock = (packages: Record<string, object>) => parseLockfile(JSON.stringify({ lockfileVersion: 3, packages })) ?? new Map();
const plain = { omit: new Set<never>(), twins: new Map([['esbuild', 'esbuild-wasm']]) };

describe('selection', () => {
  test('[PK-R6] native builds stay out, the WebAssembly build and what it needs come in', () => {
    const tree = lock({
      '': {},
      'node_modules/tool': { version: '1.0.0', optionalDependencies: { 'b-linux-x64': '1', 'b-wasm32-wasi': '1' } },
      'node_modules/b-linux-x64': { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'], dependencies: { unused: '1' } },
      'node_modules/b-wasm32-wasi': { version: '1.0.0', optional: true, cpu: ['wasm32'], dependencies: { runtime: '1' } },
      'node_modules/runtime': { version: '1.0.0', optional: true },
      'node_modules/unused': { version: '1.0.0', optional: true },
    });
    const { selected, problems } = select({ dependencies: { tool: '^1.0.0' } }, tree, plain);
    expect(selected.map(({ name }) => name)).toEqual(['b-wasm32-wasi', 'runtime', 'tool']);
    expect(problems).toEqual([]);
  });

  test('[PK-R5] a native package names its twin and brings none of its platform builds', () => {
    const tree = lock({ '': {}, 'node_modules/esbuild': { version: '0.28.2', optionalDependencies: { '@esbuild/linux-x64': '0.28.2' } }, 'node_modules/@esbuild/linux-x64': { version: '0.28.2', optional: true, cpu: ['x64'] } });
    expect(select({ dependencies: { esbuild: '*' } }, tree, plain).selected).toEqual([{ path: 'node_modules/esbuild', name: 'esbuild', version: '0.28.2', integrity: undefined, twin: 'esbuild-wasm' }]);
  });

  test('[PK-R5] a WebAssembly build that the lockfile lacks is asked for', () => {
    const tree = lock({ '': {}, 'node_modules/tool': { version: '1.0.0', optionalDependencies: { 'b-wasm32-wasi': '1.0.0' } } });
    expect(select({ dependencies: { tool: '1' } }, tree, plain).missing).toEqual([{ from: 'node_modules/tool', name: 'b-wasm32-wasi', range: '1.0.0' }]);
  });

  test('[PK-R3] a lockfile that does not satisfy package.json says why', () => {
    const tree = lock({ '': {}, 'node_modules/a': { version: '1.0.0', dependencies: { b: '1' } } });
    expect(select({ dependencies: { a: '^2.0.0' } }, tree, plain).problems).toEqual(expect.arrayContaining(['a@1.0.0 does not satisfy ^2.0.0', 'Missing: b@1 from lock file']));
  });

  test("Node's lookup finds the nearest node_modules, scopes included", () => {
    const tree = lock({ '': {}, 'node_modules/@s/a/node_modules/b': {}, 'node_modules/b': {}, 'node_modules/c': {} });
    expect(lookUpPath(tree, 'node_modules/@s/a', 'b')).toBe('node_modules/@s/a/node_modules/b');
    expect(lookUpPath(tree, 'node_modules/@s/a/node_modules/b', 'c')).toBe('node_modules/c');
    expect(lookUpPath(tree, 'node_modules/c', 'b')).toBe('node_modules/b');
    expect(lookUpPath(tree, 'packages/x', 'c')).toBe('node_modules/c');
    expect(lookUpPath(tree, '', 'nothing')).toBeUndefined();
  });

  test.each(['../x', 'node_modules/../../x', '/etc', 'a\\b'])('a lockfile with the path %j is refused', (path) => {
    expect(() => lock({ [path]: { version: '1.0.0' } })).toThrow('2154');
  });
});

describe('[PK-R1] policy', () => {
  const rules = { judge: createJudge(policySchema.parse(data)), mode: 'allowlist' as const };
  test.each([
    [{ dependencies: { moment: '^2' } }, '1120'],
    [{ devDependencies: { fine: 'npm:moment@2' } }, '1120'],
    [{ dependencies: { react: '^19' }, overrides: { react: { scheduler: 'npm:moment@2' } } }, '1120'],
    [{ dependencies: { 'left-pad': '1' } }, '1121'],
    [{ dependencies: { react: 'git+https://host/react.git' } }, '1122'],
    [{ dependencies: { react: '^19' }, overrides: { scheduler: 'https://host/x.tgz' } }, '1122'],
  ])('%j is refused with %s', (manifest, code) => {
    expect(() => judgeManifest(parseManifest(JSON.stringify(manifest)), [], rules)).toThrow(code);
  });

  test('a plain override of an indirect dependency and a folder of the project are not judged', () => {
    const manifest = { dependencies: { react: '^19', mine: 'file:./mine' }, overrides: { scheduler: '0.27.0' } };
    expect(() => judgeManifest(parseManifest(JSON.stringify(manifest)), ['./other'], rules)).not.toThrow();
  });
});
