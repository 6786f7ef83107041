import { expect, test } from 'vitest';
import { stripTypes } from '../../../shared/module-code/strip-types.ts';
import { strip as stripWith } from './type-stripping.ts';

const strip = (source: string): string => stripWith(stripTypes, source, { mode: 'strip-only', filename: 'a.ts' });

test('types go, lines and imports of values stay', () => {
  const source = "import { type A, b } from './x.ts';\nimport type { C } from './c.ts';\ninterface I {\n  n: number;\n}\nexport const v: I = { n: 1 } satisfies I as I;\nfunction f<T>(this: void, x?: T): T { return x!; }";
  const code = strip(source);
  expect(code.split('\n')).toHaveLength(source.split('\n').length);
  expect(code).toMatch(/import \{ *b *\} from '\.\/x\.ts'/);
  expect(code).toMatch(/export const v *= \{ n: 1 \}/);
  expect(code).not.toMatch(/interface|satisfies|: I|<T>|c\.ts/);
});

test('what is no TypeScript is refused as amaro refuses it', () => {
  expect(() => strip('let a = 1;\nconst x: = 1;')).toThrow(expect.objectContaining({ code: 'InvalidSyntax', filename: 'a.ts', startLine: 2, snippet: 'const x: = 1;' }));
});
