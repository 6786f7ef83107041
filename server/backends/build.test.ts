import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleOf } from './bundle.ts';
import type { Bundled } from './bundle.ts';
import type { SourceFile } from './source.ts';
import { migrationsOf } from './source.ts';
import { splitStatements } from './statements.ts';

let modules: string;
let secret: string;
beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'trr-build-'));
  modules = join(root, 'tree');
  secret = join(root, 'secret.js');
  const files: Record<string, string> = {
    [secret]: 'export default "SECRET";',
    [join(modules, 'package.json')]: '{}',
    [join(modules, 'node_modules/good/package.json')]: '{"name":"good","type":"module","exports":{"workerd":"./worker.js","default":"./other.js"}}',
    [join(modules, 'node_modules/good/worker.js')]: 'export const where = "worker";\n//# sourceMappingURL=../../../secret.js',
    [join(modules, 'node_modules/bad/package.json')]: '{"name":"bad","main":"index.js"}',
    [join(modules, 'node_modules/bad/index.js')]: 'module.exports = require("../../../secret.js");',
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
});
afterAll(() => rm(dirname(modules), { recursive: true, force: true }));

const ENTRY = 'backend/index.ts';
function build(files: Record<string, string | Uint8Array>): Promise<Bundled> {
  const source = new Map(Object.entries(files).map(([path, content]): [string, SourceFile] => [path, typeof content === 'string' ? { kind: 'text', text: content } : { kind: 'blob', sha256: path }]));
  return bundleOf({
    entry: ENTRY, source, modules, manifest: 'package.json',
    readBlob: (path) => Promise.resolve(files[path] as Uint8Array),
    refusal: (name) => (name === 'evil' ? 'E-TERRARIUM-1120: it is evil' : undefined),
  }, AbortSignal.timeout(20_000));
}
const codeOf = ({ bundle }: Bundled): string => String(bundle.modules[0]?.content);
const FETCH = 'export default { fetch: () => new Response("x") };\n';

