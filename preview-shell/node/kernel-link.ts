import { ChannelClient } from '../abi/channel.ts';
import type { KernelEvent, ThreadNote } from '../abi/events.ts';
import type { EventLoop, KernelLink } from './context.ts';

type AnyListener = (event: KernelEvent) => void;

/** The thread's ends of its system call channel and its event port. Events wait for a turn of the loop. */
export class ThreadKernelLink implements KernelLink {
  readonly call: ChannelClient['call'];
  private readonly events: MessagePort;
  private readonly byDescriptor = new Map<number, Set<AnyListener>>();
  private readonly byType = new Map<string, Set<AnyListener>>();

  constructor(channel: SharedArrayBuffer, events: MessagePort, loop: EventLoop) {
    const client = new ChannelClient(channel);
    this.call = (operation, ...args) => client.call(operation, ...args);
    this.events = events;
    events.onmessage = ({ data }) => loop.enqueue(() => this.dispatch(data as KernelEvent));
  }

  note(note: ThreadNote, transfer: Transferable[] = []): void {
    this.events.postMessage(note, transfer);
  }

  onDescriptor(fd: number, listener: (event: KernelEvent & { fd: number }) => void): () => void {
    return subscribe(this.byDescriptor, fd, listener as AnyListener);
  }

  on<T extends KernelEvent['type']>(type: T, listener: (event: Extract<KernelEvent, { type: T }>) => void): () => void {
    return subscribe(this.byType, type, listener as AnyListener);
  }

  private dispatch(event: KernelEvent): void {
    const listeners = 'fd' in event ? this.byDescriptor.get(event.fd) : this.byType.get(event.type);
    for (const listener of [...(listeners ?? [])]) listener(event);
  }
}

function subscribe<K>(listeners: Map<K, Set<AnyListener>>, key: K, listener: AnyListener): () => void {
  const set = listeners.get(key) ?? new Set();
  listeners.set(key, set.add(listener));
  return () => {
    set.delete(listener);
    if (set.size === 0 && listeners.get(key) === set) listeners.delete(key);
  };
}
