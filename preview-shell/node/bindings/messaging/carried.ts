/**
 * Handles that cross to another thread: what is a cloneable or transferable BaseObject in Node. A binding gives its class a method under `carry`, and
 * says with `revives` how the other thread makes such a handle of what came.
 */
import type { BindingContext } from '../../context.ts';

export const carry = Symbol('carry');

export interface Carried {
  /** Name of the binding that revives it. */
  readonly binding: string;
  /** For structured clone. Undefined: the handle shares its state within its thread alone. */
  readonly data: unknown;
}

export interface Carrier {
  /** Of a handle that is transferred, called once: it lets go. */
  [carry](): Carried;
  /** It must be in the list of what is transferred. */
  readonly mustBeListed?: boolean;
}

type Reviver = (data: never) => object;
const revivers = new Map<string, Reviver>();

export function revives(binding: string, revive: Reviver): void {
  revivers.set(binding, revive);
}

export function revived(ctx: BindingContext, { binding, data }: Carried): object {
  ctx.internalBinding(binding);
  const revive = revivers.get(binding) as (data: unknown) => object;
  return revive(data);
}

export const isCarrier = (object: object): object is Carrier => (object as { [carry]?: unknown })[carry] !== undefined;
