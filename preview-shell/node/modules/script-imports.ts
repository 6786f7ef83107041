import type { ImportFunction } from './compile-script.ts';

/** A script runs in the global scope, so what stands for its `import` has to be found there. */
const GLOBAL_NAME = '__terrarium_import__';

export interface ScriptImports {
  /** Text that stands for `import` in a script. */
  name(importFunction: ImportFunction): string;
}

const known = new WeakMap<object, ScriptImports>();

/** The scripts of one global object. */
export function scriptImports(global: object): ScriptImports {
  const existing = known.get(global);
  if (existing !== undefined) return existing;
  const functions: ImportFunction[] = [];
  Object.defineProperty(global, GLOBAL_NAME, { value: (index: number) => functions[index], configurable: true });
  const made: ScriptImports = { name: (importFunction) => `${GLOBAL_NAME}(${functions.push(importFunction) - 1})` };
  known.set(global, made);
  return made;
}
