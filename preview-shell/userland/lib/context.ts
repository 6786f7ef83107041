import type { Input, Output } from './streams.ts';

/** What a tool gets. One tool may run many times at once in one process, so all of its world is in here. */
export interface CommandContext {
  /** As called (`egrep`, `zcat`): several names may share one tool. */
  name: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  stdin: Input;
  stdout: Output;
  stderr: Output;
  /** Aborted with a signal name as reason when the tool has to end. */
  signal: AbortSignal;
  /** An absolute path for what the user wrote. */
  path(path: string): string;
  /** Opens a file for reading, `-` being standard input. Released when the tool ends. */
  open(path: string): Promise<Input>;
  /** Opens a file for writing, emptied unless `append`. */
  create(path: string, append?: boolean): Promise<Output>;
  /** One line on standard error, with the tool's name before it. */
  error(message: string): Promise<void>;
  /** Runs another command as a shell would; resolves to its exit status. */
  run(argv: string[], options?: RunOptions): Promise<number>;
  /** Waits, and ends early with an exception when the tool has to end. */
  sleep(ms: number): Promise<void>;
}

export interface RunOptions {
  env?: Record<string, string>;
  cwd?: string;
  stdin?: Input;
  stdout?: Output;
  /** Further reason to end the command, with a signal name as its reason. */
  signal?: AbortSignal;
}

/** Exit status, POSIX: 0 success. */
export type Tool = (context: CommandContext) => Promise<number>;

/** Thrown to end whatever runs when a signal asks for it; the status is 128 + number. */
export class Killed extends Error {
  readonly signalName: string;

  constructor(signalName: string) {
    super(signalName);
    this.signalName = signalName;
  }
}
