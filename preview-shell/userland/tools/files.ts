import fs from 'node:fs';
import path from 'node:path';
import { errorText } from '../lib/errors.ts';
import type { CommandContext, Tool } from '../lib/context.ts';
import { parseOptions } from './options.ts';

/** Does something with each operand; one that fails is said and the others go on. */
async function each(context: CommandContext, operands: readonly string[], work: (operand: string) => void | Promise<void>): Promise<number> {
  let status = 0;
  for (const operand of operands) {
    try {
      await work(operand);
    } catch (error) {
      await context.error(`${operand}: ${errorText(error)}`);
      status = 1;
    }
  }
  return status;
}

async function needs(context: CommandContext, operands: readonly string[], count: number): Promise<boolean> {
  if (operands.length >= count) return true;
  await context.error('missing operand');
  return false;
}

export const mkdir: Tool = async (context) => {
  const { flags, values, operands } = parseOptions(context, 'pvm:', { parents: 'p', verbose: 'v', mode: 'm' });
  if (!(await needs(context, operands, 1))) return 1;
  const mode = values.has('m') ? { mode: Number.parseInt(values.get('m') ?? '', 8) } : {};
  return each(context, operands, async (name) => {
    fs.mkdirSync(context.path(name), { recursive: flags.has('p'), ...mode });
    if (flags.has('v')) await context.stdout.write(`mkdir: created directory '${name}'\n`);
  });
};

export const rmdir: Tool = async (context) => {
  const { operands } = parseOptions(context, '');
  return (await needs(context, operands, 1)) ? each(context, operands, (name) => fs.rmdirSync(context.path(name))) : 1;
};

export const rm: Tool = async (context) => {
  const { flags, operands } = parseOptions(context, 'rRfvd', { recursive: 'r', force: 'f', verbose: 'v', dir: 'd' });
  const force = flags.has('f');
  if (!force && !(await needs(context, operands, 1))) return 1;
  return each(context, operands, async (name) => {
    if (/^(?:\/|\.{1,2}\/?|.*\/\.{1,2}\/?)$/.test(name)) throw new Error('refusing to remove it');
    const at = context.path(name);
    const stat = fs.lstatSync(at, { throwIfNoEntry: false });
    if (stat === undefined && force) return;
    if (stat?.isDirectory() === true && !flags.has('r') && !flags.has('R')) {
      if (!flags.has('d')) throw Object.assign(new Error(), { code: 'EISDIR' });
      fs.rmdirSync(at);
    } else fs.rmSync(at, { recursive: true, force });
    if (flags.has('v')) await context.stdout.write(`removed '${name}'\n`);
  });
};

export const touch: Tool = async (context) => {
  const { flags, operands } = parseOptions(context, 'camh', { 'no-create': 'c' });
  if (!(await needs(context, operands, 1))) return 1;
  return each(context, operands, (name) => {
    const at = context.path(name);
    const now = new Date();
    if (fs.existsSync(at)) fs.utimesSync(at, now, now);
    else if (!flags.has('c')) fs.closeSync(fs.openSync(at, 'a'));
  });
};

/** Where something goes: into a folder under its own name, or to the name itself. */
function destination(context: CommandContext, from: string, to: string): string {
  const at = context.path(to);
  return fs.statSync(at, { throwIfNoEntry: false })?.isDirectory() === true ? path.join(at, path.basename(context.path(from))) : at;
}

async function intoLast(context: CommandContext, operands: string[], work: (from: string, to: string) => void): Promise<number> {
  if (!(await needs(context, operands, 2))) return 1;
  const to = operands.at(-1) as string;
  const sources = operands.slice(0, -1);
  if (sources.length > 1 && fs.statSync(context.path(to), { throwIfNoEntry: false })?.isDirectory() !== true) {
    await context.error(`target '${to}' is not a directory`);
    return 1;
  }
  return each(context, sources, (from) => work(from, to));
}

export const cp: Tool = async (context) => {
  const { flags, operands } = parseOptions(context, 'rRafpnv', { recursive: 'r', archive: 'a', force: 'f', 'no-clobber': 'n' });
  const recursive = flags.has('r') || flags.has('R') || flags.has('a');
  return intoLast(context, operands, (from, to) => {
    const source = context.path(from);
    if (fs.statSync(source).isDirectory() && !recursive) throw new Error('-r not specified; omitting directory');
    fs.cpSync(source, destination(context, from, to), { recursive, force: !flags.has('n'), preserveTimestamps: flags.has('p') || flags.has('a') });
  });
};

export const mv: Tool = async (context) => {
  const { flags, operands } = parseOptions(context, 'fnv', { force: 'f', 'no-clobber': 'n' });
  return intoLast(context, operands, (from, to) => {
    const target = destination(context, from, to);
    if (!(flags.has('n') && fs.existsSync(target))) fs.renameSync(context.path(from), target);
  });
};

export const ln: Tool = async (context) => {
  const { flags, operands } = parseOptions(context, 'sf', { symbolic: 's', force: 'f' });
  return intoLast(context, operands.length === 1 ? [...operands, '.'] : operands, (from, to) => {
    const target = destination(context, from, to);
    if (flags.has('f')) fs.rmSync(target, { force: true });
    if (flags.has('s')) fs.symlinkSync(from, target);
    else fs.linkSync(context.path(from), target);
  });
};

export const chmod: Tool = async (context) => {
  const { operands: [mode = '', ...names] } = parseOptions(context, '');
  if (!/^(?:[0-7]{3,4}|[ugoa]*[-+=][rwx]+)$/.test(mode)) {
    await context.error(`invalid mode: '${mode}'`);
    return 1;
  }
  return each(context, names, (name) => {
    const at = context.path(name);
    fs.chmodSync(at, /^\d/.test(mode) ? Number.parseInt(mode, 8) : symbolicMode(mode, fs.statSync(at).mode & 0o777));
  });
};

function symbolicMode(mode: string, before: number): number {
  const [, who = '', operator, letters = ''] = /^([ugoa]*)([-+=])([rwx]+)$/.exec(mode) ?? [];
  const bits = [...letters].reduce((sum, letter) => sum | { r: 4, w: 2, x: 1 }[letter as 'r'], 0);
  const classes = who === '' || who.includes('a') ? 'ugo' : who;
  const wide = [...classes].reduce((sum, letter) => sum | (bits << { u: 6, g: 3, o: 0 }[letter as 'u']), 0);
  const cleared = [...classes].reduce((sum, letter) => sum | (7 << { u: 6, g: 3, o: 0 }[letter as 'u']), 0);
  return operator === '+' ? before | wide : operator === '-' ? before & ~wide : (before & ~cleared) | wide;
}
