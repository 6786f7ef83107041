import { SysError } from '../abi/errno.ts';
import { addSystemTree, createDisk, fsSyscalls, whenLoaded, type Disk, type SystemEntry } from './disk/index.ts';
import type { ThreadLauncher } from './launcher.ts';
import { LoopbackNetwork } from './net/network.ts';
import { netSyscalls } from './net/syscalls.ts';
import { diskPrograms } from './process/disk-programs.ts';
import { mailboxSyscalls } from './process/mailboxes.ts';
import { processSyscalls } from './process/syscalls.ts';
import { ProcessTable } from './process/table.ts';
import { ReservedThreads, threadSyscalls } from './process/thread-syscalls.ts';
import { Attachments, streamSyscalls } from './streams/syscalls.ts';
import type { Syscall, SyscallTable } from './syscall.ts';

export interface KernelOptions {
  launcher: ThreadLauncher;
  /** The read-only system: `/bin`, `/usr`. */
  system: SystemEntry[];
  /** Packs in memory, by hash, which the disk shares. */
  packs?: Map<string, SharedArrayBuffer>;
}

/** The kernel's parts, joined: the disk, the processes, their streams and the network. */
export class Kernel {
  readonly disk: Disk;
  readonly network = new LoopbackNetwork();
  readonly processes: ProcessTable;
  private readonly attachments = new Attachments();
  private readonly threads: ReservedThreads;
  private calls: SyscallTable;

  constructor(options: KernelOptions) {
    this.disk = createDisk(options.packs === undefined ? {} : { packs: options.packs });
    addSystemTree(this.disk, options.system);
    this.processes = new ProcessTable({
      files: diskPrograms(this.disk),
      launcher: options.launcher,
      resources: () => ({ packs: this.disk.packs, names: this.disk.names }),
      call: (caller, operation, args) => whenLoaded(() => this.handler(operation)(caller, args)),
      note: (caller, note) => {
        if (note.type === 'start-thread') this.threads.start(caller, note);
        else this.attachments.note(caller, note);
      },
      ended: (thread) => this.attachments.forgetThread(thread.threadId),
    });
    this.threads = new ReservedThreads(this.processes);
    this.calls = {
      ...fsSyscalls(this.disk),
      ...processSyscalls(this.processes),
      ...streamSyscalls(this.attachments),
      ...netSyscalls(this.network, this.attachments),
      ...threadSyscalls(this.processes, this.threads),
      ...mailboxSyscalls(),
    };
  }

  /** Adds system calls of what is around the kernel. */
  extend(calls: SyscallTable): void {
    this.calls = { ...this.calls, ...calls };
  }

  /** A thread's Worker failed to load or ran into an error outside of the program. */
  threadFailed(threadId: number, message: string): void {
    this.threads.tellParent(threadId, 1, message);
    this.processes.threadFailed(threadId, message);
  }

  private handler(operation: string): Syscall {
    const found = Object.hasOwn(this.calls, operation) ? this.calls[operation] : undefined;
    if (found === undefined) throw new SysError('ENOSYS', operation);
    return found;
  }
}
