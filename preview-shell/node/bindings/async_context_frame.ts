import { getFrame, setFrame } from '../async-context/frame.ts';
import type { BindingContext } from '../context.ts';

/** The context that AsyncLocalStorage reads. V8 carries it across `await`; here the `await` rewrite and `then` do (node/async-context). */
export function create(ctx: BindingContext): Record<string, unknown> {
  const binding = { getContinuationPreservedEmbedderData: getFrame, setContinuationPreservedEmbedderData: setFrame };
  ctx.hooks.asyncContext = binding;
  return binding;
}
