import path from 'node:path';
import fs from 'node:fs';
import { Killed, type CommandContext, type Tool } from '../../lib/context.ts';
import { BrokenPipe, errorText } from '../../lib/errors.ts';
import { signalStatus } from '../../lib/signals.ts';
import { BufferedOutput, type Input, type Output } from '../../lib/streams.ts';
import type { ShellState } from '../state.ts';
import { FdInput, FdOutput } from './files.ts';
import type { Executor } from './executor.ts';

/** Tools that run inside of the shell's process. */
export interface ToolTable {
  /** Undefined when the name is none of ours, or PATH leads to another program first. */
  find(name: string, state: ShellState): Promise<Tool | undefined>;
}

const BROKEN_PIPE_STATUS = 141;

export async function runTool(shell: Executor, tool: Tool, argv: string[]): Promise<number> {
  const { state, io, signal } = shell;
  const opened: number[] = [];
  const stdout = new BufferedOutput(io.stdout);
  const context: CommandContext = {
    name: argv[0] ?? '', args: argv.slice(1), env: state.environment(), cwd: state.cwd, stdin: io.stdin, stdout, stderr: io.stderr, signal,
    path: (file) => path.resolve(state.cwd, file),
    open: async (file): Promise<Input> => {
      if (file === '-') return io.stdin;
      const fd = fs.openSync(path.resolve(state.cwd, file), 'r');
      opened.push(fd);
      if (fs.fstatSync(fd).isDirectory()) throw Object.assign(new Error('Is a directory'), { code: 'EISDIR' });
      return new FdInput(fd);
    },
    create: async (file, append = false): Promise<Output> => {
      const fd = fs.openSync(path.resolve(state.cwd, file), append ? 'a' : 'w', 0o666);
      opened.push(fd);
      return new FdOutput(fd);
    },
    error: async (message) => {
      await stdout.flush();
      await io.stderr.write(`${argv[0]}: ${message}\n`);
    },
    run: async (command, options = {}) => {
      await stdout.flush();
      const inner = shell.subshell(io, options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]));
      if (options.cwd !== undefined) inner.state.cwd = options.cwd;
      // A given environment is all that the command gets.
      if (options.env !== undefined) for (const variable of inner.state.variables.values()) variable.exported = false;
      for (const [name, value] of Object.entries(options.env ?? {})) inner.state.set(name, value, true);
      if (options.stdin !== undefined) inner.io.set(0, { input: options.stdin });
      if (options.stdout !== undefined) inner.io.set(1, { output: options.stdout });
      return inner.runArgv(command, { functions: false });
    },
    sleep: (ms) => new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(new Killed(String(signal.reason)));
      }, { once: true });
    }),
  };
  try {
    const status = await tool(context);
    await stdout.flush();
    return status;
  } catch (error) {
    if (error instanceof BrokenPipe) return BROKEN_PIPE_STATUS;
    if (error instanceof Killed) return signalStatus(error.signalName);
    await io.stderr.write(`${argv[0]}: ${errorText(error)}\n`);
    return 1;
  } finally {
    for (const fd of opened) fs.closeSync(fd);
  }
}
