/** From a command to what a thread runs: PATH search, permission, `#!` lines (execve(2), execvp(3)). */
import { SysError } from '../../abi/errno.ts';
import { splitNodeArguments } from './node-arguments.ts';
import { simpleCommand } from './simple-command.ts';

/** What the disk tells about programs. Paths are absolute; symbolic links are followed. @throws {SysError} */
export interface ProgramFiles {
  stat(path: string): { kind: 'file' | 'directory' | 'other'; mode: number };
  /** Up to `length` bytes from the start of the file. */
  read(path: string, length: number): Uint8Array;
  realpath(path: string): string;
}

export interface Command {
  /** As typed: a name to look for in PATH, or a path. */
  file: string;
  /** Starts with argv[0]. */
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
}

export interface Program {
  execPath: string;
  execArgv: string[];
  argv: string[];
  /** The command's environment, with what an `env` in a `#!` line sets. */
  env: Record<string, string>;
}

/** The one program that is not a script: Node itself. Its other names are links to it. */
export const NODE_PATH = '/usr/bin/node';
const SHELL_PATH = '/bin/sh';
const ENV_PATHS: ReadonlySet<string> = new Set(['/usr/bin/env', '/bin/env']);
/** confstr(_CS_PATH), which execvp uses when the environment has no PATH. */
const DEFAULT_PATH = '/bin:/usr/bin';
/** BINPRM_BUF_SIZE: the longest `#!` line that Linux reads. */
const HEAD_BYTES = 256;
const MAX_INTERPRETERS = 5;
const ANY_EXECUTE = 0o111;
const HASH = 0x23;
const BANG = 0x21;

/** @throws {SysError} ENOENT, EACCES, ENOTDIR, ENOEXEC, ELOOP */
export function resolveProgram(files: ProgramFiles, command: Command): Program {
  const path = findProgram(files, command);
  return withoutShell(files, path, command) ?? interpret(files, path, command, 0);
}

/** What `sh -c` would execute in its own place. Undefined for what needs a shell, and for a command that cannot be had: saying so is the shell's. */
function withoutShell(files: ProgramFiles, path: string, { args, cwd, env }: Command): Program | undefined {
  const [, option, line, ...rest] = args;
  const words = option === '-c' && line !== undefined && rest.length === 0 ? simpleCommand(line) : undefined;
  if (words?.[0] === undefined || files.realpath(path) !== files.realpath(SHELL_PATH)) return undefined;
  // A shell corrects the variable that says where it is.
  const inner: Command = { file: words[0], args: words, cwd, env: env['PWD'] === undefined ? env : { ...env, PWD: cwd } };
  try {
    return interpret(files, findProgram(files, inner), inner, 0);
  } catch (error) {
    if (error instanceof SysError) return undefined;
    throw error;
  }
}

function interpret(files: ProgramFiles, path: string, command: Command, depth: number): Program {
  if (isNode(files, path)) {
    const { execArgv, rest } = splitNodeArguments(command.args.slice(1));
    return { execPath: NODE_PATH, execArgv, argv: [command.args[0] ?? 'node', ...rest], env: { ...command.env } };
  }
  if (depth >= MAX_INTERPRETERS) throw new SysError('ELOOP', path);
  const head = files.read(path, HEAD_BYTES);
  // execvp(3) hands a text without `#!` to the shell; what is binary is for another machine.
  const line = head[0] === HASH && head[1] === BANG ? shebang(head) : isText(head) ? [SHELL_PATH] : undefined;
  if (line?.[0] === undefined) throw new SysError('ENOEXEC', path);
  const args = [...line, path, ...command.args.slice(1)];
  return ENV_PATHS.has(line[0])
    ? interpretEnv(files, args, command, depth)
    : interpret(files, absolute(line[0], command.cwd), { ...command, args }, depth + 1);
}

/** `#!/usr/bin/env [-S] [NAME=value…] program`: what env(1) would execute, without a process of its own in between. */
function interpretEnv(files: ProgramFiles, args: readonly string[], command: Command, depth: number): Program {
  const words = args[1]?.startsWith('-S') === true ? splitEnvString(args) : args.slice(1);
  const env = { ...command.env };
  let at = 0;
  for (; /^[A-Za-z_]\w*=/.test(words[at] ?? ''); at++) {
    const [name, value] = splitOnce(words[at] ?? '', '=');
    env[name] = value;
  }
  const file = words[at];
  if (file === undefined || file.startsWith('-')) throw new SysError('ENOEXEC', `env ${words.join(' ')}`);
  const next: Command = { file, args: words.slice(at), cwd: command.cwd, env };
  return interpret(files, findProgram(files, next), next, depth + 1);
}

function splitEnvString(args: readonly string[]): string[] {
  const text = (args[1] ?? '').slice(2);
  return [...text.split(/[ \t]+/).filter((word) => word !== ''), ...args.slice(2)];
}

/** The interpreter, and its one argument when there is one: Linux does not split further. */
function shebang(head: Uint8Array): string[] {
  // Packs lie in shared memory, which decoders refuse: a copy.
  const text = new TextDecoder().decode(head.slice(2));
  const line = (text.split('\n', 1)[0] ?? '').replace(/\r$/, '').trim();
  const [interpreter, argument] = splitOnce(line, /[ \t]+/);
  return [interpreter, argument].filter((word) => word !== '');
}

function splitOnce(text: string, separator: string | RegExp): [string, string] {
  const at = text.search(separator);
  if (at < 0) return [text, ''];
  const [first = ''] = text.split(separator, 1);
  return [first, text.slice(at).replace(separator, '')];
}

function isText(head: Uint8Array): boolean {
  return !head.includes(0) && !(head[0] === 0x7f && head[1] === 0x45);
}

/** execvp(3): every entry of PATH is tried; a refusal is remembered, so that EACCES wins over ENOENT. */
function findProgram(files: ProgramFiles, { file, cwd, env }: Command): string {
  if (file === '') throw new SysError('ENOENT', file);
  if (file.includes('/')) {
    const path = absolute(file, cwd);
    assertExecutable(files, path);
    return path;
  }
  let refusal = new SysError('ENOENT', file);
  for (const folder of (env['PATH'] ?? DEFAULT_PATH).split(':')) {
    const path = `${absolute(folder === '' ? '.' : folder, cwd)}/${file}`;
    try {
      assertExecutable(files, path);
      return path;
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
      if (error.code === 'EACCES') refusal = error;
    }
  }
  throw refusal;
}

function assertExecutable(files: ProgramFiles, path: string): void {
  const { kind, mode } = files.stat(path);
  if (kind !== 'file' || (mode & ANY_EXECUTE) === 0) throw new SysError('EACCES', path);
}

function isNode(files: ProgramFiles, path: string): boolean {
  return path === NODE_PATH || files.realpath(path) === NODE_PATH;
}

function absolute(path: string, cwd: string): string {
  return path.startsWith('/') ? path : `${cwd === '/' ? '' : cwd}/${path}`;
}
