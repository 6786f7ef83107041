/** True when `await` may stand at the top level of a module: functions are not looked into, so the answer is exact but for text in templates. Nothing of the text runs. */
export function mayAwaitAtTopLevel(source: string): boolean {
  if (!/\bawait\b/.test(source)) return false;
  try {
    // In a function body that is not async, `await` as an operator is a syntax error exactly when it is at the top level.
    // oxlint-disable-next-line typescript/no-implied-eval -- compiled for its syntax errors alone; a body cannot end its function (ECMA-262, CreateDynamicFunction)
    void new OwnFunction(withoutModuleSyntax(source));
    return false;
  } catch (error) {
    return error instanceof SyntaxError && /await/.test(error.message);
  }
}

function withoutModuleSyntax(source: string): string {
  return source
    .replace(/^\s*(?:import\b(?!\s*[.(])[^;\n]*?(?:from\s*)?(['"])[^'"]*\1[^;\n]*;?|export\s+(?:\*|\{[^}]*\})[^;\n]*;?)/gm, '')
    .replace(/^\s*export\s+(?:default\s+)?/gm, 'void 0;');
}

/** The engine's: in the container, programs get one that looks into the text. */
const OwnFunction = Function;
