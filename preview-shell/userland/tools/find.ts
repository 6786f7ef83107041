import fs from 'node:fs';
import path from 'node:path';
import { errorText } from '../lib/errors.ts';
import type { CommandContext, Tool } from '../lib/context.ts';
import { readText } from '../lib/streams.ts';
import { parseOptions, UsageError } from './options.ts';

interface Found {
  name: string;
  at: string;
  stat: fs.Stats;
}

type Test = (found: Found) => boolean | Promise<boolean>;

/** The text of a regular expression for a pattern of file names. */
const nameExpression = (pattern: string, flags = ''): RegExp =>
  new RegExp(`^${pattern.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.').replace(/\[!/g, '[^')}$`, flags);

/** find(1): tests and actions from left to right, `-o`, `!` and parentheses. */
export const find: Tool = async (context) => {
  const roots: string[] = [];
  const rest = [...context.args];
  while (rest[0] !== undefined && !/^[-!(]/.test(rest[0])) roots.push(rest.shift() as string);
  const depths = { min: 0, max: Infinity };
  const state = { acts: false };
  const test = rest.length === 0 ? () => true : new TestParser(context, rest, depths, state).whole();
  let status = 0;
  const visit = async (name: string, at: string, depth: number): Promise<void> => {
    let stat: fs.Stats;
    try {
      stat = fs.lstatSync(at);
    } catch (error) {
      await context.error(`'${name}': ${errorText(error)}`);
      status = 1;
      return;
    }
    const found = { name, at, stat };
    if (depth >= depths.min && (await test(found)) && !state.acts) await context.stdout.write(`${name}\n`);
    if (!stat.isDirectory() || depth >= depths.max || pruned.delete(at) || !fs.existsSync(at)) return;
    for (const child of fs.readdirSync(at)) await visit(name.endsWith('/') ? name + child : `${name}/${child}`, path.join(at, child), depth + 1);
  };
  for (const root of roots.length === 0 ? ['.'] : roots) await visit(root, context.path(root), 0);
  return status;
};

/** Folders that `-prune` keeps closed. */
const pruned = new Set<string>();

class TestParser {
  readonly #context: CommandContext;
  readonly #rest: string[];
  readonly #depths: { min: number; max: number };
  readonly #state: { acts: boolean };

  constructor(context: CommandContext, rest: string[], depths: { min: number; max: number }, state: { acts: boolean }) {
    this.#context = context;
    this.#rest = rest;
    this.#depths = depths;
    this.#state = state;
  }

  whole(): Test {
    const test = this.#or();
    if (this.#rest.length > 0) throw new UsageError(`unexpected '${this.#rest[0]}'`);
    return test;
  }

  #or(): Test {
    let left = this.#and();
    while (this.#rest[0] === '-o' || this.#rest[0] === '-or') {
      this.#rest.shift();
      const [first, second] = [left, this.#and()];
      left = async (found) => (await first(found)) || second(found);
    }
    return left;
  }

  #and(): Test {
    let left = this.#primary();
    while (this.#rest.length > 0 && !['-o', '-or', ')'].includes(this.#rest[0] as string)) {
      if (this.#rest[0] === '-a' || this.#rest[0] === '-and') this.#rest.shift();
      const [first, second] = [left, this.#primary()];
      left = async (found) => (await first(found)) && second(found);
    }
    return left;
  }

  #argument(name: string): string {
    const value = this.#rest.shift();
    if (value === undefined) throw new UsageError(`missing argument to '${name}'`);
    return value;
  }

  #primary(): Test {
    const name = this.#argument('expression');
    switch (name) {
      case '!':
      case '-not': {
        const test = this.#primary();
        return async (found) => !(await test(found));
      }
      case '(': {
        const test = this.#or();
        if (this.#rest.shift() !== ')') throw new UsageError("expected ')'");
        return test;
      }
      case '-name':
      case '-iname': {
        const pattern = nameExpression(this.#argument(name), name === '-iname' ? 'i' : '');
        return (found) => pattern.test(path.basename(found.at));
      }
      case '-path': {
        const pattern = nameExpression(this.#argument(name));
        return (found) => pattern.test(found.name);
      }
      case '-type': {
        const type = this.#argument(name);
        return ({ stat }) => (type === 'f' ? stat.isFile() : type === 'd' ? stat.isDirectory() : type === 'l' ? stat.isSymbolicLink() : false);
      }
      case '-empty': return ({ stat, at }) => (stat.isDirectory() ? fs.readdirSync(at).length === 0 : stat.size === 0);
      case '-newer': {
        const { mtimeMs } = fs.statSync(this.#context.path(this.#argument(name)));
        return ({ stat }) => stat.mtimeMs > mtimeMs;
      }
      case '-maxdepth':
      case '-mindepth':
        this.#depths[name === '-maxdepth' ? 'max' : 'min'] = Number(this.#argument(name));
        return () => true;
      case '-prune': return ({ at }) => {
        pruned.add(at);
        return true;
      };
      default: return this.#action(name);
    }
  }

  #action(name: string): Test {
    this.#state.acts = true;
    const { stdout, run } = this.#context;
    switch (name) {
      case '-print': return async (found) => (await stdout.write(`${found.name}\n`), true);
      case '-print0': return async (found) => (await stdout.write(`${found.name}\0`), true);
      case '-delete': return ({ at }) => (fs.rmSync(at, { recursive: true }), true);
      case '-exec': {
        const end = this.#rest.findIndex((word) => word === ';' || word === '+');
        if (end < 0) throw new UsageError("missing argument to '-exec'");
        const command = this.#rest.splice(0, end + 1).slice(0, -1);
        return async (found) => (await run(command.map((word) => word.replaceAll('{}', found.name)))) === 0;
      }
      default: throw new UsageError(`unsupported predicate ${name}`);
    }
  }
}

/** xargs(1). */
export const xargs: Tool = async (context) => {
  const own = context.args.findIndex((argument, index) => !argument.startsWith('-') && !/^-[nIPL]$/.test(context.args[index - 1] ?? ''));
  const split = own < 0 ? context.args.length : own;
  const { flags, values } = parseOptions({ ...context, args: context.args.slice(0, split) }, '0rtn:I:P:L:', { null: '0', 'no-run-if-empty': 'r', 'max-args': 'n' });
  const command = split < context.args.length ? context.args.slice(split) : ['echo'];
  const text = await readText(context.stdin);
  const replace = values.get('I');
  const items = flags.has('0') ? text.split('\0').filter((item) => item !== '') : replace !== undefined ? text.split('\n').map((line) => line.trim()).filter((line) => line !== '') : words(text);
  if (items.length === 0 && (flags.has('r') || replace !== undefined)) return 0;
  const size = replace === undefined ? Number(values.get('n') ?? Math.max(items.length, 1)) : 1;
  let status = 0;
  for (let at = 0; at < Math.max(items.length, 1); at += size) {
    const batch = items.slice(at, at + size);
    const argv = replace === undefined ? [...command, ...batch] : command.map((word) => word.replaceAll(replace, batch[0] ?? ''));
    if ((await context.run(argv)) !== 0) status = 123;
  }
  return status;
};

/** Separated by blanks; quotes and backslashes keep them. */
function words(text: string): string[] {
  return [...text.matchAll(/(?:'[^']*'|"[^"]*"|\\[^]|[^\s'"\\])+/g)].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"|\\([^])/g, (_, single?: string, double?: string, escaped?: string) => single ?? double ?? escaped ?? ''));
}
