import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { errorText } from '../../lib/errors.ts';
import { allSignals, signalName, signalNumber } from '../../lib/signals.ts';
import { FunctionReturn, LoopControl, ShellExit } from '../exec/control.ts';
import type { Executor } from '../exec/executor.ts';
import { Parser } from '../parser/parser.ts';
import { isReservedWord } from '../parser/parser.ts';
import { ShellError } from '../state.ts';
import type { Builtin } from './builtin.ts';
import { echo, printf } from './printf.ts';
import { test } from './test.ts';
import { exportVariable, getopts, local, read, readonlyVariable, set, shift, unset } from './variables.ts';

/** Runs text in this shell. @throws {ShellSyntaxError} */
export async function runText(shell: Executor, text: string): Promise<number> {
  const parser = new Parser(text, { extended: true, aliases: shell.state.aliases, line: 1 });
  for (let list = parser.nextCommands(); list !== undefined; list = parser.nextCommands()) await shell.runList(list);
  return shell.state.status;
}

const statusArgument = (shell: Executor, text: string | undefined): number => (text === undefined ? shell.state.status : Number.parseInt(text, 10) & 0xff);

const cd: Builtin = async (shell, args) => {
  const { state } = shell;
  const target = args.find((argument) => !/^-[LPe]+$/.test(argument)) ?? state.get('HOME');
  if (target === undefined) throw new ShellError('cd: HOME not set');
  const wanted = target === '-' ? (state.get('OLDPWD') ?? '') : target;
  const to = path.resolve(state.cwd, wanted);
  try {
    if (!fs.statSync(to).isDirectory()) throw Object.assign(new Error('Not a directory'), { code: 'ENOTDIR' });
  } catch (error) {
    await shell.complain(`cd: ${target}: ${errorText(error)}`);
    return 1;
  }
  state.set('OLDPWD', state.cwd);
  state.cwd = to;
  state.set('PWD', to);
  if (!state.subshell) process.chdir(to);
  if (target === '-') await shell.io.stdout.write(`${to}\n`);
  return 0;
};

const loop = (kind: 'break' | 'continue'): Builtin => (_shell, [count = '1']) => {
  throw new LoopControl(kind, Math.max(1, Number(count) || 1));
};

const source: Builtin = async (shell, [file, ...args]) => {
  if (file === undefined) throw new ShellError('.: filename argument required', 2);
  const found = file.includes('/') ? path.resolve(shell.state.cwd, file) : (findFile(shell, file, fs.constants.R_OK) ?? path.resolve(shell.state.cwd, file));
  let text: string;
  try {
    text = fs.readFileSync(found, 'utf8');
  } catch (error) {
    throw new ShellError(`.: ${file}: ${errorText(error)}`, 2);
  }
  const { parameters } = shell.state;
  if (args.length > 0) shell.state.parameters = args;
  try {
    return await runText(shell, text);
  } catch (error) {
    if (error instanceof FunctionReturn) return error.status;
    throw error;
  } finally {
    shell.state.parameters = parameters;
  }
};

/** A file of that name in PATH. */
export function findFile(shell: Pick<Executor, 'state'>, name: string, mode = fs.constants.X_OK): string | undefined {
  for (const folder of (shell.state.get('PATH') ?? '').split(':')) {
    const file = path.join(path.resolve(shell.state.cwd, folder === '' ? '.' : folder), name);
    try {
      fs.accessSync(file, mode);
      if (fs.statSync(file).isFile()) return file;
    } catch {
      // Not there, or not for us: the next folder.
    }
  }
  return undefined;
}

async function describe(shell: Executor, name: string, verbose: boolean): Promise<boolean> {
  const say = (text: string): Promise<void> | void => shell.io.stdout.write(`${text}\n`);
  const file = name.includes('/') ? (fs.existsSync(path.resolve(shell.state.cwd, name)) ? name : undefined) : findFile(shell, name);
  if (isReservedWord(name)) await say(verbose ? `${name} is a shell keyword` : name);
  else if (shell.state.functions.has(name)) await say(verbose ? `${name} is a shell function` : name);
  else if (Object.hasOwn(BUILTINS, name)) await say(verbose ? `${name} is a shell builtin` : name);
  else if (file !== undefined) await say(verbose ? `${name} is ${file}` : file);
  else return false;
  return true;
}

const command: Builtin = async (shell, args) => {
  const [flag, ...rest] = args;
  if (flag !== '-v' && flag !== '-V') return shell.runArgv(flag === '-p' || flag === '--' ? rest : args, { functions: false });
  let status = 0;
  for (const name of rest) {
    if (await describe(shell, name, flag === '-V')) continue;
    status = 127;
    if (flag === '-V') await shell.complain(`${name}: not found`);
  }
  return status;
};

const type: Builtin = async (shell, args) => {
  let status = 0;
  for (const name of args.filter((argument) => !argument.startsWith('-'))) {
    if (await describe(shell, name, true)) continue;
    status = 127;
    await shell.io.stdout.write(`${name}: not found\n`);
  }
  return status;
};

