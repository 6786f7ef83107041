import { native } from '../../natives.ts';
import type { BindingContext } from '../../context.ts';
import { AsyncWrap } from '../handles.ts';
import { copyOf, messageOf } from './copies.ts';
import type { Host, HostObjects, Packed } from './host-objects.ts';
import { ChannelEnd, MODE, type EndAddress } from './mailbox.ts';

export const post = native.MessagePort.prototype.postMessage as (this: MessagePort, message: unknown, transfer: Transferable[]) => void;
export const closeNative = native.MessagePort.prototype.close;
const startNative = native.MessagePort.prototype.start;
const setter = (name: string) => Object.getOwnPropertyDescriptor(native.MessagePort.prototype, name)?.set as ((this: MessagePort, listener: ((event: never) => void) | null) => void) | undefined;
const onMessage = setter('onmessage') as (this: MessagePort, listener: ((event: MessageEvent<Envelope>) => void) | null) => void;
/** Not in every browser; where it is, it tells of a thread that ended too. */
const onClose = setter('onclose');

/** How a message travels between two threads: with its number (CLOSED: the other end was closed), where to find what belongs to its ports, and Node's own objects in it. */
export type Envelope = readonly [sequence: number, message: unknown, ports: readonly (EndAddress | undefined)[], hosts?: readonly Host[]];
const CLOSED = -1;

interface Item {
  readonly sequence: number;
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
}

/** What Node's C++ keeps for a MessagePort (node_messaging.cc). */
export class PortState {
  /** Missing for the ports that a thread is started with, which are never read synchronously. */
  readonly end: ChannelEnd | undefined;
  private readonly ctx: BindingContext;
  private readonly hostObjects: HostObjects;
  private readonly resource: AsyncWrap;
  private readonly port: MessagePort;
  private readonly emit: (data: unknown, ports: readonly MessagePort[]) => void;
  private readonly adopt: (port: MessagePort, address: EndAddress | undefined) => void;
  private readonly closeSelf: () => void;
  private readonly queue: Item[] = [];
  private release: (() => void) | undefined;
  private listening = false;
  private attached = false;
  private closed = false;
  private closedByOther = false;
  private sent = 0;

  constructor(ctx: BindingContext, hostObjects: HostObjects, port: MessagePort, address: EndAddress | undefined, emit: PortState['emit'], adopt: PortState['adopt'], closeSelf: () => void) {
    this.ctx = ctx;
    this.hostObjects = hostObjects;
    this.resource = new AsyncWrap(ctx, 'MESSAGEPORT', port);
    this.port = port;
    this.emit = (data, ports) => void this.resource.runInContext(emit, [data, ports]);
    this.adopt = adopt;
    this.closeSelf = closeSelf;
    onClose?.call(port, () => this.otherClosed());
    this.end = address === undefined ? undefined : new ChannelEnd(address, ctx.kernel);
  }

  /** @param addresses of the ports in its `transfer`, in order. @throws DataCloneError */
  send({ message, hosts, transfer }: Packed, addresses: Envelope[2]): void {
    const { end } = this;
    const { otherMode = MODE.listening } = end ?? {};
    const wanted = end !== undefined && !this.closed && (otherMode & (MODE.listening | MODE.synchronous)) !== MODE.listening;
    // Before the message goes: what is transferred is gone then.
    const copy = wanted && addresses.length === 0 ? copyOf([message, hosts]) : undefined;
    const sequence = end === undefined ? ++this.sent : end.nextSequence();
    const envelope: Envelope = hosts.length === 0 ? [sequence, message, addresses] : [sequence, message, addresses, hosts];
    inNode(this.ctx, () => post.call(this.port, envelope, transfer));
    if (copy !== undefined) end?.put(sequence, copy);
  }

  listen(): void {
    this.listening = true;
    this.end?.setMode(MODE.listening, true);
    this.attach();
    if (this.queue.length > 0) this.ctx.loop.enqueue(() => this.deliverNext());
  }