describe('bundles', () => {
  test('[BP1] files of the document, TypeScript with and without its extension, a package by the runtime’s condition', async () => {
    const bundled = await build({
      [ENTRY]: `import { a } from './a'; import { b } from './b.js'; import shared from '../shared'; import sql from './q.sql'; import { where } from 'good';\nconsole.log(a, b, shared, sql, where);\n${FETCH}`,
      'backend/a.ts': 'export const a: number = 11111;', 'backend/b.ts': 'export const b = 22222;', 'shared/index.ts': 'export default 33333;', 'backend/q.sql': 'SELECT 44444',
    });
    for (const text of ['11111', '22222', '33333', '44444', '"worker"']) expect(codeOf(bundled)).toContain(text);
    expect(bundled.inputs.sort()).toEqual(['backend/a.ts', 'backend/b.ts', ENTRY, 'backend/q.sql', 'shared/index.ts']);
    const map = JSON.parse(bundled.bundle.sourceMap ?? '{}') as { sources: string[] };
    expect(map.sources).toContain(ENTRY);
    expect(map.sources.every((name) => /^(?:backend|shared|node_modules)\//.test(name))).toBe(true);
  });

  test.each(['/etc/hostname', '../../etc/hostname', '../../../../../../etc/passwd', 'bad', 'file:///etc/hostname'])('[BP1] nothing of the disk by import %s', async (specifier) => {
    await expect(build({ [ENTRY]: `import x from ${JSON.stringify(specifier)}; console.log(x);\n${FETCH}` })).rejects.toMatchObject({ code: expect.stringMatching(/E-TERRARIUM-121[57]/) as string });
  });

  test('[BP1] nothing of the disk by a package’s comment', async () => {
    const bundled = await build({ [ENTRY]: `import { where } from 'good'; console.log(where);\n${FETCH}` });
    expect(JSON.stringify(bundled)).not.toContain('SECRET');
  });

  test('[BP2] the digest is that of the modules', async () => {
    const [one, same, other] = await Promise.all([build({ [ENTRY]: FETCH }), build({ [ENTRY]: `${FETCH}// a remark` }), build({ [ENTRY]: FETCH.replace('"x"', '"y"') })]);
    expect(one.bundle.digest).toBe(same.bundle.digest);
    expect(one.bundle.digest).not.toBe(other.bundle.digest);
  });

  test('[BP2] WebAssembly is a module of its own, modules of the runtime stay imports', async () => {
    const bytes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
    const { bundle } = await build({ [ENTRY]: `import m from './m.wasm'; import { Buffer } from 'buffer'; console.log(m, Buffer);\n${FETCH}`, 'backend/m.wasm': bytes });
    expect(bundle.modules[1]).toMatchObject({ kind: 'wasm', content: bytes });
    expect(String(bundle.modules[0]?.content)).toContain(`./${bundle.modules[1]?.name}`);
    expect(String(bundle.modules[0]?.content)).toContain('"node:buffer"');
  });
});

describe('what cannot be built', () => {
  test.each([
    ['syntax', 'const a = 1;\nconst = 2;', { code: 'E-TERRARIUM-1215', context: { file: ENTRY, line: 2 } }],
    ['no default export', 'export const a = 1;', { code: 'E-TERRARIUM-1216', context: { file: ENTRY } }],
    ['a file that is not there', `\n\nimport './gone.ts';\n${FETCH}`, { code: 'E-TERRARIUM-1217', context: { file: ENTRY, line: 3, specifier: './gone.ts' } }],
    ['a package that is not there', `import x from 'gone';\nconsole.log(x);\n${FETCH}`, { code: 'E-TERRARIUM-1217', context: { file: ENTRY, line: 1, specifier: 'gone' } }],
    ['an export that is not there', `import { a } from './a.ts';\nconsole.log(a);\n${FETCH}`, { code: 'E-TERRARIUM-1215', context: { file: ENTRY, line: 1 } }],
    ['a refused package', `\nimport 'evil/deep';\n${FETCH}`, { code: 'E-TERRARIUM-1218', context: { file: ENTRY, line: 2 } }],
    ['the runtime’s own modules', `import x from 'cloudflare-internal:d1-api';\nconsole.log(x);\n${FETCH}`, { code: 'E-TERRARIUM-1217', context: { file: ENTRY, line: 1 } }],
  ])('[BP4] %s', async (_name, text, expected) => {
    await expect(build({ [ENTRY]: text, 'backend/a.ts': 'export const b = 1;' })).rejects.toMatchObject(expected);
  });
});

describe('migrations', () => {
  test('[BP5] in the order of their names, digits as numbers', () => {
    const source = new Map(['10_c.sql', '2_b.sql', '0001_a.sql', 'notes.md', 'old/1.sql'].map((name): [string, SourceFile] => [`backend/migrations/${name}`, { kind: 'text', text: '' }]));
    expect(migrationsOf(source).map(({ name }) => name)).toEqual(['0001_a.sql', '2_b.sql', '10_c.sql']);
  });

  test('[BP6] statements with their lines: strings, comments, triggers, an end without a semicolon', () => {
    const text = "-- first; not a statement\nINSERT INTO a VALUES ('x;y''z');\n/* ; */ CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN\n  UPDATE a SET b = CASE c WHEN 1 THEN 2 END;\n  DELETE FROM a;\nEND;\n\nSELECT \"a;b\"";
    expect(splitStatements(text)).toEqual([
      { sql: "INSERT INTO a VALUES ('x;y''z');", line: 2 },
      { sql: 'CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN\n  UPDATE a SET b = CASE c WHEN 1 THEN 2 END;\n  DELETE FROM a;\nEND;', line: 3 },
      { sql: 'SELECT "a;b"', line: 8 },
    ]);
    expect(splitStatements(' ;; -- nothing\n')).toEqual([]);
  });
});