const trap: Builtin = async (shell, args) => {
  const { traps } = shell.state;
  const given = args[0] === '--' ? args.slice(1) : args;
  if (given.length === 0) {
    await shell.io.stdout.write([...traps].map(([name, text]) => `trap -- '${text.replaceAll("'", "'\\''")}' ${name.replace(/^SIG/, '')}\n`).join(''));
    return 0;
  }
  const resets = given.length === 1 || given[0] === '-' || /^\d+$/.test(given[0] ?? '');
  const [action, ...names] = resets && given[0] !== '-' ? ['-', ...given] : given;
  for (const text of names) {
    const name = signalName(text);
    if (name === undefined) {
      await shell.complain(`trap: ${text}: bad trap`);
      return 1;
    }
    if (action === '-') traps.delete(name);
    else traps.set(name, action ?? '');
    shell.world.jobs.onTrap?.(name);
  }
  return 0;
};

const wait: Builtin = async (shell, args) => {
  const { jobs } = shell.world;
  if (args.length === 0) {
    for (const job of jobs.list()) {
      await job.ended;
      jobs.remove(job);
    }
    return 0;
  }
  let status = 0;
  for (const text of args) {
    const job = jobs.find(text);
    status = job === undefined ? 127 : await job.ended;
    if (job !== undefined) jobs.remove(job);
  }
  return status;
};

const listJobs: Builtin = async (shell) => {
  for (const job of shell.world.jobs.list()) {
    await shell.io.stdout.write(`[${job.id}] ${job.status === undefined ? 'Running' : job.status === 0 ? 'Done' : `Exit ${job.status}`}\t${job.source}\n`);
    if (job.status !== undefined) shell.world.jobs.remove(job);
  }
  return 0;
};

const foreground: Builtin = async (shell, [text = '%%']) => {
  const job = shell.world.jobs.find(text);
  if (job === undefined) {
    await shell.complain(`fg: ${text}: no such job`);
    return 1;
  }
  await shell.io.stdout.write(`${job.source}\n`);
  shell.world.jobs.remove(job);
  return job.ended;
};

const kill: Builtin = async (shell, args) => {
  if (args[0] === '-l') {
    await shell.io.stdout.write(`${allSignals().map(([name]) => name).join(' ')}\n`);
    return 0;
  }
  const flag = /^-(?!\d+$)(?:s)?(.*)$|^-(\d+)$/.exec(args[0] ?? '');
  const separate = args[0] === '-s';
  const name = separate ? signalName(args[1] ?? '') : flag === null ? 'SIGTERM' : flag[2] === '0' ? undefined : signalName(flag[1] ?? flag[2] ?? '');
  const targets = args.slice(separate ? 2 : flag === null ? 0 : 1);
  let status = 0;
  for (const target of targets) {
    const pid = target.startsWith('%') ? shell.world.jobs.find(target)?.pid : Number(target);
    try {
      if (pid === undefined || Number.isNaN(pid)) throw Object.assign(new Error('No such process'), { code: 'ESRCH' });
      process.kill(pid, name === undefined ? 0 : signalNumber(name));
    } catch (error) {
      await shell.complain(`kill: (${target}) - ${errorText(error)}`);
      status = 1;
    }
  }
  return status;
};

const exec: Builtin = async (shell, args) => {
  throw new ShellExit(await shell.runArgv(args[0] === '-c' || args[0] === '--' ? args.slice(1) : args, { functions: false }));
};

const umask: Builtin = async (shell, [mask]) => {
  if (mask === undefined) await shell.io.stdout.write(`${process.umask().toString(8).padStart(4, '0')}\n`);
  else process.umask(Number.parseInt(mask, 8));
  return 0;
};

const alias: Builtin = async (shell, args) => {
  const { aliases } = shell.state;
  for (const argument of args) {
    const at = argument.indexOf('=');
    if (at > 0) aliases.set(argument.slice(0, at), argument.slice(at + 1));
    else if (aliases.has(argument)) await shell.io.stdout.write(`${argument}='${aliases.get(argument)}'\n`);
  }
  if (args.length === 0) await shell.io.stdout.write([...aliases].map(([name, text]) => `${name}='${text}'\n`).join(''));
  return 0;
};

const dashed = (name: string): Builtin => async (shell) => {
  await shell.complain(`${name} is not supported: a process in the container cannot be stopped and continued`);
  return 1;
};

export const BUILTINS: Readonly<Record<string, Builtin>> = {
  ':': () => 0, true: () => 0, false: () => 1, echo, printf, test, '[': test, cd, alias,
  pwd: async (shell) => {
    await shell.io.stdout.write(`${shell.state.cwd}\n`);
    return 0;
  },
  export: exportVariable, readonly: readonlyVariable, local, declare: local, typeset: local, unset, set, shift, read, getopts,
  exit: (shell, [status]) => { throw new ShellExit(statusArgument(shell, status)); },
  return: (shell, [status]) => { throw new FunctionReturn(statusArgument(shell, status)); },
  break: loop('break'), continue: loop('continue'),
  eval: (shell, args) => runText(shell, args.join(' ')),
  '.': source, source, command, type, builtin: (shell, args) => shell.runArgv(args, { functions: false }), trap, wait, jobs: listJobs, fg: foreground, bg: dashed('bg'), kill, exec, umask,
  unalias: (shell, args) => {
    for (const name of args) shell.state.aliases.delete(name);
    return 0;
  },
  hash: () => 0,
  times: async (shell) => {
    const { user, system } = process.cpuUsage();
    await shell.io.stdout.write(`${(user / 1e6).toFixed(3)}s ${(system / 1e6).toFixed(3)}s\n`);
    return 0;
  },
};
