/** One Worker that runs code of a process: its system call channel, its event port, its end. */
import { ChannelServer, createChannelMemory } from '../../abi/channel.ts';
import { idleTime } from '../../abi/idle.ts';
import { ABI_VERSION, type KernelEvent, type ThreadNote } from '../../abi/events.ts';
import type { Value } from '../../abi/codec.ts';
import type { ProcessImage, ThreadStart } from '../../abi/thread.ts';
import type { Caller, Syscall } from '../syscall.ts';
import type { ThreadLauncher } from '../launcher.ts';
import type { Process } from './process.ts';

/** What a thread needs that the process table does not know of. */
export interface ThreadResources {
  packs: Map<string, SharedArrayBuffer>;
  names: SharedArrayBuffer;
}

/** The rest of the kernel, as a thread meets it. */
export interface ThreadServices {
  readonly launcher: ThreadLauncher;
  /** Answers a system call: looks the operation up in the joined tables. */
  call(caller: Caller, operation: string, args: readonly Value[]): ReturnType<Syscall>;
  /** A message without an answer. */
  note(caller: Caller, note: ThreadNote): void;
  resources(threadId: number): ThreadResources;
  /** The thread is over: parts of the kernel forget what they keep for it. */
  ended(thread: KernelThread): void;
}

export type WorkerThreadStart = NonNullable<ThreadStart['worker']>;

export class KernelThread implements Caller {
  readonly threadId: number;
  readonly process: Process;
  /** Set for a worker thread. */
  readonly parentThreadId: number | undefined;
  private readonly services: ThreadServices;
  private readonly life = new AbortController();
  private readonly events: MessagePort;
  private readonly channel = createChannelMemory();
  private readonly calls: ChannelServer;
  private readonly startedAt = performance.now();

  constructor(services: ThreadServices, threadId: number, process: Process, image: ProcessImage, worker?: WorkerThreadStart) {
    this.services = services;
    this.threadId = threadId;
    this.process = process;
    this.parentThreadId = worker?.parentThreadId;
    const { port1, port2 } = new MessageChannel();
    this.events = port1;
    port1.onmessage = ({ data }) => services.note(this, data as ThreadNote);
    const { channel } = this;
    this.calls = new ChannelServer(channel, (operation, args) => services.call(this, operation, args), this.life.signal);
    const { packs, names } = services.resources(threadId);
    const start: ThreadStart = { abi: ABI_VERSION, threadId, image, channel, events: port2, packs, names, ...(worker === undefined ? {} : { worker }) };
    services.launcher.launch(start, [port2, ...(worker === undefined ? [] : [worker.port])]);
  }

  get signal(): AbortSignal {
    return this.life.signal;
  }

  /**
   * Milliseconds in which it ran code, or waited for a call that the kernel answered at once (compare `performance.eventLoopUtilization()`). Of what the
   * browser's processor spent on it no page is told.
   */
  get busyTime(): number {
    return Math.max(0, performance.now() - this.startedAt - idleTime(this.channel) - this.calls.blockedTime);
  }

  get ended(): boolean {
    return this.life.signal.aborted;
  }

  emit(event: KernelEvent, transfer: Transferable[] = []): void {
    if (!this.ended) this.events.postMessage(event, transfer);
  }

  /** Ends the Worker at once, whatever it does. */
  end(): void {
    if (this.ended) return;
    this.life.abort();
    this.events.close();
    this.services.launcher.terminate(this.threadId);
    this.services.ended(this);
  }
}
