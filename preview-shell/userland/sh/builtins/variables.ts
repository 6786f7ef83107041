import { OPTION_LETTERS } from '../state.ts';
import type { Executor } from '../exec/executor.ts';
import type { Builtin } from './builtin.ts';

const quoted = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;

async function listVariables(shell: Executor, prefix: string, keep: (name: string) => boolean): Promise<number> {
  const names = [...shell.state.variables.keys()].filter(keep).sort();
  await shell.io.stdout.write(names.map((name) => `${prefix}${name}=${quoted(shell.state.get(name) ?? '')}\n`).join(''));
  return 0;
}

/** `NAME` or `NAME=value` for export, readonly and local. */
async function eachAssignment(shell: Executor, args: string[], apply: (name: string, value: string | undefined) => void): Promise<number> {
  let status = 0;
  for (const argument of args) {
    const match = /^([A-Za-z_]\w*)(?:=([^]*))?$/.exec(argument);
    if (match === null) {
      await shell.complain(`${argument}: bad variable name`);
      status = 2;
    } else apply(match[1] as string, match[2]);
  }
  return status;
}

export const exportVariable: Builtin = (shell, args) => {
  const { state } = shell;
  const names = args.filter((argument) => argument !== '-p' && argument !== '--');
  if (names.length === 0) return listVariables(shell, 'export ', (name) => state.variables.get(name)?.exported === true);
  if (names[0] === '-n') return eachAssignment(shell, names.slice(1), (name) => { state.set(name, state.get(name) ?? '', false); });
  return eachAssignment(shell, names, (name, value) => state.set(name, value ?? state.get(name) ?? '', true));
};

export const readonlyVariable: Builtin = (shell, args) => {
  const { state } = shell;
  if (args.length === 0 || args[0] === '-p') return listVariables(shell, 'readonly ', (name) => state.variables.get(name)?.readonly === true);
  return eachAssignment(shell, args, (name, value) => {
    if (value !== undefined || state.get(name) === undefined) state.set(name, value ?? '');
    const variable = state.variables.get(name);
    if (variable !== undefined) variable.readonly = true;
  });
};

export const local: Builtin = async (shell, args) => {
  const { state } = shell;
  const hidden = state.locals.at(-1);
  if (hidden === undefined) {
    await shell.complain('local: not in a function');
    return 2;
  }
  return eachAssignment(shell, args.filter((argument) => !/^-[a-z]$/.test(argument)), (name, value) => {
    if (!hidden.has(name)) hidden.set(name, state.variables.get(name));
    state.variables.delete(name);
    state.set(name, value ?? '');
  });
};

export const unset: Builtin = (shell, args) => {
  const functions = args[0] === '-f';
  for (const name of args.filter((argument) => !argument.startsWith('-'))) {
    if (functions) shell.state.functions.delete(name);
    else if (shell.state.variables.has(name)) shell.state.unset(name);
    else shell.state.functions.delete(name);
  }
  return 0;
};

export const set: Builtin = async (shell, args) => {
  const { state } = shell;
  if (args.length === 0) return listVariables(shell, '', () => true);
  let at = 0;
  for (; /^[-+]./.test(args[at] ?? '') && args[at] !== '--'; at++) {
    const argument = args[at] as string;
    const on = argument.startsWith('-');
    for (const letter of argument.slice(1)) {
      const option = letter === 'o' ? args[++at] : OPTION_LETTERS[letter];
      if (option === undefined || !([...Object.values(OPTION_LETTERS), 'pipefail'].includes(option))) {
        await shell.complain(`set: illegal option ${argument}`);
        return 2;
      }
      if (on) state.options.add(option);
      else state.options.delete(option);
    }
  }
  if (args[at] === '--') state.parameters = args.slice(at + 1);
  else if (at < args.length) state.parameters = args.slice(at);
  return 0;
};

export const shift: Builtin = async (shell, [count = '1']) => {
  if (!/^\d+$/.test(count) || Number(count) > shell.state.parameters.length) {
    await shell.complain("shift: can't shift that many");
    return 2;
  }
  shell.state.parameters = shell.state.parameters.slice(Number(count));
  return 0;
};

