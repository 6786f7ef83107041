import { DescriptorTable } from '../descriptors/table.ts';
import { ReadRecord } from '../disk/read-record.ts';
import type { CallingProcess } from '../syscall.ts';
import type { Terminal } from '../streams/terminal.ts';
import type { SignalName } from './signals.ts';
import type { KernelThread } from './thread.ts';

/** How a process ended: its exit code, or the signal that ended it (then `code` is 0, as libuv reports it). */
export interface ExitStatus {
  code: number;
  signal: SignalName | null;
}

export type ProcessState = 'running' | 'ended';

export interface ProcessInit {
  pid: number;
  ppid: number;
  pgid: number;
  sid: number;
  argv: readonly string[];
  execPath: string;
  cwd: string;
  umask: number;
  terminal: Terminal | undefined;
  carriesContext: boolean;
}

/** One process: what all its threads share. The table alone changes it. */
export class Process implements CallingProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly execPath: string;
  readonly carriesContext: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt = Date.now();
  readonly descriptors = new DescriptorTable();
  readonly reads = new ReadRecord();
  readonly children = new Set<Process>();
  /** The first is the main thread; worker threads follow. */
  readonly threads = new Map<number, KernelThread>();
  /** Signals that the main thread has handlers for. */
  readonly handled = new Set<SignalName>();
  readonly exited: Promise<ExitStatus>;
  ppid: number;
  pgid: number;
  sid: number;
  cwd: string;
  umask: number;
  terminal: Terminal | undefined;
  state: ProcessState = 'running';
  /** Of threads that are over, in milliseconds. */
  private endedBusyTime = 0;
  private readonly settle: (status: ExitStatus) => void;

  constructor(init: ProcessInit) {
    this.pid = init.pid;
    this.ppid = init.ppid;
    this.pgid = init.pgid;
    this.sid = init.sid;
    this.argv = init.argv;
    this.execPath = init.execPath;
    this.cwd = init.cwd;
    this.umask = init.umask;
    this.terminal = init.terminal;
    this.carriesContext = init.carriesContext;
    const { promise, resolve } = Promise.withResolvers<ExitStatus>();
    this.exited = promise;
    this.settle = resolve;
  }

  get mainThread(): KernelThread | undefined {
    return this.threads.values().next().value;
  }

  /** Milliseconds in which its threads ran code (KernelThread.busyTime). */
  get busyTime(): number {
    return [...this.threads.values()].reduce((sum, thread) => sum + thread.busyTime, this.endedBusyTime);
  }

  threadEnded(thread: KernelThread): void {
    if (this.threads.delete(thread.threadId)) this.endedBusyTime += thread.busyTime;
  }

  /** Marks the end and tells who waits; the table has closed everything before. */
  finish(status: ExitStatus): void {
    this.state = 'ended';
    this.settle(status);
  }
}
