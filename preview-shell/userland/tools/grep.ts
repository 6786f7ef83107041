import fs from 'node:fs';
import path from 'node:path';
import { errorText } from '../lib/errors.ts';
import type { CommandContext, Tool } from '../lib/context.ts';
import { lines, type Input } from '../lib/streams.ts';
import { parseOptions, UsageError, type Parsed } from './options.ts';

const LONG = {
  'ignore-case': 'i', recursive: 'r', 'line-number': 'n', 'invert-match': 'v', 'files-with-matches': 'l', count: 'c', 'extended-regexp': 'E', 'fixed-strings': 'F', 'only-matching': 'o', 'word-regexp': 'w',
  quiet: 'q', 'no-messages': 's', 'no-filename': 'h', 'with-filename': 'H', 'after-context': 'A', 'before-context': 'B', context: 'C', regexp: 'e', include: 'I', color: 'K', colour: 'K',
};

/** grep(1). Basic and extended expressions of POSIX are written as JavaScript's. */
export const grep: Tool = async (context) => {
  const parsed = parseOptions(context.name === 'egrep' ? { ...context, args: ['-E', ...context.args] } : context, 'irRnvlcEFowqshHA:B:C:e:I:K:xm:', LONG);
  const { flags, values, operands } = parsed;
  const pattern = values.get('e') ?? operands.shift();
  if (pattern === undefined) throw new UsageError('usage: grep [options] pattern [file…]');
  const search = new Search(context, parsed, expression(pattern, flags));
  const recursive = flags.has('r') || flags.has('R');
  const files = operands.length === 0 ? [recursive ? '.' : '-'] : operands;
  search.named = flags.has('H') || (!flags.has('h') && (recursive || files.length > 1));
  for (const file of files) {
    if (file !== '-' && recursive && fs.statSync(context.path(file), { throwIfNoEntry: false })?.isDirectory() === true) await search.folder(file);
    else await search.file(file);
    if (search.finished) break;
  }
  return search.failed ? 2 : search.found ? 0 : 1;
};

function expression(pattern: string, flags: ReadonlySet<string>): RegExp {
  const sources = pattern.split('\n').map((each) => (flags.has('F') ? each.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : flags.has('E') ? classes(each) : basic(each)));
  const source = sources.join('|');
  const whole = flags.has('x') ? `^(?:${source})$` : flags.has('w') ? `(?<![\\w])(?:${source})(?![\\w])` : source;
  return new RegExp(whole, `g${flags.has('i') ? 'i' : ''}`);
}

const NAMES: Readonly<Record<string, string>> = { alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', punct: '!-\\/:-@\\[-`{-~', blank: ' \\t', xdigit: '0-9A-Fa-f' };
const classes = (pattern: string): string => pattern.replace(/\[:(\w+):\]/g, (_, name: string) => NAMES[name] ?? '').replaceAll('\\<', '\\b').replaceAll('\\>', '\\b');

/** In a basic expression `+ ? | ( ) { }` are themselves, and mean something with a backslash. */
export function basic(pattern: string): string {
  return classes(pattern.replace(/\[[^\]]*\]|\\?[+?|(){}]|^\*/g, (found) => {
    if (found.startsWith('[')) return found;
    return found.startsWith('\\') ? found.slice(1) : `\\${found}`;
  }));
}

class Search {
  found = false;
  failed = false;
  named = false;
  finished = false;
  readonly #context: CommandContext;
  readonly #flags: ReadonlySet<string>;
  readonly #values: ReadonlyMap<string, string>;
  readonly #pattern: RegExp;

  constructor(context: CommandContext, { flags, values }: Parsed, pattern: RegExp) {
    this.#context = context;
    this.#flags = flags;
    this.#values = values;
    this.#pattern = pattern;
  }

  async folder(folder: string): Promise<void> {
    const include = this.#values.get('I');
    const wanted = include === undefined ? undefined : new RegExp(`^${include.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`);
    for (const entry of fs.readdirSync(this.#context.path(folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = folder === '.' && this.#context.args.every((argument) => argument !== '.') ? entry.name : path.join(folder, entry.name);
      if (entry.isDirectory()) await this.folder(name);
      else if (entry.isFile() && wanted?.test(entry.name) !== false) await this.file(name);
      if (this.finished) return;
    }
  }

  async file(name: string): Promise<void> {
    try {
      await this.#input(await this.#context.open(name), name === '-' ? '(standard input)' : name);
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      this.failed = true;
      if (!this.#flags.has('s')) await this.#context.error(`${name}: ${errorText(error)}`);
    }
  }

  async #input(input: Input, name: string): Promise<void> {
    const flags = this.#flags;
    const { stdout } = this.#context;
    const around = this.#values.get('C') ?? '0';
    const after = Number(this.#values.get('A') ?? around);
    const before = Number(this.#values.get('B') ?? around);
    const earlier: [number, string][] = [];
    let number = 0;
    let count = 0;
    let shownUntil = 0;
    let trailing = 0;
    for await (const line of lines(input)) {
      number++;
      const matches = [...line.matchAll(this.#pattern)].filter(([text]) => text !== '' || !flags.has('o'));
      if ((matches.length > 0) === flags.has('v')) {
        if (trailing > 0) {
          trailing--;
          shownUntil = number;
          await stdout.write(this.#line(name, number, '-', line));
        } else if (before > 0) earlier.push([number, line]);
        if (earlier.length > before) earlier.shift();
        continue;
      }
      count++;
      this.found = true;
      if (flags.has('q')) {
        this.finished = true;
        return;
      }
      if (flags.has('l')) {
        await stdout.write(`${name}\n`);
        return;
      }
      if (flags.has('c')) continue;
      if (before + after > 0 && shownUntil > 0 && (earlier[0]?.[0] ?? number) > shownUntil + 1) await stdout.write('--\n');
      for (const [at, text] of earlier.splice(0)) await stdout.write(this.#line(name, at, '-', text));
      if (flags.has('o') && !flags.has('v')) for (const [text] of matches) await stdout.write(this.#line(name, number, ':', this.#marked(text)));
      else await stdout.write(this.#line(name, number, ':', stdout.isTTY && !flags.has('v') ? line.replace(this.#pattern, (text) => this.#marked(text)) : line));
      shownUntil = number;
      trailing = after;
      if (count >= Number(this.#values.get('m') ?? Infinity)) break;
    }
    if (flags.has('c')) await stdout.write(`${this.named ? `${name}:` : ''}${count}\n`);
  }

  #marked(text: string): string {
    return this.#context.stdout.isTTY && text !== '' ? `\x1b[1;31m${text}\x1b[0m` : text;
  }

  #line(name: string, number: number, separator: string, text: string): string {
    return `${this.named ? name + separator : ''}${this.#flags.has('n') ? number + separator : ''}${text}\n`;
  }
}
