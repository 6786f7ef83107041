/** The processes of the container: birth, signals, end (fork(2), execve(2), kill(2), setsid(2), wait(2)). */
import { SysError } from '../../abi/errno.ts';
import type { ProcessImage } from '../../abi/thread.ts';
import type { OpenFile } from '../descriptors/open-file.ts';
import { NullDevice } from '../streams/null-device.ts';
import { createTerminal, type Terminal, type TerminalSize } from '../streams/terminal.ts';
import { mayUseContexts } from './contexts.ts';
import { resolveProgram, type ProgramFiles } from './program.ts';
import { Process, type ExitStatus } from './process.ts';
import { defaultAction, parseSignal, SIGNALS, type SignalName } from './signals.ts';
import { KernelThread, type ThreadServices, type WorkerThreadStart } from './thread.ts';

export interface SpawnRequest {
  /** A name to look for in PATH, or a path. */
  file: string;
  /** Starts with argv[0]. */
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  umask?: number;
  /** Descriptors from 0 on. `undefined` below 3 is the null device, above it is closed. */
  stdio: readonly (OpenFile | undefined)[];
  /** The process that asked; without it the host is the parent. */
  parent?: Process;
  /** A session of its own (setsid(2)), with `terminal` as its controlling terminal when given. */
  newSession?: boolean;
  terminal?: Terminal;
  /** Process group to join; 0 makes one of its own. */
  group?: number;
  /** Makes its group the foreground group of the terminal before it starts. */
  foreground?: boolean;
}

export interface ProcessTableOptions extends Omit<ThreadServices, 'ended'> {
  files: ProgramFiles;
  ended?: ThreadServices['ended'];
  /** Told of every process that ends, after its descriptors are closed. */
  onExit?: (process: Process, status: ExitStatus) => void;
}

/** Parent of what the host starts and of orphans. */
export const INIT_PID = 1;
const UMASK = 0o022;
/** What `exit` reports for a process whose Worker broke. */
const CRASH_CODE = 1;

export class ProcessTable {
  private readonly processes = new Map<number, Process>();
  private readonly threads = new Map<number, KernelThread>();
  private readonly options: ProcessTableOptions;
  private readonly services: ThreadServices;
  private nextPid = INIT_PID + 1;
  private nextThreadId = 1;
  private endedBusyTime = 0;

  constructor(options: ProcessTableOptions) {
    this.options = options;
    this.services = {
      launcher: options.launcher,
      call: (...args) => options.call(...args),
      note: (...args) => options.note(...args),
      resources: (threadId) => options.resources(threadId),
      ended: (thread) => {
        this.threads.delete(thread.threadId);
        thread.process.threadEnded(thread);
        options.ended?.(thread);
      },
    };
  }

  /** Starts a program. @throws {SysError} ENOENT, EACCES, ENOTDIR (also for `cwd`), ENOEXEC, ELOOP; nothing is left behind then. */
  spawn(request: SpawnRequest): Process {
    this.assertFolder(request.cwd);
    const program = resolveProgram(this.options.files, request);
    const pid = this.nextPid++;
    const { parent } = request;
    const leads = request.newSession === true || parent === undefined;
    const pgid = leads || request.group === 0 ? pid : (request.group ?? parent.pgid);
    if (!leads && pgid !== pid) this.assertGroup(pgid, parent.sid);
    const terminal = request.terminal ?? (leads ? undefined : parent.terminal);
    const process = new Process({
      pid, pgid, terminal, ppid: parent?.pid ?? INIT_PID, sid: leads ? pid : parent.sid, argv: program.argv,
      execPath: program.execPath, cwd: request.cwd, umask: request.umask ?? parent?.umask ?? UMASK,
      carriesContext: mayUseContexts(program.argv),
    });
    this.processes.set(pid, process);
    parent?.children.add(process);
    openStdio(process, request.stdio);
    if (terminal !== undefined && (request.terminal !== undefined || request.foreground === true)) terminal.foreground = pgid;
    this.startThread(process, { ...program, pid, ppid: process.ppid, cwd: process.cwd, umask: process.umask, carriesContext: process.carriesContext });
    return process;
  }

