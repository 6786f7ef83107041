import { native } from '../../natives.ts';
import type { BindingContext } from '../../context.ts';
import type { HostObjects } from './host-objects.ts';
import { inNode, post, type Envelope } from './port-state.ts';

/**
 * What is under a BroadcastChannel: a port whose messages go to the browser's channel, and which gets those that come there. In Node a channel reaches
 * the threads of its process, in the browser all pages of an origin: so the name carries a scope that the kernel gives to each process.
 */
export function broadcastPort(ctx: BindingContext, hostObjects: HostObjects, name: string, adopt: (port: MessagePort) => void): MessagePort {
  const channel = new native.BroadcastChannel(`node:${String(ctx.kernel.call('broadcast.scope'))}:${name}`);
  const { port1: port, port2: feeding } = new native.MessageChannel();
  adopt(port);
  channel.onmessage = ({ data }: MessageEvent<Envelope>) => post.call(feeding, data, []);
  const own = {
    postMessage(message: unknown): true {
      const packed = hostObjects.pack(message, [], false);
      inNode(ctx, () => channel.postMessage([0, packed.message, [], packed.hosts] satisfies Envelope));
      return true;
    },
    close(): void {
      channel.close();
      native.port.close(feeding);
      (Object.getPrototypeOf(port) as MessagePort).close.call(port);
    },
  };
  for (const [key, value] of Object.entries(own)) Object.defineProperty(port, key, { value });
  return port;
}
