import fs from 'node:fs';
import type { Tool } from '../lib/context.ts';
import { readText } from '../lib/streams.ts';
import { basic } from './grep.ts';
import { parseOptions, UsageError } from './options.ts';

type Address = { line: number } | { last: true } | { pattern: RegExp };

interface Command {
  from: Address | undefined;
  to: Address | undefined;
  negated: boolean;
  name: string;
  pattern?: RegExp;
  text?: string;
  flags?: string;
  active: boolean;
}

/** sed(1) with the commands s, d, p, q, =, a, i, c, y and addresses; others are refused by name. */
export const sed: Tool = async (context) => {
  const { flags, values, operands } = parseOptions(context, 'nEri:e:s', { quiet: 'n', silent: 'n', 'regexp-extended': 'E', expression: 'e' });
  const inPlace = context.args.some((argument) => argument === '-i' || argument === '--in-place');
  const script = values.get('e') ?? (inPlace && values.has('i') ? values.get('i') : operands.shift());
  if (script === undefined) throw new UsageError('usage: sed [options] script [file…]');
  const extended = flags.has('E') || flags.has('r');
  if (!inPlace) {
    const texts = await Promise.all((operands.length === 0 ? ['-'] : operands).map(async (name) => readText(await context.open(name))));
    await context.stdout.write(edit(texts.join(''), parseScript(script, extended), flags.has('n')));
    return 0;
  }
  for (const name of operands) fs.writeFileSync(context.path(name), edit(fs.readFileSync(context.path(name), 'utf8'), parseScript(script, extended), flags.has('n')));
  return 0;
};

function edit(text: string, commands: Command[], quiet: boolean): string {
  const lines = text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  let out = '';
  for (const [index, original] of lines.entries()) {
    const cycle = runCycle(original, index + 1, index === lines.length - 1, commands);
    out += cycle.before;
    if (cycle.kept && !quiet) out += `${cycle.line}\n`;
    out += cycle.after;
    if (cycle.quit) break;
  }
  return text.endsWith('\n') || text === '' ? out : out.replace(/\n$/, '');
}

function runCycle(original: string, number: number, last: boolean, commands: Command[]): { before: string; line: string; after: string; kept: boolean; quit: boolean } {
  const cycle = { before: '', line: original, after: '', kept: true, quit: false };
  for (const command of commands) {
    if (selects(command, cycle.line, number, last) === command.negated) continue;
    switch (command.name) {
      case 's': {
        const replaced = substitute(cycle.line, command);
        if (replaced !== undefined) {
          cycle.line = replaced;
          if (command.flags?.includes('p') === true) cycle.before += `${cycle.line}\n`;
        }
        break;
      }
      case 'p': cycle.before += `${cycle.line}\n`; break;
      case '=': cycle.before += `${number}\n`; break;
      case 'i': cycle.before += `${command.text ?? ''}\n`; break;
      case 'a': cycle.after += `${command.text ?? ''}\n`; break;
      case 'y': cycle.line = [...cycle.line].map((character) => (command.flags ?? '')[(command.text ?? '').indexOf(character)] ?? character).join(''); break;
      case 'c': return { ...cycle, before: `${cycle.before}${command.text ?? ''}\n`, kept: false };
      case 'd': return { ...cycle, kept: false };
      case 'q': return { ...cycle, quit: true };
    }
  }
  return cycle;
}

function hits(address: Address, line: string, number: number, last: boolean): boolean {
  if ('line' in address) return address.line === number;
  return 'last' in address ? last : address.pattern.test(line);
}

function selects(command: Command, line: string, number: number, last: boolean): boolean {
  const { from, to } = command;
  if (from === undefined) return true;
  if (to === undefined) return hits(from, line, number, last);
  if (command.active) {
    command.active = !hits(to, line, number, last) && !('line' in to && number >= to.line);
    return true;
  }
  if (!hits(from, line, number, last)) return false;
  command.active = !('line' in to && to.line <= number);
  return true;
}

function substitute(line: string, { pattern, text = '', flags = '' }: Command): string | undefined {
  if (pattern === undefined) return undefined;
  const nth = Number(/\d+/.exec(flags)?.[0] ?? 0);
  let count = 0;
  let changed = false;
  const out = line.replace(pattern, (...match: unknown[]) => {
    count++;
    const whole = match[0] as string;
    if (nth > 0 && count !== nth && !(flags.includes('g') && count > nth)) return whole;
    changed = true;
    return text.replace(/\\(\d)|\\n|\\t|\\([^])|&/g, (found, digit?: string, escaped?: string) =>
      digit !== undefined ? ((match[Number(digit)] as string | undefined) ?? '') : found === '\\n' ? '\n' : found === '\\t' ? '\t' : (escaped ?? whole));
  });
  return changed ? out : undefined;
}

function parseScript(script: string, extended: boolean): Command[] {
  const commands: Command[] = [];
  let rest = script;
  const regular = (source: string, flags: string): RegExp => new RegExp(extended ? source : basic(source), flags);
  const address = (): Address | undefined => {
    const match = /^(?:(\d+)|(\$)|\/((?:\\.|[^/\\])*)\/)/.exec(rest);
    if (match === null) return undefined;
    rest = rest.slice(match[0].length);
    return match[1] !== undefined ? { line: Number(match[1]) } : match[2] !== undefined ? { last: true } : { pattern: regular(match[3] ?? '', '') };
  };
  for (;;) {
    rest = rest.replace(/^[\s;]+/, '');
    if (rest === '') return commands;
    const from = address();
    let to: Address | undefined;
    if (rest.startsWith(',')) {
      rest = rest.slice(1);
      to = address();
    }
    rest = rest.trimStart();
    const negated = rest.startsWith('!');
    if (negated) rest = rest.slice(1).trimStart();
    const name = rest[0] ?? '';
    rest = rest.slice(1);
    const command: Command = { from, to, negated, name, active: false };
    if (name === 's' || name === 'y') {
      const delimiter = rest[0] ?? '';
      const [first, second, tail] = delimited(rest.slice(1), delimiter);
      const flags = name === 's' ? (/^[gpiI0-9]*/.exec(tail)?.[0] ?? '') : '';
      rest = tail.slice(flags.length);
      if (name === 's') Object.assign(command, { pattern: regular(first, `${/g|[2-9]/.test(flags) ? 'g' : ''}${/i/i.test(flags) ? 'i' : ''}`), text: second, flags });
      else Object.assign(command, { text: first, flags: second });
    } else if (name === 'a' || name === 'i' || name === 'c') {
      const [line = '', ...others] = rest.replace(/^\s*\\?\n?\s*/, '').split('\n');
      command.text = line;
      rest = others.join('\n');
    } else if (!['p', 'd', 'q', '='].includes(name)) throw new UsageError(`unsupported command ${name === '' ? '(none)' : name}`);
    commands.push(command);
  }
}

/** Two parts up to a delimiter that is not escaped, and what follows. */
function delimited(text: string, delimiter: string): [string, string, string] {
  const parts: string[] = [];
  let current = '';
  let at = 0;
  for (; at < text.length && parts.length < 2; at++) {
    if (text[at] === '\\' && at + 1 < text.length) current += text[++at] === delimiter ? delimiter : `\\${text[at]}`;
    else if (text[at] === delimiter) {
      parts.push(current);
      current = '';
    } else current += text[at];
  }
  if (parts.length < 2) throw new UsageError(`unterminated 's' command`);
  return [parts[0] as string, parts[1] as string, text.slice(at)];
}
