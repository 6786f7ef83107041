import { parse } from 'acorn';
import { expect, test } from 'vitest';
import { applyEdits } from '../../../shared/module-code/awaits/edits.ts';
import { contextScript } from './context-script.ts';
import { evaluateInContext } from './script-context.ts';

function run(text: string, context: object): unknown {
  const script = contextScript(text, (source) => parse(source, { ecmaVersion: 'latest' }));
  return evaluateInContext(applyEdits(text, script.edits), context, script);
}

test('a script sees the context first, then the language', () => {
  expect(run('x + Math.max(1, 2)', { x: 40 })).toBe(42);
  expect(run('[typeof process, typeof console, typeof x, typeof nowhere].join()', { x: 1 })).toBe('undefined,object,number,undefined');
});

test('assignments, var and functions land on the context', () => {
  const context: Record<string, unknown> = { n: 1 };
  run('"use strict"; n = n + 1;', context);
  run('made = 1; var v, w = 2; for (var i = 0; i < 3; i++); function f() { return made + later; }', context);
  expect(context).toMatchObject({ n: 2, made: 1, v: undefined, w: 2, i: 3 });
  context['later'] = 5;
  expect((context['f'] as () => number)()).toBe(6);
  expect('made' in globalThis).toBe(false);
});

test('let, const and class are of all scripts of a context, and no properties of it', () => {
  const context = {};
  run('let a = 1; const [b] = [2]; class C {}', context);
  expect(run('a++; a + b + typeof C', context)).toBe('4function');
  expect(Object.keys(context)).toEqual([]);
  expect(() => run('b = 1', context)).toThrow(TypeError);
  expect(() => run('let a', context)).toThrow(new SyntaxError("Identifier 'a' has already been declared"));
});

test('a name that is nowhere is a ReferenceError, also to strict assignments', () => {
  expect(() => run('nowhere', {})).toThrow(new ReferenceError('nowhere is not defined'));
  expect(() => run('"use strict"; nowhere = 1', {})).toThrow(ReferenceError);
});

test('the global object of a script is its context', () => {
  const context = {};
  expect(run('this === globalThis', context)).toBe(true);
  run('this.x = 1; globalThis.y = 2', context);
  expect(context).toEqual({ x: 1, y: 2 });
  expect(run('this.RegExp === RegExp && "Map" in globalThis && !("process" in this)', context)).toBe(true);
});