  stopListening(): void {
    this.listening = false;
    this.end?.setMode(MODE.listening, false);
  }

  /** The next message, were it only a moment ago that another thread sent it. */
  receive(): { data: unknown } | undefined {
    if (this.closed) return undefined;
    this.end?.setMode(MODE.synchronous, true);
    const item = this.next();
    // What came as a copy comes by the port as well, and is dropped there.
    this.attach();
    return item;
  }

  /** All that has come, at once. */
  drain(): void {
    for (let item = this.next(); item !== undefined; item = this.next()) this.emit(item.data, item.ports);
  }

  /** @returns false when it was closed already */
  close(): boolean {
    if (this.closed) return false;
    this.closed = true;
    this.unref();
    this.resource.destroyed();
    post.call(this.port, [CLOSED, undefined, []] satisfies Envelope, []);
    closeNative.call(this.port);
    if (this.end !== undefined && this.end.otherMode !== MODE.listening) this.end.drop();
    return true;
  }

  /** In the context in which the port was made. */
  call(callback: (...args: never[]) => unknown): void {
    this.resource.runInContext(callback, [], this.port);
  }

  ref(): void {
    if (!this.closed) this.release ??= this.ctx.loop.hold();
  }

  unref(): void {
    this.release?.();
    this.release = undefined;
  }

  get hasRef(): boolean | undefined {
    return this.closed ? undefined : this.release !== undefined;
  }

  private attach(): void {
    if (this.attached || this.closed) return;
    this.attached = true;
    onMessage.call(this.port, (event) => this.arrive(event));
    startNative.call(this.port);
  }

  private arrive({ data: [sequence, message, addresses, hosts = []], ports }: MessageEvent<Envelope>): void {
    if (sequence === CLOSED) return this.otherClosed();
    ports.forEach((port, index) => this.adopt(port, addresses[index]));
    if (this.end !== undefined && sequence <= this.end.taken) return undefined;
    this.queue.push({ sequence, data: this.hostObjects.unpack(message, hosts), ports });
    if (this.listening) this.ctx.loop.enqueue(() => this.deliverNext());
    return undefined;
  }

  private otherClosed(): void {
    this.closedByOther = true;
    this.ctx.loop.complete(() => this.closeWhenRead());
  }

  private closeWhenRead(): void {
    if (this.closedByOther && (this.queue.length === 0 || !this.listening)) this.closeSelf();
  }

  private deliverNext(): void {
    if (!this.listening || this.closed) return;
    const item = this.next();
    if (item === undefined) return;
    if (this.queue.length > 0) this.ctx.loop.enqueue(() => this.deliverNext());
    else if (this.closedByOther) this.ctx.loop.complete(() => this.closeWhenRead());
    this.emit(item.data, item.ports);
  }

  private next(): Item | undefined {
    const { end } = this;
    if (end === undefined) return this.queue.shift();
    while (this.queue[0] !== undefined && this.queue[0].sequence <= end.taken) this.queue.shift();
    const item = this.queue.shift() ?? this.fromMailbox(end);
    if (item !== undefined) end.taken = item.sequence;
    return item;
  }

  private fromMailbox(end: ChannelEnd): Item | undefined {
    if (end.taken >= end.sentByOther) return undefined;
    const sequence = end.taken + 1;
    const bytes = end.take(sequence);
    if (bytes === undefined) return undefined;
    const [message, hosts] = messageOf(bytes) as [unknown, Host[]];
    return { sequence, data: this.hostObjects.unpack(message, hosts), ports: [] };
  }
}

/** Node's DOMException in place of the browser's, which a program cannot name. */
export function inNode<T>(ctx: BindingContext, cross: () => T): T {
  try {
    return cross();
  } catch (error) {
    if (!(error instanceof native.DOMException)) throw error;
    const NodeException = (ctx.hooks.DOMException ?? native.DOMException) as typeof DOMException;
    throw new NodeException(error.message.replace(/^Failed to execute '[^']*' on '[^']*': /, ''), error.name);
  }
}