  /** Starts the main thread, or with `worker` one more thread of a process. */
  startThread(process: Process, image: ProcessImage, worker?: WorkerThreadStart): KernelThread {
    const thread = new KernelThread(this.services, this.nextThreadId++, process, image, worker);
    this.threads.set(thread.threadId, thread);
    process.threads.set(thread.threadId, thread);
    return thread;
  }

  /** @throws {SysError} ESRCH */
  get(pid: number): Process {
    const process = this.processes.get(pid);
    if (process === undefined) throw new SysError('ESRCH', String(pid));
    return process;
  }

  thread(threadId: number): KernelThread | undefined {
    return this.threads.get(threadId);
  }

  /** Milliseconds in which programs of this container have run code, also those that have ended. */
  get busyTime(): number {
    return this.list().reduce((sum, process) => sum + process.busyTime, this.endedBusyTime);
  }

  /** Running processes by pid. */
  list(): readonly Process[] {
    return [...this.processes.values()];
  }

  /**
   * kill(2): `pid` above 0 is a process, 0 the group of `sender`, below -1 the group `-pid`, -1 everybody but the sender.
   * Signal 0 asks whether there is one. @throws {SysError} ESRCH, EINVAL, ENOSYS for signals that stop.
   */
  kill(pid: number, signal: number | string, sender?: Process): void {
    const targets = this.targets(pid, sender);
    if (targets.length === 0) throw new SysError('ESRCH', String(pid));
    if (signal === 0) return;
    const name = parseSignal(signal);
    for (const target of targets) this.deliver(target, name);
  }

  /** chdir(2): the working directory has no links in it, as getcwd(3) shows it. @throws {SysError} ENOENT, ENOTDIR */
  changeFolder(process: Process, path: string): void {
    const absolute = path.startsWith('/') ? path : `${process.cwd}/${path}`;
    if (path === '') throw new SysError('ENOENT', path);
    this.assertFolder(absolute);
    process.cwd = this.options.files.realpath(absolute);
  }

  /** setpgid(2) for itself or a child; 0 stands for the caller and for a group of its own. @throws {SysError} ESRCH, EPERM */
  setGroup(caller: Process, pid: number, pgid: number): void {
    const target = this.get(pid === 0 ? caller.pid : pid);
    if (target !== caller && target.ppid !== caller.pid) throw new SysError('ESRCH', String(pid));
    if (target.sid === target.pid || target.sid !== caller.sid) throw new SysError('EPERM', String(pid));
    const group = pgid === 0 ? target.pid : pgid;
    if (group !== target.pid) this.assertGroup(group, caller.sid);
    target.pgid = group;
  }

  /** setsid(2): a session and group of its own, without a terminal. @throws {SysError} EPERM for a group leader. */
  setSession(process: Process): number {
    if (this.list().some(({ pgid }) => pgid === process.pid)) throw new SysError('EPERM');
    process.sid = process.pid;
    process.pgid = process.pid;
    process.terminal = undefined;
    return process.sid;
  }

  /** Signals everything that a command started and that has not left its session: what ends when the host ends the command. */
  killSession(sid: number, signal: number | string): void {
    const name = parseSignal(signal);
    for (const process of this.list()) if (process.sid === sid) this.deliver(process, name);
  }

  /** A terminal whose ^C, resizes and hang-up reach the processes of this table. */
  createTerminal(size: TerminalSize): Terminal {
    return createTerminal({ ...size, killGroup: (pgid, signal) => this.signalGroup(pgid, parseSignal(signal)) });
  }