/** `read` takes one line, byte by byte: what follows belongs to whoever reads next. */
export const read: Builtin = async (shell, args) => {
  const raw = args.some((argument) => /^-[a-z]*r/.test(argument));
  const promptAt = args.indexOf('-p');
  if (promptAt >= 0) await shell.io.stderr.write(args[promptAt + 1] ?? '');
  const names = args.filter((argument, index) => !argument.startsWith('-') && (promptAt < 0 || index !== promptAt + 1));
  const { line, ended } = await readLine(shell, raw);
  assign(shell, names.length === 0 ? ['REPLY'] : names, line);
  return ended ? 1 : 0;
};

async function readLine(shell: Executor, raw: boolean): Promise<{ line: string; ended: boolean }> {
  const bytes: number[] = [];
  const { stdin } = shell.io;
  for (;;) {
    const chunk = await stdin.read();
    if (chunk === undefined) return { line: Buffer.from(bytes).toString(), ended: true };
    const end = chunk.indexOf(10);
    bytes.push(...chunk.subarray(0, end < 0 ? chunk.length : end));
    if (end < 0) continue;
    stdin.unread(chunk.subarray(end + 1));
    if (raw || bytes.at(-1) !== 92) return { line: Buffer.from(bytes).toString(), ended: false };
    bytes.pop();
  }
}

/** The last name gets the rest of the line. */
function assign(shell: Executor, names: string[], line: string): void {
  const ifs = shell.state.get('IFS') ?? ' \t\n';
  const escaped = ifs.replace(/[\\\]^-]/g, '\\$&');
  const white = new RegExp(`^[${escaped}]+|[${escaped}]+$`, 'g');
  let rest = ifs === '' ? line : line.replace(white, '');
  for (const [index, name] of names.entries()) {
    const cut = index < names.length - 1 && ifs !== '' ? new RegExp(`[${escaped}]+`).exec(rest) : null;
    shell.state.set(name, cut === null ? rest : rest.slice(0, cut.index));
    rest = cut === null ? '' : rest.slice(cut.index + cut[0].length);
    if (cut === null) for (const empty of names.slice(index + 1)) shell.state.set(empty, '');
    if (cut === null) return;
  }
}

export const getopts: Builtin = (shell, [optstring = '', name = '', ...given]) => {
  const { state } = shell;
  const args = given.length > 0 ? given : state.parameters;
  const index = Number(state.get('OPTIND') ?? '1');
  const offset = Number(state.get('__OPTOFFSET') ?? '1');
  const argument = args[index - 1];
  const end = (): number => {
    state.set(name, '?');
    state.unset('__OPTOFFSET');
    return 1;
  };
  if (argument === undefined || !argument.startsWith('-') || argument === '-') return end();
  if (argument === '--') {
    state.set('OPTIND', String(index + 1));
    return end();
  }
  const letter = argument[offset] ?? '';
  const at = optstring.indexOf(letter);
  const takes = at >= 0 && optstring[at + 1] === ':';
  const next = (position: number, within = 1): void => {
    state.set('OPTIND', String(position));
    state.set('__OPTOFFSET', String(within));
  };
  if (at < 0 || letter === ':') {
    state.set(name, '?');
    state.set('OPTARG', optstring.startsWith(':') ? letter : '');
    next(offset + 1 < argument.length ? index : index + 1, offset + 1 < argument.length ? offset + 1 : 1);
    return optstring.startsWith(':') ? 0 : shell.complain(`illegal option -${letter}`).then(() => 0);
  }
  state.set(name, letter);
  if (!takes) {
    next(offset + 1 < argument.length ? index : index + 1, offset + 1 < argument.length ? offset + 1 : 1);
    return 0;
  }
  const value = offset + 1 < argument.length ? argument.slice(offset + 1) : args[index];
  next(offset + 1 < argument.length ? index + 1 : index + 2);
  if (value === undefined) {
    state.set(name, optstring.startsWith(':') ? ':' : '?');
    state.set('OPTARG', letter);
    return 0;
  }
  state.set('OPTARG', value);
  return 0;
};
