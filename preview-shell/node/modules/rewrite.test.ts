import { expect, test } from 'vitest';
import { applyEdits } from '../../../shared/module-code/awaits/edits.ts';
import { lexModule } from '../../../shared/module-code/lex.ts';
import { dynamicImportEdits, moduleEdits } from './rewrite.ts';
import { originalUrl, restoreUrls, servedUrl } from './served-url.ts';

const targets = { importUrl: (index: number) => `/m/${index}`, meta: 'META', dynamicImport: 'IMPORT' };
const rewrite = (source: string) => applyEdits(source, moduleEdits(source, lexModule(source, 'file:///a.mjs'), targets));

test('static specifiers are replaced, one request for each specifier', () => {
  expect(rewrite('import a from "x"; export * from "y"; import { b } from "x";')).toBe('import a from "/m/0"; export * from "/m/1"; import { b } from "/m/0";');
});

test('attributes are asked for and taken out of the text, with the lines kept', () => {
  const source = 'import d from "./d.json" with {\n type: "json" };\nd;';
  expect(lexModule(source, 'u').requests[0]?.attributes).toEqual({ type: 'json' });
  expect(rewrite(source).split('\n')).toHaveLength(3);
  expect(rewrite(source)).not.toContain('with');
});

test('import.meta and dynamic import go to the host', () => {
  expect(rewrite('import.meta.url; await import("q", { with: {} })')).toBe('META.url; await IMPORT("q", { with: {} })');
});

test('a script keeps strings and comments that look like imports', () => {
  const source = 'const s = "import(1)"; // import(2)\nimport(s)';
  expect(applyEdits(source, dynamicImportEdits(source, 'I'))).toBe('const s = "import(1)"; // import(2)\nI(s)');
});

test('served URLs turn back, also inside stack traces', () => {
  const url = 'file:///home/a%20b/x.js?v=1#h';
  const served = servedUrl('http://abc.preview.localhost:4000', 't1', 7, url);
  expect(originalUrl(served)).toBe(url);
  expect(originalUrl(servedUrl('', 't1', 8, 'node:fs'))).toBe('node:fs');
  expect(restoreUrls(`at f (${servedUrl('http://abc.preview.localhost:4000', 't', 1, 'file:///a/b.js')}:3:4)`)).toBe('at f (file:///a/b.js:3:4)');
});
