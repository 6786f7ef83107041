import { native } from '../../natives.ts';
import type { BindingContext } from '../../context.ts';

/** Node's DataCloneError. */
export function refusal(ctx: BindingContext, message: string): Error {
  const NodeException = (ctx.hooks.DOMException ?? native.DOMException) as typeof DOMException;
  return new NodeException(message, 'DataCloneError');
}
