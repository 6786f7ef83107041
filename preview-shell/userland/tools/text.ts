import { errorText } from '../lib/errors.ts';
import type { CommandContext, Tool } from '../lib/context.ts';
import { chunks, lineBatches, lines, readText, splitKeeping, type Input } from '../lib/streams.ts';
import { byteLength, encode } from '../lib/text.ts';
import { parseOptions, UsageError } from './options.ts';

/** Each named file, or standard input; one that cannot be opened is said. */
async function eachInput(context: CommandContext, operands: readonly string[], work: (input: Input, name: string, index: number) => Promise<void>): Promise<number> {
  let status = 0;
  for (const [index, name] of (operands.length === 0 ? ['-'] : operands).entries()) {
    try {
      await work(await context.open(name), name, index);
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      await context.error(`${name}: ${errorText(error)}`);
      status = 1;
    }
  }
  return status;
}

const allLines = async (input: Input): Promise<string[]> => {
  const text = await readText(input);
  return text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
};

export const cat: Tool = async (context) => {
  const { flags, operands } = parseOptions(context, 'nu', { number: 'n' });
  let number = 0;
  return eachInput(context, operands, async (input) => {
    if (!flags.has('n')) for await (const chunk of chunks(input)) await context.stdout.write(chunk);
    else for await (const batch of lineBatches(input)) await context.stdout.write(batch.map((line) => `${String(++number).padStart(6)}\t${line}`).join(''));
  });
};

/** `-5`, as in `head -5`, is `-n 5`. */
function withCount(context: CommandContext): CommandContext {
  const first = context.args[0];
  return first !== undefined && /^-\d+$/.test(first) ? { ...context, args: ['-n', first.slice(1), ...context.args.slice(1)] } : context;
}

export const head: Tool = async (given) => {
  const context = withCount(given);
  const { values, operands } = parseOptions(context, 'n:c:q', { lines: 'n', bytes: 'c' });
  return eachInput(context, operands, async (input, name, index) => {
    if (operands.length > 1) await context.stdout.write(`${index > 0 ? '\n' : ''}==> ${name} <==\n`);
    let left = Number(values.get('c') ?? values.get('n') ?? 10);
    if (values.has('c')) {
      for (let chunk = await input.read(); chunk !== undefined && left > 0; chunk = await input.read()) {
        await context.stdout.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) return;
      }
      return;
    }
    if (left === 0) return;
    for await (const batch of lineBatches(input)) {
      await context.stdout.write(batch.slice(0, left).join(''));
      left -= batch.length;
      if (left <= 0) return;
    }
  });
};

export const tail: Tool = async (given) => {
  const context = withCount(given);
  const { values, operands } = parseOptions(context, 'n:c:q', { lines: 'n', bytes: 'c' });
  return eachInput(context, operands, async (input, name, index) => {
    if (operands.length > 1) await context.stdout.write(`${index > 0 ? '\n' : ''}==> ${name} <==\n`);
    const text = await readText(input);
    const count = values.get('c') ?? values.get('n') ?? '10';
    if (values.has('c')) await context.stdout.write(encode(text).subarray(count.startsWith('+') ? Number(count) - 1 : -Number(count)));
    else await context.stdout.write(splitKeeping(text, '\n').slice(count.startsWith('+') ? Number(count) - 1 : Number(count) === 0 ? Infinity : -Number(count)).join(''));
  });
};

export const wc: Tool = async (context) => {
  const { flags, operands } = parseOptions(context, 'lwcm', { lines: 'l', words: 'w', bytes: 'c', chars: 'm' });
  const wanted = flags.size === 0 ? ['l', 'w', 'c'] : ['l', 'w', 'm', 'c'].filter((flag) => flags.has(flag));
  const totals = new Map<string, number>();
  const line = (counts: Map<string, number>, name: string): string => {
    const numbers = wanted.map((flag) => String(counts.get(flag) ?? 0));
    const padded = wanted.length === 1 && operands.length < 2 ? numbers : numbers.map((number) => number.padStart(operands.length === 0 ? 7 : 4));
    return `${padded.join(' ')}${name === '-' && operands.length === 0 ? '' : ` ${name}`}\n`;
  };
  const status = await eachInput(context, operands, async (input, name) => {
    const text = await readText(input);
    const counts = new Map([['l', text.split('\n').length - 1], ['w', text.split(/\s+/).filter((word) => word !== '').length], ['c', byteLength(text)], ['m', [...text].length]]);
    for (const [flag, count] of counts) totals.set(flag, (totals.get(flag) ?? 0) + count);
    await context.stdout.write(line(counts, name));
  });
  if (operands.length > 1) await context.stdout.write(line(totals, 'total'));
  return status;
};

export const sort: Tool = async (context) => {
  const { flags, values, operands } = parseOptions(context, 'rnufk:t:', { reverse: 'r', 'numeric-sort': 'n', unique: 'u', 'ignore-case': 'f', key: 'k' });
  const all: string[] = [];
  const status = await eachInput(context, operands, async (input) => void all.push(...(await allLines(input))));
  const [first = 1] = (values.get('k') ?? '').split(',').filter((part) => part !== '').map((part) => Number.parseInt(part, 10));
  const separator = values.get('t') ?? /\s+/;
  const key = (line: string): string => {
    const part = values.has('k') ? (line.split(separator)[first - 1] ?? '') : line;
    return flags.has('f') ? part.toUpperCase() : part;
  };
  const numeric = flags.has('n') || /n/.test(values.get('k') ?? '');
  const compare = (a: string, b: string): number => {
    const [x, y] = [key(a), key(b)];
    const order = numeric ? (Number.parseFloat(x) || 0) - (Number.parseFloat(y) || 0) : x < y ? -1 : x > y ? 1 : 0;
    return order !== 0 || flags.has('u') ? order : a < b ? -1 : a > b ? 1 : 0;
  };
  all.sort(compare);
  const kept = flags.has('u') ? all.filter((line, index) => index === 0 || compare(all[index - 1] as string, line) !== 0) : all;
  if (flags.has('r')) kept.reverse();
  await context.stdout.write(kept.map((line) => `${line}\n`).join(''));
  return status;
};

