import { ChannelClient } from '../abi/channel.ts';
import type { KernelEvent, ThreadNote } from '../abi/events.ts';
import type { EventLoop, KernelLink } from './context.ts';
import { native } from './natives.ts';

type AnyListener = (event: KernelEvent) => void;

/** The thread's ends of its system call channel and its event port. Events wait for a turn of the loop. */
export class ThreadKernelLink implements KernelLink {
  private client: ChannelClient | undefined;
  private events: MessagePort | undefined;
  private readonly loop: EventLoop;
  private readonly byDescriptor = new Map<number, Set<AnyListener>>();
  private readonly byType = new Map<string, Set<AnyListener>>();

  constructor(loop: EventLoop) {
    this.loop = loop;
  }

  /** When the thread knows which one it is. */
  attach(channel: SharedArrayBuffer, events: MessagePort): void {
    this.client = new ChannelClient(channel);
    this.events = events;
    native.port.listen(events, ({ data }) => this.loop.enqueue(() => this.dispatch(data as KernelEvent)));
  }

  readonly call: ChannelClient['call'] = (operation, ...args) => {
    if (this.client === undefined) throw new Error(`${operation} was called before the thread was started.`);
    return this.client.call(operation, ...args);
  };

  note(note: ThreadNote, transfer: Transferable[] = []): void {
    if (this.events === undefined) throw new Error(`${note.type} was told before the thread was started.`);
    native.port.post(this.events, note, transfer);
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
