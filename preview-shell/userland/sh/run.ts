import fs from 'node:fs';
import process from 'node:process';
import { BrokenPipe, errorText } from '../lib/errors.ts';
import { signalStatus } from '../lib/signals.ts';
import { readText } from '../lib/streams.ts';
import { BUILTINS, runText } from './builtins/index.ts';
import { FunctionReturn, LoopControl, ShellExit } from './exec/control.ts';
import { Descriptors } from './exec/descriptors.ts';
import { Executor } from './exec/executor.ts';
import { Jobs } from './exec/jobs.ts';
import type { ToolTable } from './exec/tool.ts';
import { ShellSyntaxError } from './parser/ast.ts';
import { OPTION_LETTERS, ShellError, ShellState } from './state.ts';

const BROKEN_PIPE_STATUS = 141;

interface Arguments {
  command: string | undefined;
  script: string | undefined;
  parameters: string[];
  interactive: boolean;
}

export function createShell(tools: ToolTable): Executor {
  const jobs = new Jobs();
  const life = new AbortController();
  return new Executor(ShellState.fromEnvironment(), Descriptors.inherited(), { builtins: BUILTINS, tools, jobs }, life.signal);
}

/** `sh [options] [-c command [name] | script] [arguments]` (XCU sh). @throws {ShellError} for an option that is none */
export function readArguments(shell: Executor, argv: readonly string[]): Arguments {
  const { state } = shell;
  let takesCommand = false;
  let interactive = false;
  let at = 0;
  for (; /^[-+]./.test(argv[at] ?? ''); at++) {
    const argument = argv[at] as string;
    if (argument === '--') {
      at++;
      break;
    }
    if (argument === '--login' || argument === '--norc' || argument === '--noprofile' || argument === '--posix') continue;
    for (const letter of argument.slice(1)) {
      const option = letter === 'o' ? argv[++at] : OPTION_LETTERS[letter];
      if (letter === 'c') takesCommand = true;
      else if (letter === 'i') interactive = true;
      else if (letter === 'l' || letter === 's') continue;
      else if (option === undefined) throw new ShellError(`Illegal option ${argument}`, 2);
      else if (argument.startsWith('-')) state.options.add(option);
      else state.options.delete(option);
    }
  }
  const rest = argv.slice(at);
  if (!takesCommand) {
    const [script, ...parameters] = rest;
    if (script !== undefined) state.name = script;
    return { command: undefined, script, parameters, interactive };
  }
  const [command, name, ...parameters] = rest;
  if (command === undefined) throw new ShellError('-c requires an argument', 2);
  if (name !== undefined) state.name = name;
  return { command, script: undefined, parameters, interactive };
}

/** The text that a shell without a terminal runs. @throws {ShellError} 127, 126 */
export async function scriptText(shell: Executor, { command, script }: Arguments): Promise<string> {
  if (command !== undefined) return command;
  if (script === undefined) return readText(shell.io.stdin);
  try {
    return fs.readFileSync(script, 'utf8');
  } catch (error) {
    const missing = (error as { code?: string }).code === 'ENOENT';
    throw new ShellError(`cannot open ${script}: ${errorText(error)}`, missing ? 127 : 126);
  }
}

/** Runs text as a whole shell: its traps, its errors, its exit status. */
export async function runWhole(shell: Executor, text: string): Promise<number> {
  handleTraps(shell);
  let status = await settled(shell, () => runText(shell, text));
  const last = shell.state.traps.get('EXIT');
  shell.state.traps.delete('EXIT');
  if (last !== undefined) {
    shell.state.status = status;
    const after = await settled(shell, async () => {
      await runText(shell, last);
      return status;
    });
    status = after;
  }
  return status;
}

async function settled(shell: Executor, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ShellExit || error instanceof FunctionReturn) return error.status;
    if (error instanceof LoopControl) return 0;
    if (error instanceof BrokenPipe) return BROKEN_PIPE_STATUS;
    if (error instanceof ShellSyntaxError) {
      await shell.complain(`${error.line}: ${error.message}`);
      return 2;
    }
    return shell.report(error);
  }
}

/** Signals that `trap` names are handled; the others end the shell as they end any process. */
function handleTraps(shell: Executor): void {
  const handlers = new Map<string, () => void>();
  shell.world.jobs.onTrap = (signal) => {
    const handler = handlers.get(signal);
    const text = shell.state.traps.get(signal);
    if (handler !== undefined) process.off(signal, handler);
    handlers.delete(signal);
    if (text === undefined || signal === 'EXIT') return;
    const made = (): void => {
      if (text === '') return;
      void settled(shell, () => runText(shell, text)).then((status) => {
        if (shell.state.status !== status) process.exitCode = signalStatus(signal);
      });
    };
    handlers.set(signal, made);
    process.on(signal, made);
  };
}
