import { native } from '../../natives.ts';
import type { BindingContext } from '../../context.ts';

/** The list as given to `postMessage` or `structuredClone`, with Node's own objections (node_messaging.cc, ReadTransferList and Serialize). @throws DataCloneError */
export function checkedTransferList(ctx: BindingContext, given: unknown, source?: MessagePort): Transferable[] {
  const list = (Array.isArray(given) ? given : ((given as { transfer?: unknown[] } | undefined)?.transfer ?? [])) as unknown[];
  if (list.length === 0) return [];
  const { privateSymbols } = ctx.internalBinding('util') as { privateSymbols: Record<string, symbol> };
  const untransferable = privateSymbols['untransferable_object_private_symbol'] as symbol;
  for (const item of list) {
    if (typeof item !== 'object' || item === null) throw refusal(ctx, 'Found invalid value in transferList.');
    if (item === source) throw refusal(ctx, 'Transfer list contains source port');
    if ((item as Record<symbol, unknown>)[untransferable] !== undefined) throw refusal(ctx, 'Cannot transfer object of unsupported type.');
  }
  return list as Transferable[];
}

function refusal(ctx: BindingContext, message: string): Error {
  const NodeException = (ctx.hooks.DOMException ?? native.DOMException) as typeof DOMException;
  return new NodeException(message, 'DataCloneError');
}
