import { SysError } from '../../abi/errno.ts';
import type { StartThreadNote } from '../../abi/thread-request.ts';
import type { Value } from '../../abi/codec.ts';
import type { Caller, SyscallTable } from '../syscall.ts';
import type { ProcessTable } from './table.ts';

/**
 * Worker threads. `thread.reserve` gives the id that `new Worker()` shows at once; the note `start-thread` starts it with its port;
 * `thread.exit` is the thread's own end, `thread.stop` ends another of the same process. The parent hears `thread-exit`.
 */
export function threadSyscalls(table: ProcessTable, reserved: ReservedThreads): SyscallTable {
  return {
    'thread.reserve': (caller) => reserved.reserve(caller),
    'thread.exit': (caller, [code]) => {
      reserved.tellParent(caller.threadId, asCode(code));
      table.thread(caller.threadId)?.end();
    },
    'thread.stop': (caller, [id]) => {
      // Its end may be on its way to the parent, who cannot know yet (worker.terminate() of a thread that has ended does nothing).
      if (reserved.hasEnded(id)) return;
      const thread = reserved.running(caller, id);
      reserved.tellParentOf(id as number, 1);
      thread?.end();
    },
  };
}

function asCode(value: Value | undefined): number {
  if (typeof value !== 'number') throw new SysError('EINVAL');
  return value;
}

interface Reservation {
  readonly parent: Caller;
  /** Id in the process table once it runs: reserved ids are the process table's own only from then on. */
  threadId?: number;
}

/** Ids given to programs, and who is to hear of the end of each. */
export class ReservedThreads {
  private readonly table: ProcessTable;
  private readonly byPublicId = new Map<number, Reservation>();
  private readonly publicIds = new Map<number, number>();
  private nextId = 1;

  constructor(table: ProcessTable) {
    this.table = table;
  }

  reserve(parent: Caller): number {
    const id = this.nextId++;
    this.byPublicId.set(id, { parent });
    return id;
  }

  start(caller: Caller, note: StartThreadNote): void {
    const reservation = this.byPublicId.get(note.threadId);
    const parent = this.table.thread(caller.threadId);
    if (reservation === undefined || reservation.parent.threadId !== caller.threadId || reservation.threadId !== undefined || parent === undefined) {
      note.port.close();
      return;
    }
    const { process } = parent;
    const image = {
      pid: process.pid, ppid: process.ppid, argv: [...process.argv.slice(0, 1)], execArgv: note.execArgv, execPath: '/usr/bin/node', env: note.env,
      cwd: process.cwd, umask: process.umask, carriesContext: process.carriesContext,
    };
    const thread = this.table.startThread(process, image, { port: note.port, payload: note.threadId, parentThreadId: caller.threadId });
    reservation.threadId = thread.threadId;
    this.publicIds.set(thread.threadId, note.threadId);
  }

  hasEnded(publicId: Value | undefined): boolean {
    return Number.isInteger(publicId) && (publicId as number) > 0 && (publicId as number) < this.nextId && !this.byPublicId.has(publicId as number);
  }

  /** @throws {SysError} ESRCH for a thread that is not the caller's process's. */
  running(caller: Caller, publicId: Value | undefined) {
    const reservation = typeof publicId === 'number' ? this.byPublicId.get(publicId) : undefined;
    if (reservation === undefined || reservation.parent.process.pid !== caller.process.pid) throw new SysError('ESRCH', String(publicId));
    return reservation.threadId === undefined ? undefined : this.table.thread(reservation.threadId);
  }

  /** A thread ends that the process table knows by `threadId`; nothing happens for a main thread. */
  tellParent(threadId: number, code: number, error?: string): void {
    const publicId = this.publicIds.get(threadId);
    if (publicId !== undefined) this.tellParentOf(publicId, code, error);
  }

  /** A thread ends that programs know by `publicId`; the numbers of the two kinds overlap. */
  tellParentOf(publicId: number, code: number, error?: string): void {
    const reservation = this.byPublicId.get(publicId);
    if (reservation === undefined) return;
    this.byPublicId.delete(publicId);
    if (reservation.threadId !== undefined) this.publicIds.delete(reservation.threadId);
    reservation.parent.emit({ type: 'thread-exit', threadId: publicId, code, ...(error === undefined ? {} : { error }) });
  }
}
