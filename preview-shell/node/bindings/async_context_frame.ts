import type { BindingContext } from '../context.ts';

/** The context that AsyncLocalStorage reads. V8 carries it across `await`; here the `await` rewrite and `then` do (node/async-context). */
export function create(ctx: BindingContext): Record<string, unknown> {
  let frame: unknown;
  const binding = {
    getContinuationPreservedEmbedderData: () => frame,
    setContinuationPreservedEmbedderData: (next: unknown) => { frame = next; },
  };
  ctx.hooks.asyncContext = binding;
  return binding;
}