export const uniq: Tool = async (context) => {
  const { flags, operands } = parseOptions(context, 'cdui', { count: 'c', repeated: 'd', unique: 'u', 'ignore-case': 'i' });
  const same = (a: string, b: string): boolean => (flags.has('i') ? a.toLowerCase() === b.toLowerCase() : a === b);
  return eachInput(context, operands.slice(0, 1), async (input) => {
    let run: { line: string; count: number } | undefined;
    const end = async (): Promise<void> => {
      if (run === undefined || (flags.has('d') && run.count < 2) || (flags.has('u') && run.count > 1)) return;
      await context.stdout.write(`${flags.has('c') ? `${String(run.count).padStart(7)} ` : ''}${run.line}\n`);
    };
    for await (const line of lines(input)) {
      if (run !== undefined && same(run.line, line)) run.count++;
      else {
        await end();
        run = { line, count: 1 };
      }
    }
    await end();
  });
};

export const cut: Tool = async (context) => {
  const { values, flags, operands } = parseOptions(context, 'd:f:c:b:s', { delimiter: 'd', fields: 'f', characters: 'c', bytes: 'b' });
  const list = values.get('f') ?? values.get('c') ?? values.get('b');
  if (list === undefined) throw new UsageError('you must specify a list of bytes, characters, or fields');
  const ranges = list.split(',').map((part) => {
    const [from, to] = part.split('-');
    return [from === '' ? 1 : Number(from), part.includes('-') ? (to === '' ? Infinity : Number(to)) : Number(from)] as const;
  });
  const chosen = (index: number): boolean => ranges.some(([from, to]) => index + 1 >= from && index + 1 <= to);
  const delimiter = values.get('d') ?? '\t';
  return eachInput(context, operands, async (input) => {
    for await (const line of lines(input)) {
      if (!values.has('f')) await context.stdout.write(`${[...line].filter((_, index) => chosen(index)).join('')}\n`);
      else if (line.includes(delimiter)) await context.stdout.write(`${line.split(delimiter).filter((_, index) => chosen(index)).join(delimiter)}\n`);
      else if (!flags.has('s')) await context.stdout.write(`${line}\n`);
    }
  });
};

export const tr: Tool = async (context) => {
  const { flags, operands: [first = '', second = ''] } = parseOptions(context, 'dscC', { delete: 'd', 'squeeze-repeats': 's', complement: 'c' });
  const from = characterSet(first);
  const to = characterSet(second);
  const inverted = flags.has('c') || flags.has('C');
  const matches = (character: string): boolean => from.includes(character) !== inverted;
  let last = '';
  for await (const batch of lineBatches(context.stdin)) {
    let out = '';
    for (const character of batch.join('')) {
      if (!matches(character)) {
        out += character;
        last = '';
      } else if (!flags.has('d')) {
        const mapped = to.length === 0 ? character : (to[inverted ? to.length - 1 : Math.min(from.indexOf(character), to.length - 1)] ?? character);
        if (!(flags.has('s') && mapped === last)) out += mapped;
        last = mapped;
      }
    }
    await context.stdout.write(out);
  }
  return 0;
};

const CLASSES: Readonly<Record<string, string>> = { lower: 'a-z', upper: 'A-Z', digit: '0-9', alpha: 'A-Za-z', alnum: 'A-Za-z0-9', space: ' \\t\\n\\r\\f\\v', blank: ' \\t', punct: '!-/:-@\\[-`{-~' };
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', '0': '\0', '\\': '\\' };

function characterSet(spec: string): string[] {
  const text = spec.replace(/\[:(\w+):\]/g, (_, name: string) => CLASSES[name] ?? '');
  const characters = [...text.matchAll(/\\([^])|([^])/gu)].map(([, escaped, plain]) => ({ character: escaped === undefined ? (plain as string) : (ESCAPES[escaped] ?? escaped), escaped: escaped !== undefined }));
  const set: string[] = [];
  for (let at = 0; at < characters.length; at++) {
    const { character } = characters[at] as { character: string };
    const next = characters[at + 1];
    const end = characters[at + 2];
    if (next?.character === '-' && !next.escaped && end !== undefined) {
      for (let code = character.charCodeAt(0); code <= end.character.charCodeAt(0); code++) set.push(String.fromCharCode(code));
      at += 2;
    } else set.push(character);
  }
  return set;
}

export const tee: Tool = async (context) => {
  const { flags, operands } = parseOptions(context, 'ai', { append: 'a' });
  const outputs = [context.stdout, ...(await Promise.all(operands.map((name) => context.create(name, flags.has('a')))))];
  for await (const chunk of chunks(context.stdin)) for (const output of outputs) await output.write(chunk);
  return 0;
};

export const tac: Tool = (context) => eachInput(context, parseOptions(context, '').operands, async (input) => context.stdout.write((await allLines(input)).reverse().map((line) => `${line}\n`).join('')));
export const rev: Tool = (context) => eachInput(context, parseOptions(context, '').operands, async (input) => {
  for await (const line of lines(input)) await context.stdout.write(`${[...line].reverse().join('')}\n`);
});
