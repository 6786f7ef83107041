import type { Part, Word } from './ast.ts';

/** One character of a word, or one part that braces cannot reach into. */
type Unit = string | Part;

/** `a{b,c}` and `{1..3}` (an extension; see SPEC.md): one word becomes several before any other expansion. */
export function expandBraces(word: Word): Word[] {
  if (!word.some((part) => part.kind === 'text' && !part.quoted && part.value.includes('{'))) return [word];
  const units = word.flatMap((part): Unit[] => (part.kind === 'text' && !part.quoted ? [...part.value] : [part]));
  return expandUnits(units).map(toWord);
}

function toWord(units: Unit[]): Word {
  const word: Word = [];
  for (const unit of units) {
    const last = word.at(-1);
    if (typeof unit !== 'string') word.push(unit);
    else if (last?.kind === 'text' && !last.quoted) last.value += unit;
    else word.push({ kind: 'text', value: unit, quoted: false });
  }
  return word;
}

function expandUnits(units: Unit[]): Unit[][] {
  for (let open = units.indexOf('{'); open !== -1; open = units.indexOf('{', open + 1)) {
    const group = findGroup(units, open);
    if (!group) continue;
    const prefix = units.slice(0, open);
    const tails = expandUnits(units.slice(group.close + 1));
    return group.choices.flatMap((choice) => expandUnits(choice)).flatMap((middle) => tails.map((tail) => [...prefix, ...middle, ...tail]));
  }
  return [units];
}

function findGroup(units: Unit[], open: number): { close: number; choices: Unit[][] } | undefined {
  let depth = 0;
  let start = open + 1;
  const choices: Unit[][] = [];
  for (let at = open; at < units.length; at++) {
    if (units[at] === '{') depth++;
    else if (units[at] === ',' && depth === 1) {
      choices.push(units.slice(start, at));
      start = at + 1;
    } else if (units[at] === '}' && --depth === 0) {
      if (choices.length > 0) return { close: at, choices: [...choices, units.slice(start, at)] };
      const range = expandRange(units.slice(open + 1, at));
      return range && { close: at, choices: range };
    }
  }
  return undefined;
}

function expandRange(units: Unit[]): Unit[][] | undefined {
  if (units.some((unit) => typeof unit !== 'string')) return undefined;
  const match = /^(?:(-?\d+)\.\.(-?\d+)|([a-zA-Z])\.\.([a-zA-Z]))(?:\.\.(-?\d+))?$/.exec(units.join(''));
  if (!match) return undefined;
  const letters = match[3] !== undefined;
  const from = letters ? (match[3] ?? '').charCodeAt(0) : Number(match[1]);
  const to = letters ? (match[4] ?? '').charCodeAt(0) : Number(match[2]);
  const step = Math.max(1, Math.abs(Number(match[5] ?? 1)));
  const padded = !letters && /^-?0\d/.test(match[1] ?? '') ? (match[1] ?? '').length : 0;
  const values: Unit[][] = [];
  for (let value = from; from <= to ? value <= to : value >= to; value += from <= to ? step : -step) {
    values.push([...(letters ? String.fromCharCode(value) : String(value).padStart(padded, '0'))]);
  }
  return values;
}
