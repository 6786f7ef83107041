/** `spawn` of @webcontainer/api: a command with its standard streams, in a session of its own that ends with it. */
import type { ExitStatus } from '../process/process.ts';
import { SIGNALS } from '../process/signals.ts';
import type { ProcessTable } from '../process/table.ts';
import { pipeIo, terminalIo, type OutputListener, type TerminalRequest } from './program-io.ts';

export interface CommandRequest {
  command: string;
  args: string[];
  /** Absolute. */
  cwd: string;
  env: Record<string, string>;
  terminal?: TerminalRequest | undefined;
}

export interface RunningCommand {
  /** The exit code; 128 + n when signal n ended it, as shells report it. */
  readonly exited: Promise<number>;
  /** `written` is called when the program's input has room for more. */
  write(data: string | Uint8Array, written?: () => void): void;
  /** Ends its standard input: a pipe's writer closes, a terminal gets its end-of-file character. */
  endInput(): void;
  resize(size: TerminalRequest): void;
  /** A name of signal(7) to everything the command started. @throws {SysError} EINVAL for what is none, ENOSYS for one that stops */
  signal(name: string): void;
  /** SIGTERM to everything the command started; SIGKILL when something is left after a grace period. */
  kill(): void;
}

const SIGNAL_EXIT_BASE = 128;
const KILL_GRACE_MS = 2000;

/** @throws {SysError} when the program cannot be started */
export function runCommand(processes: ProcessTable, request: CommandRequest, output: OutputListener | undefined): RunningCommand {
  const { command, args, cwd, env, terminal } = request;
  const io = terminal === undefined ? pipeIo(output) : terminalIo(processes, terminal, output);
  const process = processes.spawn({
    file: command, args: [command, ...args], cwd, env, stdio: io.stdio, newSession: true,
    ...(io.terminal === undefined ? {} : { terminal: io.terminal }),
  });
  const { sid } = process;
  const exited = process.exited.then((status) => {
    io.close();
    return exitCode(status);
  });
  return {
    exited,
    write: io.write,
    endInput: io.endInput,
    resize: io.resize,
    signal: (name) => processes.killSession(sid, name),
    kill: () => {
      processes.killSession(sid, 'SIGTERM');
      const timer = setTimeout(() => processes.killSession(sid, 'SIGKILL'), KILL_GRACE_MS);
      void exited.then(() => clearTimeout(timer));
    },
  };
}

function exitCode({ code, signal }: ExitStatus): number {
  return signal === null ? code : SIGNAL_EXIT_BASE + SIGNALS[signal];
}
