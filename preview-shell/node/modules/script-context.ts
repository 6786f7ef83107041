/**
 * `vm` contexts without a realm of their own: names resolve to what the context's scripts declared, to the context object, then to the language's own
 * globals, which are those of the thread. It is no security boundary, as Node's is none.
 */
import { native } from '../natives.ts';
import { HELPERS, type ContextScript } from './context-script.ts';

type Accessors = Readonly<Record<string, readonly [get: () => unknown, set: (value: unknown) => void]>>;

/** What V8 gives a new context, by the global names that this engine has before a host adds its own. */
const INTRINSICS = new Set([
  'AggregateError', 'Array', 'ArrayBuffer', 'Atomics', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'Boolean', 'DataView', 'Date', 'Error', 'EvalError',
  'FinalizationRegistry', 'Float16Array', 'Float32Array', 'Float64Array', 'Function', 'Infinity', 'Int16Array', 'Int32Array', 'Int8Array', 'Intl', 'Iterator', 'JSON', 'Map',
  'Math', 'NaN', 'Number', 'Object', 'Promise', 'Proxy', 'RangeError', 'ReferenceError', 'Reflect', 'RegExp', 'Set', 'SharedArrayBuffer', 'String', 'Symbol', 'SyntaxError',
  'TypeError', 'URIError', 'Uint16Array', 'Uint32Array', 'Uint8Array', 'Uint8ClampedArray', 'WeakMap', 'WeakRef', 'WeakSet', 'WebAssembly', 'console', 'decodeURI',
  'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape', 'eval', 'isFinite', 'isNaN', 'parseFloat', 'parseInt', 'undefined', 'unescape',
]);
const intrinsic = (key: PropertyKey): unknown => (typeof key === 'string' && INTRINSICS.has(key) ? (Reflect.get(globalThis, key) as unknown) : undefined);

/** What a rewritten text calls, wherever it runs. */
const isOurs = (key: string): boolean => key.startsWith('ª') || key.startsWith('__terrarium_');

class ContextScope {
  readonly #context: object;
  readonly #lexical = new Map<string, Accessors[string]>();
  readonly proxy: object;
  /** `this` and `globalThis` of its scripts: the context, with the language's own globals behind it. */
  readonly #global: object;
  /** Functions that the running script declared, on their way to the context. */
  #hoisting: ReadonlySet<string> = new Set();
  #isQuiet = false;
  #isStrict = false;

  constructor(context: object) {
    this.#context = context;
    this.#global = new native.Proxy(context, {
      has: (target, key) => key in target || intrinsic(key) !== undefined,
      get: (target, key) => (key in target ? Reflect.get(target, key) as unknown : key === 'globalThis' ? this.#global : intrinsic(key)),
    });
    this.proxy = new native.Proxy(context, {
      has: (_target, key) => typeof key === 'string' && !OUTSIDE.has(key) && !this.#hoisting.has(key) && !isOurs(key),
      get: (_target, key) => (typeof key === 'symbol' ? undefined : this.#get(key)),
      set: (_target, key, value) => this.#set(key, value),
      deleteProperty: (target, key) => Reflect.deleteProperty(target, key),
    });
  }

  run(text: string, script: ContextScript): unknown {
    this.#checkNames(script);
    const makeVars = (): void => {
      for (const name of script.vars) if (!(name in this.#context)) Reflect.set(this.#context, name, undefined);
    };
    // Functions come first, where there are any.
    if (script.functions.length === 0) makeVars();
    this.#hoisting = new Set(script.functions);
    this.#isStrict = script.isStrict;
    const declare = (functions: Record<string, unknown>, lexical: Accessors): void => {
      this.#hoisting = new Set();
      Object.assign(this.#context, functions);
      makeVars();
      for (const [name, accessors] of Object.entries(lexical)) this.#lexical.set(name, accessors);
    };
    return evaluate.call(this.#global, this.proxy, text, declare, () => void (this.#isQuiet = true), (value) => {
      this.#isQuiet = false;
      return value;
    });
  }

  /** @throws {SyntaxError} for a second declaration of a name, before anything of the script runs */
  #checkNames({ lexical, vars, functions }: ContextScript): void {
    const clash = [...lexical, ...vars, ...functions].find((name) => this.#lexical.has(name));
    if (clash !== undefined) throw new SyntaxError(`Identifier '${clash}' has already been declared`);
  }

  #get(key: string): unknown {
    const known = this.#lexical.get(key);
    if (known !== undefined) return known[0]();
    if (key in this.#context) return Reflect.get(this.#context, key) as unknown;
    if (key === 'globalThis') return this.#global;
    const value = intrinsic(key);
    if (value !== undefined || key === 'undefined') return value;
    if (this.#isQuiet) return undefined;
    throw new ReferenceError(`${key} is not defined`);
  }

  #set(key: string | symbol, value: unknown): boolean {
    const known = this.#lexical.get(String(key));
    if (known !== undefined) {
      known[1](value);
      return true;
    }
    if (this.#isStrict && !(key in this.#context)) throw new ReferenceError(`${String(key)} is not defined`);
    return Reflect.set(this.#context, key, value);
  }
}

/** Names of `evaluate` itself, which a text inside of it must reach past the scope. */
const OUTSIDE = new Set<string>(['eval', ...Object.values(HELPERS)]);
const TEXT = '__terrarium_text__';

const scopes = new WeakMap<object, ContextScope>();

export function evaluateInContext(text: string, context: object, script: ContextScript): unknown {
  const scope = scopes.get(context) ?? new ContextScope(context);
  scopes.set(context, scope);
  return scope.run(text, script);
}

type Evaluate = (this: object, scope: object, text: string, declare: (functions: Record<string, unknown>, lexical: Accessors) => void, quiet: () => void, loud: (value: unknown) => unknown) => unknown;

// `with` needs sloppy code: a Function body is. `eval` here is a direct one, so that the text sees the scope.
const evaluate = new Function('scope', TEXT, HELPERS.declare, HELPERS.quiet, HELPERS.loud, `with (scope) { return eval(${TEXT}); }`) as Evaluate;
