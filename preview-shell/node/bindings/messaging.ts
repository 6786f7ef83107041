import { native } from '../natives.ts';
import type { BindingContext } from '../context.ts';
import { broadcastPort } from './messaging/broadcast.ts';
import { channelMaker, type EndAddress } from './messaging/mailbox.ts';
import { type Host, HostObjects } from './messaging/host-objects.ts';
import { checkedTransferList } from './messaging/transfer-list.ts';
import { closeNative, inNode, PortState, post } from './messaging/port-state.ts';

type AnyPort = MessagePort & { [key: symbol]: unknown };

/** One for each port that a program can see; a thread's own ports (its kernel's, its loop's) have none. */
const states = new WeakMap<MessagePort, PortState>();

/**
 * Node's MessagePort is the browser's, with Node's methods put on its prototype by the library: so ports travel inside messages, transferred by
 * the browser, and arrive as what Node expects (node_messaging.cc).
 */
export function create(ctx: BindingContext): Record<string, unknown> {
  const symbols = ctx.internalBinding('symbols') as { oninit: symbol; handle_onclose: symbol; no_message_symbol: symbol };
  const NodePort = portClass(native.MessagePort.prototype);
  const makeChannel = channelMaker(() => ctx.threadId);
  const hostObjects = new HostObjects(ctx);
  const addressOf = (item: Transferable): [EndAddress | undefined] | [] => (item instanceof NodePort ? [states.get(item)?.end?.address] : []);

  const stateOf = (port: MessagePort, address?: EndAddress): PortState => {
    const known = states.get(port);
    if (known !== undefined) return known;
    // Throws for what is no port.
    onMessageOf.call(port);
    const state = new PortState(ctx, hostObjects, port, address, (data, ports) => {
      const emit = ctx.hooks.emitMessage as (this: MessagePort, data: unknown, ports: readonly MessagePort[], type: string) => void;
      emit.call(port, data, ports, 'message');
    }, (arrived, of) => void stateOf(arrived, of), () => closePort(port));
    states.set(port, state);
    const init = (port as AnyPort)[symbols.oninit];
    if (typeof init === 'function') Reflect.apply(init, port, []);
    return state;
  };

  const closePort = (port: MessagePort): void => {
    const state = stateOf(port);
    if (!state.close()) return;
    const onclose = (port as AnyPort)[symbols.handle_onclose];
    if (typeof onclose === 'function') ctx.loop.complete(() => state.call(onclose as () => void));
  };

  const own = {
    postMessage(this: MessagePort, message: unknown, transfer?: Transferable[] | { transfer?: Transferable[] }): boolean {
      const packed = hostObjects.pack(message, checkedTransferList(ctx, hostObjects, transfer, this), false);
      const state = states.get(this);
      if (state === undefined) post.call(this, packed.message, packed.transfer);
      else state.send(packed, packed.transfer.flatMap(addressOf));
      return true;
    },
    start(this: MessagePort): void {
      stateOf(this).listen();
    },
  };
  /** HandleWrap's, which the library takes from the prototype's own prototype. */
  const inherited = {
    close(this: MessagePort): void {
      if (states.has(this)) closePort(this);
      else closeNative.call(this);
    },
    drain(this: MessagePort): void {
      stateOf(this).drain();
    },
    ref(this: MessagePort): void {
      stateOf(this).ref();
    },
    unref(this: MessagePort): void {
      stateOf(this).unref();
    },
    hasRef(this: MessagePort): boolean | undefined {
      return stateOf(this).hasRef;
    },
  };
  Object.setPrototypeOf(NodePort.prototype, inherited);
  for (const [name, value] of Object.entries(own)) Object.defineProperty(NodePort.prototype, name, { value, configurable: true, writable: true, enumerable: true });
  Object.defineProperty(NodePort.prototype, 'constructor', { value: NodePort, configurable: true, writable: true, enumerable: false });
  ctx.hooks.adoptPort = (port: MessagePort) => void stateOf(port);

  class NodeMessageChannel {
    readonly port1: MessagePort;
    readonly port2: MessagePort;
    constructor() {
      const channel = new native.MessageChannel();
      const [first, second] = makeChannel();
      this.port1 = channel.port1;
      this.port2 = channel.port2;
      stateOf(this.port1, first);
      stateOf(this.port2, second);
    }
  }

  return {
    MessageChannel: NodeMessageChannel,
    MessagePort: NodePort,
    structuredClone: (value: unknown, options?: StructuredSerializeOptions) => {
      const { message, hosts, transfer, local } = hostObjects.pack(value, checkedTransferList(ctx, hostObjects, options), true);
      if (hosts.length === 0 && transfer.length === 0) return inNode(ctx, () => native.structuredClone(message) as unknown);
      const ports = transfer.filter((item) => item instanceof NodePort);
      const cloned = inNode(ctx, () => native.structuredClone({ message, hosts, ports }, { transfer }) as { message: unknown; hosts: Host[]; ports: MessagePort[] });
      cloned.ports.forEach((port, index) => void stateOf(port, addressOf(ports[index] as MessagePort)[0]));
      return hostObjects.unpack(cloned.message, cloned.hosts, local);
    },
    stopMessagePort(port: MessagePort) { stateOf(port).stopListening(); },
    drainMessagePort(port: MessagePort) { stateOf(port).drain(); },
    receiveMessageOnPort(port: MessagePort) {
      if (!(port instanceof NodePort)) throw Object.assign(new TypeError('The "port" argument must be a MessagePort instance'), { code: 'ERR_INVALID_ARG_TYPE' });
      const item = stateOf(port).receive();
      return item === undefined ? symbols.no_message_symbol : item.data;
    },
    moveMessagePortToContext: (port: MessagePort) => port,
    setDeserializerCreateObjectFunction(create: (info: string) => object) { hostObjects.create = create; },
    exposeLazyDOMExceptionProperty(target: object) {
      Object.defineProperty(target, 'DOMException', { value: ctx.hooks.DOMException ?? native.DOMException, writable: true, configurable: true, enumerable: false });
    },
    get DOMException() { return ctx.hooks.DOMException ?? native.DOMException; },
    broadcastChannel: (name: string) => broadcastPort(ctx, hostObjects, name, (port) => void stateOf(port)),
  };
}

const onMessageOf = Object.getOwnPropertyDescriptor(native.MessagePort.prototype, 'onmessage')?.get as (this: MessagePort) => unknown;

/** A class that no program can make instances of, over the browser's prototype bare of the browser's own. */
function portClass(prototype: MessagePort): typeof MessagePort {
  for (const name of Reflect.ownKeys(prototype)) Reflect.deleteProperty(prototype, name);
  const NodePort = function (): never {
    throw Object.assign(new TypeError('Constructor cannot be called'), { code: 'ERR_CONSTRUCT_CALL_INVALID' });
  } as unknown as typeof MessagePort;
  // Minifying renames functions, and programs see this one's name.
  Object.defineProperty(NodePort, 'name', { value: 'MessagePort', configurable: true });
  NodePort.prototype = prototype;
  return NodePort;
}
