import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { errorText } from '../lib/errors.ts';
import type { CommandContext, Tool } from '../lib/context.ts';
import { chunks, readAll } from '../lib/streams.ts';
import { modeText } from './ls.ts';
import { parseOptions, UsageError } from './options.ts';

const say = async ({ stdout }: CommandContext, text: string): Promise<number> => {
  await stdout.write(`${text}\n`);
  return 0;
};

const operandsOf = (context: CommandContext): string[] => parseOptions(context, '').operands;

export const env: Tool = async (context) => {
  const args = [...context.args];
  const given: Record<string, string> = args[0] === '-i' ? {} : { ...context.env };
  if (args[0] === '-i') args.shift();
  for (let at = args[0]?.indexOf('=') ?? -1; at > 0; at = args[0]?.indexOf('=') ?? -1) {
    const assignment = args.shift() as string;
    given[assignment.slice(0, at)] = assignment.slice(at + 1);
  }
  if (args.length > 0) return context.run(args, { env: given });
  await context.stdout.write(Object.entries(given).map(([name, value]) => `${name}=${value}\n`).join(''));
  return 0;
};

export const printenv: Tool = async (context) => {
  const [name] = operandsOf(context);
  if (name === undefined) return env({ ...context, args: [] });
  const value = context.env[name];
  return value === undefined ? 1 : say(context, value);
};

export const which: Tool = async (context) => {
  let status = 0;
  for (const name of parseOptions(context, 'a').operands) {
    const found = (context.env['PATH'] ?? '').split(':').map((folder) => path.join(context.path(folder), name)).find((file) => {
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
      } catch {
        return false;
      }
    });
    if (found === undefined) status = 1;
    else await say(context, found);
  }
  return status;
};

export const basename: Tool = async (context) => {
  const [name = '', suffix = ''] = operandsOf(context);
  const base = path.basename(name);
  return say(context, suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base);
};

export const dirname: Tool = async (context) => say(context, operandsOf(context).map((name) => path.dirname(name)).join('\n'));

export const realpath: Tool = async (context) => {
  let status = 0;
  for (const name of operandsOf(context)) {
    try {
      await say(context, fs.realpathSync(context.path(name)));
    } catch (error) {
      await context.error(`${name}: ${errorText(error)}`);
      status = 1;
    }
  }
  return status;
};

export const readlink: Tool = async (context) => {
  const { flags, operands: [name = ''] } = parseOptions(context, 'fen');
  try {
    return await say(context, flags.has('f') || flags.has('e') ? fs.realpathSync(context.path(name)) : fs.readlinkSync(context.path(name)));
  } catch {
    return 1;
  }
};

export const stat: Tool = async (context) => {
  let status = 0;
  for (const name of operandsOf(context)) {
    const found = fs.lstatSync(context.path(name), { throwIfNoEntry: false });
    if (found === undefined) {
      await context.error(`cannot stat '${name}': No such file or directory`);
      status = 1;
    } else await say(context, `  File: ${name}\n  Size: ${found.size}\tInode: ${found.ino}\tLinks: ${found.nlink}\nAccess: (${(found.mode & 0o7777).toString(8).padStart(4, '0')}/${modeText(found)})\nModify: ${found.mtime.toISOString()}`);
  }
  return status;
};

