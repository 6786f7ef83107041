import { expect, test } from 'vitest';
import { projectOptions, ROOT_CONFIG, type ConfigReader } from './project-options.ts';

const { typescript: reader } = (await import('monaco-editor/languages/features/typescript/lib/typescriptServices.js' as string)) as { typescript: ConfigReader };
const defaults = { strict: true, jsx: 4, lib: ['esnext', 'dom'], baseUrl: 'file:///home/project', noEmit: true };
const PROJECT = 'file:///home/project';
const optionsOf = (files: Record<string, string>) => projectOptions(reader, defaults, (url) => files[url.slice(PROJECT.length + 1)]);

test('without a configuration, or with one that is no JSON at all, the defaults hold', () => {
  expect(optionsOf({})).toBe(defaults);
  expect(optionsOf({ 'tsconfig.json': '// nothing' })).toMatchObject({ strict: true, lib: ['esnext', 'dom'] });
});

test("the project's options win over the defaults, comments and all", () => {
  const options = optionsOf({ 'tsconfig.json': '{ /* ours */ "compilerOptions": { "strict": false, "target": "ES2020", "lib": ["ES2020"], "types": ["vite/client"], "noUnusedLocals": true, }, }' });
  expect(options).toMatchObject({ strict: false, target: 7, lib: ['lib.es2020.d.ts'], types: ['vite/client'], noUnusedLocals: true, jsx: 4 });
});

test('paths are relative to the configuration, and a target without "lib" brings its own', () => {
  const options = optionsOf({ 'tsconfig.json': '{ "compilerOptions": { "target": "ES2022", "paths": { "@/*": ["./src/*"] } } }' });
  expect(options['lib']).toBeUndefined();
  expect(options).toMatchObject({ paths: { '@/*': ['./src/*'] }, pathsBasePath: PROJECT, configFilePath: ROOT_CONFIG });
});

test('what it extends is read, and an editor still writes nothing', () => {
  const options = optionsOf({ 'tsconfig.json': '{ "extends": "./tsconfig.base.json", "compilerOptions": { "noEmit": false, "composite": true } }', 'tsconfig.base.json': '{ "compilerOptions": { "noImplicitReturns": true } }' });
  expect(options).toMatchObject({ noImplicitReturns: true, noEmit: true, composite: false });
});

test('a root that only points at others gives the options of the first', () => {
  const options = optionsOf({ 'tsconfig.json': '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "./tsconfig.node.json" }] }', 'tsconfig.app.json': '{ "compilerOptions": { "noUnusedParameters": true } }', 'tsconfig.node.json': '{ "compilerOptions": { "strict": false } }' });
  expect(options).toMatchObject({ noUnusedParameters: true, strict: true });
});

test.each(['null', '[]', '7', '{ "compilerOptions": 7 }', '{ "references": {} , "files": [] }', '{ "files": [], "references": [null, {}, { "path": 7 }] }', '{ "extends": "./tsconfig.json" }', '{ "extends": 7 }', '{ "extends": [null, {}, "../../etc/passwd"] }', '{ "compilerOptions": { "paths": 7, "lib": [null], "types": 7, "target": {} } }', '{ "files": 7, "include": [null], "exclude": {} }'])('rubbish (%s) gives defaults, and throws nothing', (text) => {
  expect(optionsOf({ 'tsconfig.json': text })).toMatchObject({ strict: true, noEmit: true });
});

test('a configuration that is nested beyond what the compiler can read gives defaults', () => {
  expect(optionsOf({ 'tsconfig.json': '{"compilerOptions":'.repeat(2000) })).toMatchObject({ strict: true, noEmit: true });
});
