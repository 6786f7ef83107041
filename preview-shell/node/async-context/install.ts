import { applyEdits, withoutEdits } from '../../../shared/module-code/awaits/edits.ts';
import type { PlannedText } from '../../../shared/module-code/awaits/plan.ts';
import { carryContext, editsOf } from '../modules/await-text.ts';
import { noteText } from '../modules/positions.ts';
import { carryThroughPromises } from './promises.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';

type AnyFunction = (...args: unknown[]) => unknown;

/** Makes contexts survive what is asynchronous in this thread. Before anything of Node's library runs, which keeps what it finds. */
export function installAsyncContext(global: typeof globalThis): void {
  carryContext(true);
  for (const [name, value] of Object.entries(TEXT_FUNCTIONS)) Object.defineProperty(global, name, { value });
  Object.defineProperty(global, 'ªe', { value: (text: unknown) => (typeof text === 'string' ? rewritten(text, 'script') : text) });
  carryThroughPromises(Promise);
  carryThroughConstructors(global);
  hideFromText(Function.prototype);
}

const unknown = (): undefined => undefined;

function rewritten(text: string, kind: PlannedText): string {
  const edits = editsOf(text, kind, unknown);
  const name = edits.length === 0 ? undefined : /\/\/[#@] sourceURL=(\S+)\s*(?:\n\}\))?$/.exec(text)?.[1];
  if (name !== undefined) noteText(name, 0, text, edits);
  return applyEdits(text, edits);
}

/** Functions that are made of text: `Function`, and the constructors that have no name in the global scope (ECMA-262, 20.2.1, 27.3 to 27.7). */
function carryThroughConstructors(global: typeof globalThis): void {
  for (const text of ['(function () {})', '(function* () {})', '(async function () {})', '(async function* () {})']) {
    const prototype = Object.getPrototypeOf((0, eval)(text)) as { constructor: FunctionConstructor };
    const native = prototype.constructor;
    const head = text.slice(1, text.indexOf(' ()'));
    const carried: FunctionConstructor = new Proxy(native, {
      apply: (target, self, args: unknown[]) => Reflect.apply(target as unknown as AnyFunction, self, bodyRewritten(head, args)),
      construct: (target, args: unknown[], newTarget) => Reflect.construct(target, bodyRewritten(head, args), newTarget === carried ? target : newTarget) as object,
    });
    Object.defineProperty(prototype, 'constructor', { value: carried });
    if (native === Function) Object.defineProperty(global, 'Function', { value: carried });
  }
}

/** Parameters are left as they are: those of an async function cannot await. */
function bodyRewritten(head: string, args: unknown[]): unknown[] {
  const body = args.at(-1);
  if (typeof body !== 'string') return args;
  // As the engine puts it together (ECMA-262, CreateDynamicFunction), so that its lines are those of stack traces.
  const before = `(${head} anonymous(${args.slice(0, -1).map(String).join(',')}\n) {\n`;
  const after = '\n})';
  const whole = rewritten(`${before}${body}${after}`, 'script');
  return whole.startsWith(before) ? [...args.slice(0, -1), whole.slice(before.length, -after.length)] : args;
}

/** Programs read the text of their functions, and some send it elsewhere. */
function hideFromText(prototype: object): void {
  const { toString } = prototype as { toString: () => string };
  const carried = {
    toString(this: unknown): string {
      return withoutEdits(Reflect.apply(toString, this, []));
    },
  };
  Object.defineProperty(prototype, 'toString', { value: carried.toString, writable: true, configurable: true });
}