export const du: Tool = async (context) => {
  const { flags, operands } = parseOptions(context, 'shk', { summarize: 's', 'human-readable': 'h' });
  const show = (bytes: number): string => (flags.has('h') ? (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)}K` : `${(bytes / 1024 / 1024).toFixed(1)}M`) : String(Math.ceil(bytes / 1024)));
  const measure = async (name: string, at: string, top: boolean): Promise<number> => {
    const found = fs.lstatSync(at);
    if (!found.isDirectory()) return found.size;
    let sum = 0;
    for (const child of fs.readdirSync(at)) sum += await measure(`${name}/${child}`, path.join(at, child), false);
    if (top || !flags.has('s')) await say(context, `${show(sum)}\t${name}`);
    return sum;
  };
  for (const name of operands.length === 0 ? ['.'] : operands) {
    const at = context.path(name);
    const bytes = await measure(name, at, true);
    if (!fs.lstatSync(at).isDirectory()) await say(context, `${show(bytes)}\t${name}`);
  }
  return 0;
};

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const sleep: Tool = async (context) => {
  let total = 0;
  for (const text of operandsOf(context)) {
    const [, amount = '', unit = 's'] = /^(\d*\.?\d+)([smhd]?)$/.exec(text) ?? [];
    if (amount === '') throw new UsageError(`invalid time interval '${text}'`);
    total += Number(amount) * (UNIT_MS[unit === '' ? 's' : unit] ?? 1000);
  }
  await context.sleep(total);
  return 0;
};

export const seq: Tool = async (context) => {
  const numbers = context.args.filter((argument) => !/^-[sw]/.test(argument)).map(Number);
  const [first, step, last] = numbers.length === 1 ? [1, 1, numbers[0] as number] : numbers.length === 2 ? [numbers[0] as number, 1, numbers[1] as number] : [numbers[0] ?? 1, numbers[1] ?? 1, numbers[2] ?? 0];
  if ([first, step, last].some(Number.isNaN) || step === 0) throw new UsageError('numbers expected');
  const digits = Math.max(...context.args.map((argument) => argument.split('.')[1]?.length ?? 0));
  for (let value = first, index = 0; step > 0 ? value <= last : value >= last; value = first + ++index * step) await context.stdout.write(`${value.toFixed(digits)}\n`);
  return 0;
};

export const yes: Tool = async (context) => {
  const text = `${context.args.join(' ') || 'y'}\n`.repeat(1024);
  while (!context.signal.aborted) await context.stdout.write(text);
  return 130;
};

export const date: Tool = async (context) => {
  const { flags, operands: [format] } = parseOptions(context, 'uI');
  const now = new Date();
  const utc = flags.has('u');
  if (flags.has('I')) return say(context, now.toISOString().slice(0, 10));
  const part = (local: number, universal: number, width = 2): string => String(utc ? universal : local).padStart(width, '0');
  const fields: Readonly<Record<string, string>> = {
    Y: part(now.getFullYear(), now.getUTCFullYear(), 4), m: part(now.getMonth() + 1, now.getUTCMonth() + 1), d: part(now.getDate(), now.getUTCDate()), H: part(now.getHours(), now.getUTCHours()),
    M: part(now.getMinutes(), now.getUTCMinutes()), S: part(now.getSeconds(), now.getUTCSeconds()), s: String(Math.floor(now.getTime() / 1000)), N: `${String(now.getMilliseconds()).padStart(3, '0')}000000`, '%': '%',
  };
  const expand = (text: string): string => text.replaceAll('%F', '%Y-%m-%d').replaceAll('%T', '%H:%M:%S').replace(/%([a-zA-Z%])/g, (whole, letter: string) => fields[letter] ?? whole);
  return say(context, format?.startsWith('+') === true ? expand(format.slice(1)) : `${now.toUTCString().replace('GMT', 'UTC')}`);
};

export const uname: Tool = async (context) => {
  const { flags } = parseOptions(context, 'asnrm');
  const parts = { s: 'Linux', n: os.hostname(), r: os.release(), m: os.machine() };
  const wanted = flags.has('a') ? Object.values(parts) : flags.size === 0 ? [parts.s] : Object.entries(parts).filter(([flag]) => flags.has(flag)).map(([, text]) => text);
  return say(context, wanted.join(' '));
};

export const whoami: Tool = (context) => say(context, os.userInfo().username);
export const hostname: Tool = (context) => say(context, os.hostname());
export const id: Tool = (context) => {
  const { uid, gid, username } = os.userInfo();
  return say(context, parseOptions(context, 'un').flags.has('u') ? String(uid) : `uid=${uid}(${username}) gid=${gid}(${username}) groups=${gid}(${username})`);
};
export const clear: Tool = async ({ stdout }) => {
  await stdout.write('\x1b[H\x1b[2J\x1b[3J');
  return 0;
};

interface ProcessInfo {
  pid: number;
  ppid: number;
  argv: string[];
  startedAt: number;
}

/** The container's processes. Options of other systems' ps are taken: there is one view. */
export const ps: Tool = async (context) => {
  const { binding } = process as unknown as { binding(this: NodeJS.Process, name: string): { processes(): ProcessInfo[] } };
  const rows = binding.call(process, 'terrarium').processes().map(({ pid, ppid, argv, startedAt }) => `${String(pid).padStart(5)} ${String(ppid).padStart(5)} ${new Date(startedAt).toTimeString().slice(0, 8)} ${argv.join(' ')}`);
  return say(context, ['  PID  PPID STIME    COMMAND', ...rows].join('\n'));
};

const checksum = (algorithm: string): Tool => async (context) => {
  let status = 0;
  const operands = operandsOf(context);
  for (const name of operands.length === 0 ? ['-'] : operands) {
    try {
      const hash = createHash(algorithm);
      for await (const chunk of chunks(await context.open(name))) hash.update(chunk);
      await say(context, `${hash.digest('hex')}  ${name}`);
    } catch (error) {
      await context.error(`${name}: ${errorText(error)}`);
      status = 1;
    }
  }
  return status;
};
export const md5sum = checksum('md5');
export const sha1sum = checksum('sha1');
export const sha256sum = checksum('sha256');

export const base64: Tool = async (context) => {
  const { flags, operands: [name = '-'] } = parseOptions(context, 'dw:', { decode: 'd', wrap: 'w' });
  const bytes = await readAll(await context.open(name));
  if (flags.has('d')) await context.stdout.write(Buffer.from(bytes.toString('latin1'), 'base64'));
  else await context.stdout.write(`${bytes.toString('base64').replace(/.{76}(?=.)/g, '$&\n')}\n`);
  return 0;
};

export const curl: Tool = async (context) => {
  const { flags, values, operands: [url] } = parseOptions(context, 'sSiILfX:H:d:o:', { silent: 's', request: 'X', header: 'H', data: 'd', output: 'o', include: 'i', head: 'I', location: 'L', fail: 'f' });
  if (url === undefined) throw new UsageError('no URL specified');
  const [name, ...value] = (values.get('H') ?? '').split(':');
  const data = values.get('d');
  const response = await fetch(/^\w+:\/\//.test(url) ? url : `http://${url}`, {
    method: values.get('X') ?? (flags.has('I') ? 'HEAD' : data === undefined ? 'GET' : 'POST'), redirect: flags.has('L') ? 'follow' : 'manual', signal: context.signal,
    headers: { ...(data === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }), ...(name === undefined || name === '' ? {} : { [name]: value.join(':').trim() }) },
    ...(data === undefined ? {} : { body: data }),
  });
  if (flags.has('f') && !response.ok) {
    await context.error(`(22) The requested URL returned error: ${response.status}`);
    return 22;
  }
  const output = values.has('o') ? await context.create(values.get('o') ?? '') : context.stdout;
  if (flags.has('i') || flags.has('I')) await output.write(`HTTP/1.1 ${response.status} ${response.statusText}\r\n${[...response.headers].map(([key, text]) => `${key}: ${text}\r\n`).join('')}\r\n`);
  for await (const chunk of response.body ?? []) await output.write(chunk as Uint8Array);
  return 0;
};