  /** exit(2): closes its descriptors, ends its threads, tells its parent. Harmless for a process that has ended. */
  end(process: Process, status: ExitStatus): void {
    if (this.processes.get(process.pid) !== process) return;
    this.processes.delete(process.pid);
    // Worker threads first, so that nothing of them runs against closed descriptors.
    for (const thread of [...process.threads.values()].reverse()) thread.end();
    this.endedBusyTime += process.busyTime;
    if (process.terminal?.rawBy === process.pid) process.terminal.raw = false;
    process.descriptors.closeAll();
    for (const child of process.children) child.ppid = INIT_PID;
    const parent = this.processes.get(process.ppid);
    parent?.children.delete(process);
    this.leaveTerminal(process);
    process.finish(status);
    this.options.onExit?.(process, status);
    if (parent?.handled.has('SIGCHLD') === true) this.deliver(parent, 'SIGCHLD');
  }

  /** The Worker of a thread broke (did not load, ran out of memory): a main thread takes its process along. */
  threadFailed(threadId: number, message: string): void {
    const thread = this.threads.get(threadId);
    if (thread === undefined) return;
    const { process } = thread;
    if (process.mainThread !== thread) {
      const parent = this.threads.get(thread.parentThreadId ?? -1);
      thread.end();
      parent?.emit({ type: 'thread-exit', threadId, code: CRASH_CODE, error: message });
      return;
    }
    if (process.descriptors.has(2)) void writeMessage(process, `${message}\n`);
    this.end(process, { code: CRASH_CODE, signal: null });
  }

  private targets(pid: number, sender: Process | undefined): Process[] {
    if (pid > 0) return [this.get(pid)];
    if (pid === -1) return this.list().filter((process) => process !== sender);
    const pgid = pid === 0 ? sender?.pgid : -pid;
    return this.list().filter((process) => process.pgid === pgid);
  }

  private signalGroup(pgid: number, signal: SignalName): void {
    for (const process of this.list()) if (process.pgid === pgid) this.deliver(process, signal);
  }

  private deliver(process: Process, signal: SignalName): void {
    if (process.handled.has(signal)) {
      process.mainThread?.emit({ type: 'signal', signal: SIGNALS[signal] });
      return;
    }
    const action = defaultAction(signal);
    if (action === 'stop') throw new SysError('ENOSYS', `${signal}: a process cannot be stopped here`);
    if (action === 'terminate') this.end(process, { code: 0, signal });
  }

  /** A session leader's end hangs its terminal's foreground group up; a foreground group that is empty gives way to the leader's. */
  private leaveTerminal(process: Process): void {
    const { terminal } = process;
    if (terminal === undefined) return;
    if (process.sid === process.pid) this.signalGroup(terminal.foreground, 'SIGHUP');
    const leader = this.processes.get(process.sid);
    const empty = !this.list().some(({ pgid }) => pgid === terminal.foreground);
    if (leader?.terminal === terminal && empty) terminal.foreground = leader.pgid;
  }

  private assertFolder(path: string): void {
    if (this.options.files.stat(path).kind !== 'directory') throw new SysError('ENOTDIR', path);
  }

  private assertGroup(pgid: number, sid: number): void {
    if (!this.list().some((process) => process.pgid === pgid && process.sid === sid)) throw new SysError('EPERM', `process group ${pgid}`);
  }
}

function openStdio(process: Process, stdio: readonly (OpenFile | undefined)[]): void {
  const { descriptors } = process;
  for (let fd = 0; fd < Math.max(3, stdio.length); fd++) {
    const file = stdio[fd] ?? (fd < 3 ? new NullDevice() : undefined);
    if (file !== undefined) descriptors.set(fd, file);
  }
}

async function writeMessage(process: Process, message: string): Promise<void> {
  try {
    await process.descriptors.get(2).write(new TextEncoder().encode(message), null, AbortSignal.abort());
  } catch (error) {
    // Nobody reads the process's errors any more: there is nowhere left to say it.
    if (!(error instanceof SysError)) throw error;
  }
}
