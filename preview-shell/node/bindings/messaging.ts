import { native } from '../natives.ts';
import type { BindingContext, EventLoop } from '../context.ts';

/** State of a port that Node's JavaScript sees as its own MessagePort (node_messaging.cc). */
interface PortState {
  readonly loop: EventLoop;
  release?: (() => void) | undefined;
  receiving: boolean;
  closed: boolean;
  readonly queue: MessageEvent[];
}

type AnyPort = MessagePort & { [key: symbol]: unknown };

const states = new WeakMap<MessagePort, PortState>();
const post = native.MessagePort.prototype.postMessage as (this: MessagePort, message: unknown, transfer: Transferable[]) => void;
const startNative = native.MessagePort.prototype.start;
const closeNative = native.MessagePort.prototype.close;
const onMessage = Object.getOwnPropertyDescriptor(native.MessagePort.prototype, 'onmessage')?.set as (this: MessagePort, listener: ((event: MessageEvent) => void) | null) => void;

/**
 * Node's MessagePort is the browser's, with Node's methods put on its prototype by the library: so ports travel inside messages, transferred by
 * the browser, and arrive as what Node expects.
 */
export function create(ctx: BindingContext): Record<string, unknown> {
  const symbols = ctx.internalBinding('symbols') as { oninit: symbol; handle_onclose: symbol; no_message_symbol: symbol };
  const NodePort = native.MessagePort;
  for (const name of ['onmessage', 'onmessageerror', 'onclose', 'close', 'start', 'postMessage']) Reflect.deleteProperty(NodePort.prototype, name);

  const stateOf = (port: MessagePort): PortState => {
    const known = states.get(port);
    if (known !== undefined) return known;
    const state: PortState = { loop: ctx.loop, receiving: false, closed: false, queue: [] };
    states.set(port, state);
    const init = (port as AnyPort)[symbols.oninit];
    if (typeof init === 'function') Reflect.apply(init, port, []);
    return state;
  };

  const deliver = (port: MessagePort, state: PortState, event: MessageEvent): void => {
    for (const arrived of event.ports) stateOf(arrived);
    const emit = ctx.hooks.emitMessage as (this: MessagePort, data: unknown, ports: readonly MessagePort[], type: string) => void;
    if (!state.closed) emit.call(port, event.data, event.ports, 'message');
  };

  const arrive = (port: MessagePort, state: PortState) => (event: MessageEvent): void => {
    state.queue.push(event);
    ctx.loop.enqueue(() => {
      if (!state.receiving) return;
      const next = state.queue.shift();
      if (next !== undefined) deliver(port, state, next);
    });
  };

  const methods = {
    postMessage(this: MessagePort, message: unknown, transfer?: Transferable[] | { transfer?: Transferable[] }): boolean {
      const list = Array.isArray(transfer) ? transfer : (transfer?.transfer ?? []);
      inNode(ctx, () => post.call(this, message, list));
      return true;
    },
    start(this: MessagePort): void {
      const state = stateOf(this);
      state.receiving = true;
      onMessage.call(this, arrive(this, state));
      startNative.call(this);
    },
    close(this: MessagePort): void {
      const state = stateOf(this);
      if (state.closed) return;
      state.closed = true;
      state.release?.();
      closeNative.call(this);
      const onclose = (this as AnyPort)[symbols.handle_onclose];
      if (typeof onclose === 'function') ctx.loop.complete(() => void Reflect.apply(onclose, this, []));
    },
    drain(this: MessagePort): void {
      const state = stateOf(this);
      for (let event = state.queue.shift(); event !== undefined; event = state.queue.shift()) deliver(this, state, event);
    },
    ref(this: MessagePort): void {
      const state = stateOf(this);
      if (!state.closed) state.release ??= ctx.loop.hold();
    },
    unref(this: MessagePort): void {
      const state = stateOf(this);
      state.release?.();
      state.release = undefined;
    },
    hasRef(this: MessagePort): boolean {
      return stateOf(this).release !== undefined;
    },
  };
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(NodePort.prototype, name, { value, configurable: true, writable: true, enumerable: true });
  ctx.hooks.adoptPort = stateOf;

  class NodeMessageChannel {
    readonly port1: MessagePort;
    readonly port2: MessagePort;
    constructor() {
      const channel = new native.MessageChannel();
      this.port1 = channel.port1;
      this.port2 = channel.port2;
      stateOf(this.port1);
      stateOf(this.port2);
    }
  }

  return {
    MessageChannel: NodeMessageChannel,
    MessagePort: NodePort,
    structuredClone: (value: unknown, options?: StructuredSerializeOptions) => inNode(ctx, () => native.structuredClone(value, options) as unknown),
    stopMessagePort(port: MessagePort) { stateOf(port).receiving = false; },
    drainMessagePort(port: MessagePort) { methods.drain.call(port); },
    receiveMessageOnPort(port: MessagePort) {
      const state = stateOf(port);
      const event = state.queue.shift();
      if (event !== undefined) return event.data as unknown;
      onMessage.call(port, arrive(port, state));
      return symbols.no_message_symbol;
    },
    moveMessagePortToContext: (port: MessagePort) => port,
    setDeserializerCreateObjectFunction() {},
    exposeLazyDOMExceptionProperty(target: object) {
      Object.defineProperty(target, 'DOMException', { value: ctx.hooks.DOMException ?? native.DOMException, writable: true, configurable: true, enumerable: false });
    },
    get DOMException() { return ctx.hooks.DOMException ?? native.DOMException; },
    broadcastChannel: () => {
      throw Object.assign(new Error('BroadcastChannel is not supported in the container'), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
    },
  };
}

/** Node's DOMException in place of the browser's, which a program cannot name. */
function inNode<T>(ctx: BindingContext, cross: () => T): T {
  try {
    return cross();
  } catch (error) {
    if (!(error instanceof native.DOMException)) throw error;
    const NodeException = (ctx.hooks.DOMException ?? native.DOMException) as typeof DOMException;
    throw new NodeException(error.message.replace(/^Failed to execute '[^']*' on '[^']*': /, ''), error.name);
  }
}
