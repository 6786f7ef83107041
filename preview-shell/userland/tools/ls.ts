import fs from 'node:fs';
import path from 'node:path';
import { errorText } from '../lib/errors.ts';
import type { CommandContext, Tool } from '../lib/context.ts';
import { parseOptions } from './options.ts';

interface Entry {
  name: string;
  at: string;
  stat: fs.Stats;
}

type Flags = ReadonlySet<string>;

/** ls(1): one name a line, or columns on a terminal. */
export const ls: Tool = async (context) => {
  const { flags, operands } = parseOptions(context, 'laA1RhtSrdF', { all: 'a', 'almost-all': 'A', recursive: 'R', 'human-readable': 'h', reverse: 'r', directory: 'd', color: '1' });
  const files: Entry[] = [];
  const folders: string[] = [];
  let status = 0;
  for (const operand of operands.length === 0 ? ['.'] : operands) {
    try {
      const at = context.path(operand);
      const stat = flags.has('l') ? fs.lstatSync(at) : fs.statSync(at);
      if (stat.isDirectory() && !flags.has('d')) folders.push(operand);
      else files.push({ name: operand, at, stat });
    } catch (error) {
      await context.error(`cannot access '${operand}': ${errorText(error)}`);
      status = 2;
    }
  }
  if (files.length > 0) await show(context, sorted(files, flags), flags);
  for (const [index, folder] of folders.sort().entries()) {
    if (folders.length > 1 || files.length > 0 || flags.has('R')) await context.stdout.write(`${index > 0 || files.length > 0 ? '\n' : ''}${folder}:\n`);
    await listFolder(context, folder, flags);
  }
  return status;
};

async function listFolder(context: CommandContext, folder: string, flags: Flags): Promise<void> {
  const at = context.path(folder);
  const names = fs.readdirSync(at).filter((name) => flags.has('a') || flags.has('A') || !name.startsWith('.'));
  if (flags.has('a')) names.push('.', '..');
  const entries = sorted(names.flatMap((name) => {
    const stat = fs.lstatSync(path.join(at, name), { throwIfNoEntry: false });
    return stat === undefined ? [] : [{ name, at: path.join(at, name), stat }];
  }), flags);
  if (flags.has('l')) await context.stdout.write(`total ${entries.reduce((sum, { stat }) => sum + Math.ceil(stat.size / 1024), 0)}\n`);
  await show(context, entries, flags);
  if (!flags.has('R')) return;
  for (const { name, stat } of entries) {
    if (!stat.isDirectory() || name === '.' || name === '..') continue;
    await context.stdout.write(`\n${folder}/${name}:\n`);
    await listFolder(context, `${folder}/${name}`, flags);
  }
}

function sorted(entries: Entry[], flags: Flags): Entry[] {
  const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  entries.sort(flags.has('t') ? (a, b) => b.stat.mtimeMs - a.stat.mtimeMs || byName(a, b) : flags.has('S') ? (a, b) => b.stat.size - a.stat.size || byName(a, b) : byName);
  return flags.has('r') ? entries.reverse() : entries;
}

async function show(context: CommandContext, entries: Entry[], flags: Flags): Promise<void> {
  const { stdout } = context;
  if (flags.has('l')) {
    const width = Math.max(...entries.map(({ stat }) => size(stat.size, flags).length), 1);
    for (const entry of entries) await stdout.write(`${longLine(entry, width, flags, stdout.isTTY)}\n`);
  } else if (stdout.isTTY && !flags.has('1')) await stdout.write(columns(entries, stdout.columns, flags));
  else for (const entry of entries) await stdout.write(`${shown(entry, flags, stdout.isTTY)}\n`);
}

const ESCAPE = '\x1b[';

function shown({ name, stat }: Entry, flags: Flags, colours: boolean): string {
  const executable = stat.isFile() && (stat.mode & 0o111) !== 0;
  const mark = !flags.has('F') ? '' : stat.isDirectory() ? '/' : stat.isSymbolicLink() ? '@' : executable ? '*' : '';
  const code = !colours ? '' : stat.isDirectory() ? '1;34' : stat.isSymbolicLink() ? '1;36' : executable ? '1;32' : '';
  return code === '' ? name + mark : `${ESCAPE}${code}m${name}${ESCAPE}0m${mark}`;
}

/** Names down the columns, as many as fit. */
function columns(entries: Entry[], width: number, flags: Flags): string {
  const longest = Math.max(...entries.map(({ name }) => name.length), 0) + 2;
  const count = Math.max(1, Math.floor(width / longest));
  const rows = Math.ceil(entries.length / count);
  let text = '';
  for (let row = 0; row < rows; row++) {
    const line = Array.from({ length: count }, (_, column) => entries[column * rows + row]).filter((entry) => entry !== undefined);
    text += `${line.map((entry, index) => shown(entry, flags, true) + (index < line.length - 1 ? ' '.repeat(longest - entry.name.length) : '')).join('')}\n`;
  }
  return text;
}

const UNITS = ['', 'K', 'M', 'G', 'T'];

function size(bytes: number, flags: Flags): string {
  if (!flags.has('h')) return String(bytes);
  const unit = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** unit;
  return `${unit === 0 ? bytes : value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${UNITS[unit]}`;
}

export function modeText({ mode }: { mode: number }): string {
  const type = { 0o040000: 'd', 0o120000: 'l', 0o010000: 'p', 0o140000: 's', 0o020000: 'c', 0o060000: 'b' }[mode & 0o170000] ?? '-';
  return type + [6, 3, 0].map((shift) => ((mode >> shift) & 4 ? 'r' : '-') + ((mode >> shift) & 2 ? 'w' : '-') + ((mode >> shift) & 1 ? 'x' : '-')).join('');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const HALF_A_YEAR_MS = 182 * 24 * 3600 * 1000;

function longLine(entry: Entry, width: number, flags: Flags, colours: boolean): string {
  const { stat, at } = entry;
  const time = stat.mtime;
  const clock = Math.abs(Date.now() - stat.mtimeMs) < HALF_A_YEAR_MS ? `${String(time.getHours()).padStart(2, '0')}:${String(time.getMinutes()).padStart(2, '0')}` : ` ${time.getFullYear()}`;
  const target = stat.isSymbolicLink() ? ` -> ${fs.readlinkSync(at)}` : '';
  return `${modeText(stat)} ${stat.nlink} user user ${size(stat.size, flags).padStart(width)} ${MONTHS[time.getMonth()]} ${String(time.getDate()).padStart(2)} ${clock} ${shown(entry, flags, colours)}${target}`;
}
