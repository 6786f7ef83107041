import * as acorn from 'acorn';
import { expect, test } from 'vitest';
import type { BindingContext } from '../context.ts';
import { arrowOf, explainMissingExport, explainSyntaxError, syntaxErrorOf } from './syntax-errors.ts';

const privateSymbols = { arrow_message_private_symbol: Symbol('arrow'), decorated_private_symbol: Symbol('decorated') };
const ctx = { hooks: { requireBuiltin: () => acorn }, internalBinding: () => ({ privateSymbols }) } as unknown as BindingContext;
const script = (text: string) => ({ text, name: '/a.js', type: 'script', isBody: true }) as const;

test('the line, with carets under what is wrong, and the message that Node gives', () => {
  expect(syntaxErrorOf(ctx, script('let a;\nconst x = ;'))).toEqual({ arrow: '/a.js:2\nconst x = ;\n          ^\n', message: "Unexpected token ';'" });
  expect(syntaxErrorOf(ctx, script('let a; let a;'), "Identifier 'a' has already been declared")).toEqual({ arrow: '/a.js:1\nlet a; let a;\n           ^\n', message: "Identifier 'a' has already been declared" });
});

test('the end of a body is not the end of what is put around it', () => {
  const error = new SyntaxError("Unexpected token ')'");
  explainSyntaxError(ctx, error, script('if (a) {\n'), true);
  expect(error.message).toBe('Unexpected end of input');
  expect(error.stack).toMatch(/^\/a\.js:2\n\n\n\nSyntaxError: Unexpected end of input\n/);
  expect(arrowOf(ctx, error)?.inStack).toBe(true);
});

test('what parses has no place', () => {
  expect(syntaxErrorOf(ctx, script('return 1'))).toBeUndefined();
});

test('an import that is not exported', () => {
  const error = new SyntaxError('m');
  expect(explainMissingExport(ctx, error, { text: "import { a, nope as b } from './x.mjs';", name: 'file:///a.mjs', type: 'module' }, './x.mjs', 'nope')).toBe(true);
  expect(arrowOf(ctx, error)).toEqual({ arrow: "file:///a.mjs:1\nimport { a, nope as b } from './x.mjs';\n            ^^^^", inStack: false });
});
