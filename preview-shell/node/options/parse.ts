/** Command line options as Node parses them (node_options.cc, OptionsParser::Parse). */
import { ALIASES, OPTIONS } from './table.ts';

/** `OptionType` of node_options.h. */
export const OPTION_TYPE = { noOp: 0, v8: 1, boolean: 2, integer: 3, unsigned: 4, string: 5, hostPort: 6, list: 7 } as const;

/** Given, this option gives others (`Implies` in node_options.cc). */
const IMPLIES: Readonly<Record<string, string>> = {
  '--experimental-transform-types': '--experimental-strip-types',
  '--watch-path': '--watch', '--report-signal': '--report-on-signal', '--build-snapshot-config': '--build-snapshot',
  '--trace-env-js-stack': '--trace-env', '--trace-env-native-stack': '--trace-env',
};
/** What would have to change the runtime itself. */
const UNSUPPORTED = /^--(?:permission|allow-.*|inspect.*|debug-port|prof|cpu-prof.*|heap-prof.*|heapsnapshot-.*|build-snapshot.*|snapshot-blob)$/;

export type OptionValues = Map<string, unknown>;

/** The sentence that Node prints, and ends with 9. */
export class OptionError extends Error {}

/** @throws {OptionError} */
export function parseOptions(execArgv: readonly string[], env: Readonly<Record<string, string>>): OptionValues {
  const values: OptionValues = new Map(Object.entries(OPTIONS).map(([name, [, initial]]) => [name, Array.isArray(initial) ? [...(initial as unknown[])] : initial]));
  apply(values, splitEnvironment(env['NODE_OPTIONS'] ?? ''), true);
  apply(values, execArgv, false);
  if (env['NODE_PENDING_DEPRECATION'] === '1') values.set('--pending-deprecation', true);
  if (env['NODE_NO_WARNINGS'] === '1') values.set('--warnings', false);
  if (env['NODE_PRESERVE_SYMLINKS'] === '1') values.set('--preserve-symlinks', true);
  return values;
}

function apply(values: OptionValues, args: readonly string[], fromEnvironment: boolean): void {
  const queue = [...args];
  // Messages name the option as it was written, not what it is short for.
  let spelled: string | undefined;
  for (let argument = queue.shift(); argument !== undefined && argument !== '--'; argument = queue.shift()) {
    const { name, value } = split(argument);
    const alias = aliasOf(name, value, queue[0]);
    if (alias !== undefined) {
      queue.unshift(...alias, ...(value === undefined ? [] : [value]));
      spelled ??= argument;
      continue;
    }
    set(values, name, value, queue, fromEnvironment, spelled ?? argument);
    spelled = undefined;
  }
}

function aliasOf(name: string, value: string | undefined, next: string | undefined): readonly string[] | undefined {
  if (value !== undefined && ALIASES[`${name}=`] !== undefined) return ALIASES[`${name}=`];
  if (ALIASES[`${name} <arg>`] !== undefined && next !== undefined && !next.startsWith('-')) return ALIASES[`${name} <arg>`];
  const found = ALIASES[name];
  return found?.[0] === name ? undefined : found;
}

function split(argument: string): { name: string; value: string | undefined } {
  const at = argument.startsWith('--') ? argument.indexOf('=') : -1;
  const name = at < 0 ? argument : argument.slice(0, at);
  return { name: name.startsWith('--') ? `--${name.slice(2).replaceAll('_', '-')}` : name, value: at < 0 ? undefined : argument.slice(at + 1) };
}

function set(values: OptionValues, written: string, value: string | undefined, queue: string[], fromEnvironment: boolean, argument: string): void {
  const negated = written.startsWith('--no-') && OPTIONS[written] === undefined;
  const name = negated ? `--${written.slice('--no-'.length)}` : written;
  const row = OPTIONS[name];
  if (UNSUPPORTED.test(name) && !negated) throw new OptionError(`${argument} is not supported in the container`);
  if (row === undefined) throw new OptionError(fromEnvironment ? `${argument} is not allowed in NODE_OPTIONS` : `bad option: ${argument}`);
  const [type, , environment] = row;
  if (fromEnvironment && environment !== 0) throw new OptionError(`${argument} is not allowed in NODE_OPTIONS`);
  if (negated && type !== OPTION_TYPE.boolean && type !== OPTION_TYPE.v8) throw new OptionError(`${argument} is an invalid negation because it is not a boolean option`);
  if (type === OPTION_TYPE.noOp || type === OPTION_TYPE.v8) {
    if (name === '--stack-trace-limit') values.set(name, Number(value));
    return;
  }
  if (type === OPTION_TYPE.boolean) {
    if (value !== undefined) throw new OptionError(`${argument} does not take an argument`);
    values.set(name, !negated);
  } else {
    const given = value ?? queue.shift();
    if (given === undefined || (value === undefined && given.startsWith('-') && given.length > 1)) throw new OptionError(`${argument} requires an argument`);
    values.set(name, typed(type, given.replace(/^\\-/, '-'), values.get(name)));
  }
  const implied = IMPLIES[name];
  if (implied !== undefined && !negated) values.set(implied, true);
}

function typed(type: number, text: string, before: unknown): unknown {
  if (type === OPTION_TYPE.list) return [...(before as string[]), text];
  return type === OPTION_TYPE.integer || type === OPTION_TYPE.unsigned ? Number.parseInt(text, 10) || 0 : text;
}

/** NODE_OPTIONS: split at spaces, double quotes keep them, a backslash in quotes escapes. @throws {OptionError} */
function splitEnvironment(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '\\' && quoted) word = (word ?? '') + (text[++at] ?? '');
    else if (character === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (character === ' ' && !quoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (quoted) throw new OptionError('invalid value for NODE_OPTIONS (unterminated string)');
  return word === undefined ? words : [...words, word];
}
