import type { CommandContext } from '../lib/context.ts';

export interface Parsed {
  flags: Set<string>;
  values: Map<string, string>;
  operands: string[];
}

/** A flag that a tool does not know is refused by name, never ignored. */
export class UsageError extends Error {}

/** POSIX utility syntax (XBD 12.2). `spec`: letters, with ":" after those that take a value, as getopt(3) has it; `long`: name -> letter. */
export function parseOptions({ args }: CommandContext, spec: string, long: Readonly<Record<string, string>> = {}): Parsed {
  const parsed: Parsed = { flags: new Set(), values: new Map(), operands: [] };
  const queue = [...args];
  const take = (letter: string, given: string | undefined): void => {
    const at = spec.indexOf(letter);
    if (at < 0 || letter === ':') throw new UsageError(`unsupported option -${letter}`);
    if (spec[at + 1] !== ':') return void parsed.flags.add(letter);
    const value = given ?? queue.shift();
    if (value === undefined) throw new UsageError(`option requires an argument -- ${letter}`);
    parsed.values.set(letter, value);
  };
  for (let argument = queue.shift(); argument !== undefined; argument = queue.shift()) {
    if (argument === '--') {
      parsed.operands.push(...queue);
      break;
    }
    if (argument.startsWith('--')) {
      const [name = '', value] = argument.slice(2).split(/=(.*)/s);
      const letter = long[name];
      if (letter === undefined) throw new UsageError(`unsupported option --${name}`);
      take(letter, value);
    } else if (argument.startsWith('-') && argument.length > 1) clusters(argument.slice(1), spec, take);
    else parsed.operands.push(argument);
  }
  return parsed;
}

function clusters(letters: string, spec: string, take: (letter: string, given: string | undefined) => void): void {
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at] as string;
    const takesValue = spec[spec.indexOf(letter) + 1] === ':';
    const rest = letters.slice(at + 1);
    take(letter, takesValue && rest !== '' ? rest : undefined);
    if (takesValue) return;
  }
}
