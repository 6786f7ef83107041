/**
 * `vm` contexts without a realm of their own: names resolve to the context object, then to the globals of the thread. What a script declares with
 * `var` or assigns lands on the context; intrinsics (`Array`, `Error`) are those of the thread. It is no security boundary, as Node's is none.
 */
export function evaluateInContext(text: string, context: object): unknown {
  const scope = new Proxy(context, {
    has: (_target, key) => key !== RUN && key !== 'eval',
    get(target, key) {
      if (key === Symbol.unscopables) return undefined;
      if (key in target) return Reflect.get(target, key) as unknown;
      if (key === 'globalThis') return target;
      if (key in globalThis) return Reflect.get(globalThis, key) as unknown;
      throw new ReferenceError(`${String(key)} is not defined`);
    },
  });
  return run(scope, text);
}

const RUN = '__terrarium_run__';

// `with` needs sloppy code: a Function body is. `eval` here is a direct one, so that the text sees the scope.
const run = new Function('scope', RUN, `with (scope) { return eval(${RUN}); }`) as (scope: object, text: string) => unknown;
