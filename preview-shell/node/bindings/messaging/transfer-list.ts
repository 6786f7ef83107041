import { native } from '../../natives.ts';
import type { BindingContext } from '../../context.ts';
import type { HostObjects } from './host-objects.ts';
import { refusal } from './refusal.ts';

/** The list as given to `postMessage` or `structuredClone`, with Node's own objections (node_messaging.cc, ReadTransferList and Serialize). @throws DataCloneError */
export function checkedTransferList(ctx: BindingContext, hosts: HostObjects, given: unknown, source?: MessagePort): object[] {
  const list = (Array.isArray(given) ? given : ((given as { transfer?: unknown[] } | undefined)?.transfer ?? [])) as unknown[];
  if (list.length === 0) return [];
  const { privateSymbols } = ctx.internalBinding('util') as { privateSymbols: Record<string, symbol> };
  const untransferable = privateSymbols['untransferable_object_private_symbol'] as symbol;
  const checked = new Set<object>();
  for (const item of list) {
    if (typeof item !== 'object' || item === null) throw refusal(ctx, 'Found invalid value in transferList.');
    if (item === source) throw refusal(ctx, 'Transfer list contains source port');
    if ((item as Record<symbol, unknown>)[untransferable] !== undefined) throw refusal(ctx, 'Cannot transfer object of unsupported type.');
    const name = item instanceof ArrayBuffer ? 'ArrayBuffer' : item instanceof native.MessagePort ? 'MessagePort' : item.constructor.name;
    if (name !== 'ArrayBuffer' && name !== 'MessagePort' && !hosts.isTransferable(item)) throw refusal(ctx, 'Found invalid value in transferList.');
    if (checked.has(item)) throw refusal(ctx, `Transfer list contains duplicate ${name}`);
    checked.add(item);
  }
  return [...checked];
}
