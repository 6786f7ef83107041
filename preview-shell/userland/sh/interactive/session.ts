/** The shell that a person types into: line editing, history, completion by node:readline. */
import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import readline from 'node:readline';
import { ShellExit } from '../exec/control.ts';
import type { Executor } from '../exec/executor.ts';
import { ShellSyntaxError } from '../parser/ast.ts';
import { Parser } from '../parser/parser.ts';
import { completer } from './completion.ts';

const HISTORY_LINES = 1000;
const INTERRUPTED = 130;

export async function runInteractive(shell: Executor): Promise<number> {
  const { state } = shell;
  state.options.add('interactive');
  const historyFile = path.join(state.get('HOME') ?? '/', '.sh_history');
  const history = loadHistory(historyFile);
  for (;;) {
    const text = await readCommand(shell, history);
    reportFinishedJobs(shell);
    if (text === undefined) {
      process.stdout.write('exit\n');
      return state.status;
    }
    if (text === '') continue;
    if (text.trim() !== '' && history[0] !== text) {
      history.unshift(text);
      history.length = Math.min(history.length, HISTORY_LINES);
      appendHistory(historyFile, text);
    }
    const status = await runTyped(shell, text);
    if (status !== undefined) return status;
  }
}

/** One whole command, over several lines where its syntax asks for them; undefined at the end of input, empty when it was given up. */
async function readCommand(shell: Executor, history: string[]): Promise<string | undefined> {
  let text = '';
  for (;;) {
    const line = await readLine(shell, text === '' ? prompt(shell) : '> ', history);
    if (line === undefined) return text === '' ? undefined : '';
    if (line === null) {
      shell.state.status = INTERRUPTED;
      return '';
    }
    text = text === '' ? line : `${text}\n${line}`;
    if (!isIncomplete(shell, text)) return text;
  }
}

/** The line; null when it was interrupted, undefined at the end of input. The terminal is in raw mode only while a line is typed. */
function readLine(shell: Executor, text: string, history: string[]): Promise<string | null | undefined> {
  return new Promise((resolve) => {
    const editor = readline.createInterface({
      input: process.stdin, output: process.stdout, prompt: text, history: [...history], historySize: HISTORY_LINES, terminal: true, completer: completer(shell), tabSize: 4,
    });
    let answer: string | null | undefined;
    editor.on('line', (line) => {
      answer = line;
      editor.close();
    });
    editor.on('SIGINT', () => {
      process.stdout.write('^C\n');
      answer = null;
      editor.close();
    });
    editor.on('SIGTSTP', () => undefined);
    editor.on('close', () => resolve(answer));
    editor.prompt();
  });
}

function isIncomplete(shell: Executor, text: string): boolean {
  if (/(?<!\\)(?:\\\\)*\\$/.test(text)) return true;
  try {
    new Parser(text, { extended: true, aliases: shell.state.aliases, line: 1 }, true).all();
    return false;
  } catch (error) {
    return error instanceof ShellSyntaxError && error.incomplete;
  }
}

async function runTyped(shell: Executor, text: string): Promise<number | undefined> {
  // ^C reaches everything that runs on the terminal: the programs end by it, the shell goes on.
  const life = new AbortController();
  const interrupt = (): void => life.abort('SIGINT');
  process.on('SIGINT', interrupt);
  shell.signal = life.signal;
  try {
    const parser = new Parser(text, { extended: true, aliases: shell.state.aliases, line: 1 });
    for (let list = parser.nextCommands(); list !== undefined; list = parser.nextCommands()) await shell.runList(list);
    return undefined;
  } catch (error) {
    if (error instanceof ShellExit) return error.status;
    if (life.signal.aborted) {
      shell.state.status = INTERRUPTED;
      return undefined;
    }
    if (error instanceof ShellSyntaxError) {
      await shell.complain(error.message);
      shell.state.status = 2;
      return undefined;
    }
    shell.state.status = await shell.report(error).catch(() => 1);
    return undefined;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

function reportFinishedJobs(shell: Executor): void {
  for (const job of shell.world.jobs.list()) {
    if (job.status === undefined) continue;
    process.stdout.write(`[${job.id}] ${job.status === 0 ? 'Done' : `Exit ${job.status}`}\t${job.source}\n`);
    shell.world.jobs.remove(job);
  }
}

function prompt({ state }: Executor): string {
  const home = state.get('HOME') ?? '';
  const shown = home !== '' && (state.cwd === home || state.cwd.startsWith(`${home}/`)) ? `~${state.cwd.slice(home.length)}` : state.cwd;
  const failed = state.status === 0 ? '' : `\x1b[31m${state.status}\x1b[0m `;
  return `${failed}\x1b[1;34m${shown}\x1b[0m $ `;
}

/** Newest first. */
function loadHistory(file: string): string[] {
  try {
    return fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').slice(-HISTORY_LINES).reverse();
  } catch {
    // A first session has none.
    return [];
  }
}

function appendHistory(file: string, text: string): void {
  try {
    fs.appendFileSync(file, `${text.replaceAll('\n', ' ')}\n`);
  } catch {
    // A home that cannot be written to keeps no history.
  }
}
