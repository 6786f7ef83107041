/**
 * Node's own objects in messages (node_messaging.cc; internal/worker/js_transferable.js): what the library marks with `markTransferMode`, and the
 * handles of bindings. The browser's structured clone carries empty objects in their places, and beside the message what they stand for.
 */
import type { BindingContext } from '../../context.ts';
import { native } from '../../natives.ts';
import { carry, type Carried, type Carrier, isCarrier, revived } from './carried.ts';
import { copyGraph, replaceIn, someObject } from './graph.ts';
import { refusal } from './refusal.ts';

/** In the order in which they are made again: those that others need come first. */
export type Host =
  | { readonly place: object; readonly info: string; readonly data: unknown }
  | { readonly place: object; readonly carried: Carried }
  /** Within one thread: the handle itself, by its place in a list. */
  | { readonly place: object; readonly local: number };

export interface Packed {
  readonly message: unknown;
  readonly hosts: readonly Host[];
  readonly transfer: Transferable[];
  readonly local: readonly object[];
}

type ProtocolSymbols = Record<'messaging_clone_symbol' | 'messaging_transfer_symbol' | 'messaging_transfer_list_symbol' | 'messaging_deserialize_symbol', symbol>;

interface Marked {
  [method: symbol]: (() => { data: unknown; deserializeInfo: string }) & (() => unknown[]);
}

const TRANSFERABLE = 1;
const CLONEABLE = 2;

export class HostObjects {
  readonly #ctx: BindingContext;
  readonly #mode: symbol;
  readonly #symbols: ProtocolSymbols;
  /** `module:Class` to an empty object of the class; set by the library. */
  create: (info: string) => object = () => { throw new Error('Node\'s library has not said how to make its objects.'); };

  constructor(ctx: BindingContext) {
    this.#ctx = ctx;
    this.#mode = (ctx.internalBinding('util') as { privateSymbols: Record<string, symbol> }).privateSymbols['transfer_mode_private_symbol'] as symbol;
    this.#symbols = ctx.internalBinding('symbols') as unknown as ProtocolSymbols;
  }

  /** Whether it is among what `transfer` may name. */
  isTransferable(object: object): boolean {
    return isCarrier(object) ? object.mustBeListed === true : ((this.#modeOf(object) ?? 0) & TRANSFERABLE) !== 0;
  }

  /** @param within one thread: handles are shared. @throws DataCloneError */
  pack(message: unknown, listed: readonly object[], within: boolean): Packed {
    const plain = listed.filter((item) => !this.isTransferable(item)) as Transferable[];
    if (plain.length === listed.length && !someObject(message, (object) => this.#isSpecial(object))) return { message, hosts: [], transfer: plain, local: [] };
    const list = this.#withNested(listed);
    return this.#packed(message, list, within);
  }

  unpack(message: unknown, hosts: readonly Host[], local: readonly object[] = []): unknown {
    if (hosts.length === 0) return message;
    const made = new Map<object, unknown>();
    for (const host of hosts) made.set(host.place, this.#made(host, made, local));
    return replaceIn(message, made);
  }

  #made(host: Host, made: ReadonlyMap<object, unknown>, local: readonly object[]): unknown {
    if ('local' in host) return local[host.local];
    if ('carried' in host) return revived(this.#ctx, host.carried);
    const object = this.create(host.info) as Record<symbol, (data: unknown) => void>;
    object[this.#symbols.messaging_deserialize_symbol]?.(replaceIn(host.data, made));
    return object;
  }

  #modeOf(object: object): number | undefined {
    return (object as Record<symbol, number | undefined>)[this.#mode];
  }

  #isSpecial(object: object): boolean {
    return this.#modeOf(object) !== undefined || isCarrier(object) || object instanceof native.MessagePort || object === this.#ctx.process.env;
  }

  /** With what its items need to have transferred beside them. */
  #withNested(listed: readonly object[]): object[] {
    const list = [...listed];
    for (const item of list) {
      if (isCarrier(item) || !this.isTransferable(item)) continue;
      const nested = (item as Marked)[this.#symbols.messaging_transfer_list_symbol]?.() ?? [];
      for (const other of nested as object[]) if (!list.includes(other)) list.push(other);
    }
    return list;
  }

  #packed(message: unknown, list: readonly object[], within: boolean): Packed {
    const hosts: Host[] = [];
    const local: object[] = [];
    const places = new Map<object, object>();
    const replacement = (object: object): object | undefined => {
      const known = places.get(object);
      if (known !== undefined) return known;
      if (object === this.#ctx.process.env) return { ...object };
      if (!this.#isSpecial(object)) return undefined;
      const isListed = list.includes(object);
      if (object instanceof native.MessagePort) return isListed ? object : this.#refuseUnlisted();
      const place = {};
      places.set(object, place);
      if (isCarrier(object)) hosts.push(this.#carried(object, place, isListed, within ? local : undefined));
      else {
        const { data, deserializeInfo: info } = this.#told(object, isListed);
        hosts.push({ place, info, data: copyGraph(data, replacement) });
      }
      return place;
    };
    const packed = copyGraph(message, replacement);
    // What is transferred goes, be it in the message or not.
    for (const item of list) if (this.isTransferable(item)) replacement(item);
    return { message: packed, hosts, local, transfer: list.filter((item) => !this.isTransferable(item)) as Transferable[] };
  }

  #carried(object: Carrier, place: object, isListed: boolean, local: object[] | undefined): Host {
    if (object.mustBeListed === true) {
      if (!isListed) this.#refuseUnlisted();
    } else if (local !== undefined) {
      return { place, local: local.push(object) - 1 };
    }
    const carried = object[carry]();
    if (carried.data === undefined) throw refusal(this.#ctx, `${object.constructor.name} shares its state within one thread only in the container and cannot be sent to another.`);
    return { place, carried };
  }

  #told(object: object, isListed: boolean): { data: unknown; deserializeInfo: string } {
    const mode = this.#modeOf(object) ?? 0;
    if (mode === 0) throw refusal(this.#ctx, 'Cannot clone object of unsupported type.');
    const how = isListed && mode & TRANSFERABLE ? this.#symbols.messaging_transfer_symbol : this.#symbols.messaging_clone_symbol;
    if (how === this.#symbols.messaging_clone_symbol && !(mode & CLONEABLE)) this.#refuseUnlisted();
    const told = (object as Marked)[how]?.();
    if (told === undefined) throw refusal(this.#ctx, 'Cannot clone object of unsupported type.');
    return told;
  }

  #refuseUnlisted(): never {
    throw refusal(this.#ctx, 'Object that needs transfer was found in message but not listed in transferList');
  }
}
