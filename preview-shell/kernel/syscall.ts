import type { KernelEvent } from '../abi/events.ts';
import type { Value } from '../abi/codec.ts';
import type { DescriptorTable } from './descriptors/table.ts';
import type { ReadRecord } from './disk/read-record.ts';
import type { Terminal } from './streams/terminal.ts';

/** What every system call handler knows of who calls. */
export interface Caller {
  readonly threadId: number;
  readonly process: CallingProcess;
  /** Aborts when the thread ends; a blocked call then fails with EINTR. Handled signals interrupt nothing: libuv retries (EINTR). */
  readonly signal: AbortSignal;
  emit(event: KernelEvent, transfer?: Transferable[]): void;
}

export interface CallingProcess {
  readonly pid: number;
  readonly pgid: number;
  /** The controlling terminal, which `/dev/tty` opens. */
  readonly terminal: Terminal | undefined;
  readonly descriptors: DescriptorTable;
  readonly reads: ReadRecord;
  cwd: string;
  umask: number;
}

/** One system call. Arguments come from the thread and are checked here. @throws {SysError} */
export type Syscall = (caller: Caller, args: readonly Value[]) => Value | void | Promise<Value | void>;

/** Operation name -> handler, e.g. `fs.open`. Each part of the kernel exports one table; kernel.ts joins them. */
export type SyscallTable = Readonly<Record<string, Syscall>>;
