export { createJudge, patternsOf, type Judge, type PolicyMode, type Verdict } from './judge.ts';
export { categoriesOf, policySchema, wasmTwins, type Policy } from './schema.ts';
export { isPackageName, overrideSpecifiers, parseSpecifier, parseTyped, type Specifier } from './specifier.ts';
