/** Three-way merge of texts: what two sides made of one base. app/sync/SPEC.md, "Merging". */
import { diffMain, DIFF_DELETE, DIFF_INSERT } from 'diff-match-patch-es';

/** What one side made of `base[at, end)`. */
interface Change {
  at: number;
  end: number;
  tokens: string[];
}

type Resolve = (base: readonly string[], there: readonly string[], here: readonly string[]) => string[] | undefined;

/**
 * What `base` became there, done to what it became here. A change that both made is made once. Undefined when both replaced the same words
 * by different ones.
 */
export function mergeTexts(base: string, there: string, here: string): string | undefined {
  if (here === base || here === there) return there;
  if (there === base) return here;
  return mergeTokens(linesOf(base), linesOf(there), linesOf(here), true, mergeLines)?.join('');
}

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}\p{M}_$]+|\n|[^\S\n]+|[^]/gu) ?? [];

/** `touching`: changes side by side go to `resolve` together; else only those that overlap do. */
function mergeTokens(base: string[], there: string[], here: string[], touching: boolean, resolve: Resolve): string[] | undefined {
  const changes = [changesOf(base, there), changesOf(base, here)] as const;
  if (changes[0] === undefined || changes[1] === undefined) return undefined;
  const merged: string[] = [];
  let done = 0;
  for (const { at, end, sides } of regions(changes[0], changes[1], touching)) {
    const [ofThere, ofHere] = sides.map((side) => applied(base, at, end, side)) as [string[], string[]];
    const original = base.slice(at, end);
    const result = sides[0].length === 0 ? ofHere : sides[1].length === 0 || same(ofThere, ofHere) ? ofThere : resolve(original, ofThere, ofHere);
    if (result === undefined) return undefined;
    merged.push(...base.slice(done, at), ...result);
    done = end;
  }
  return [...merged, ...base.slice(done)];
}

interface Region {
  at: number;
  end: number;
  sides: [Change[], Change[]];
}

/** Changes of both sides that meet, together. */
function regions(there: readonly Change[], here: readonly Change[], touching: boolean): Region[] {
  const all = [...there.map((change) => ({ change, side: 0 as const })), ...here.map((change) => ({ change, side: 1 as const }))];
  all.sort((a, b) => a.change.at - b.change.at || a.change.end - b.change.end);
  const found: Region[] = [];
  for (const { change, side } of all) {
    const last = found.at(-1);
    const samePlace = last !== undefined && last.at === last.end && change.at === change.end && change.at === last.at;
    if (last !== undefined && (samePlace || (touching ? change.at <= last.end : change.at < last.end))) {
      last.end = Math.max(last.end, change.end);
      last.sides[side].push(change);
    } else found.push({ at: change.at, end: change.end, sides: side === 0 ? [[change], []] : [[], [change]] });
  }
  return found;
}

function applied(base: readonly string[], from: number, to: number, changes: readonly Change[]): string[] {
  const result: string[] = [];
  let done = from;
  for (const { at, end, tokens } of changes) {
    result.push(...base.slice(done, at), ...tokens);
    done = end;
  }
  return [...result, ...base.slice(done, to)];
}

/** Lines that both changed: word by word. */
const mergeLines: Resolve = (base, there, here) => {
  if (base.length === 0) return bothInserted(there, here, sameLine);
  return mergeTokens(wordsOf(base.join('')), wordsOf(there.join('')), wordsOf(here.join('')), false, mergeWords);
};

/** Words that both changed: what both have inserted stays, and so does what one inserted into what the other took out. */
const mergeWords: Resolve = (base, there, here) => {
  if (base.length === 0) return bothInserted(there, here, equal);
  const [added, alsoAdded] = [insertedOnly(base, there), insertedOnly(base, here)];
  if (added !== undefined) return [...here, ...added];
  if (alsoAdded !== undefined) return [...there, ...alsoAdded];
  if (there.length === 0) return [...here];
  return here.length === 0 ? [...there] : undefined;
};

/** What was inserted, where nothing was taken out. */
function insertedOnly(base: string[] | readonly string[], side: readonly string[]): string[] | undefined {
  const changes = changesOf(base, side);
  return changes?.every(({ at, end }) => at === end) === true ? changes.flatMap(({ tokens }) => tokens) : undefined;
}

type Match = (inner: string, outer: string) => boolean;

/** What both inserted at one place. That of a program that ran on both sides, with what was typed into it since, counts once. */
function bothInserted(there: readonly string[], here: readonly string[], match: Match): string[] {
  if (isWithin(there, here, match)) return [...here];
  if (isWithin(here, there, match)) return [...there];
  return [...here, ...there];
}

/** Whether all of it is there, in order; not asked of punctuation, of which there is some everywhere. */
function isWithin(inner: readonly string[], outer: readonly string[], match: Match): boolean {
  if (!inner.some((token) => /[\p{L}\p{N}]/u.test(token))) return same(inner, outer);
  let found = 0;
  for (const token of outer) if (inner[found] !== undefined && match(inner[found] as string, token)) found++;
  return found === inner.length;
}

const equal: Match = (inner, outer) => inner === outer;

/** The same line, or that line with something typed before or behind it, however much, or into it: most of it. */
const sameLine: Match = (inner, outer) => inner === outer || isAtAnEnd(inner.trimEnd(), outer.trimEnd()) || (2 * inner.length >= outer.length && isWithin(wordsOf(inner), wordsOf(outer), equal));

const isAtAnEnd = (inner: string, outer: string): boolean => inner !== '' && (outer.startsWith(inner) || outer.endsWith(inner));

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((token, index) => token === b[index]);

/** Each different token is one UTF-16 unit to the diff, outside of the surrogates. Undefined when there are more than that. */
function changesOf(base: readonly string[], side: readonly string[]): Change[] | undefined {
  const units = new Map<string, string>();
  const encode = (tokens: readonly string[]) => tokens.map((token) => units.get(token) ?? add(units, token)).join('');
  const [from, to] = [encode(base), encode(side)];
  if (units.size > UNITS) return undefined;
  const changes: Change[] = [];
  let at = 0;
  let taken = 0;
  for (const [operation, { length }] of diffMain(from, to)) {
    const last = changes.at(-1);
    const open = last !== undefined && last.end === at ? last : undefined;
    if (operation === DIFF_INSERT) {
      const tokens = side.slice(taken, (taken += length));
      if (open === undefined) changes.push({ at, end: at, tokens });
      else open.tokens.push(...tokens);
    } else if (operation === DIFF_DELETE) {
      if (open === undefined) changes.push({ at, end: at + length, tokens: [] });
      else open.end += length;
      at += length;
    } else {
      at += length;
      taken += length;
    }
  }
  return changes.flatMap((change) => wholeLines(change, base));
}

/** Words inserted before a line feed, with one among them: the same as words at the end of that line, and whole lines below it. */
function wholeLines(change: Change, base: readonly string[]): Change[] {
  const { at, end, tokens } = change;
  const feed = tokens.indexOf('\n');
  if (at !== end || feed < 0 || tokens.at(-1) === '\n' || base[at] !== '\n') return [change];
  const below = { at: at + 1, end: at + 1, tokens: [...tokens.slice(feed + 1), '\n'] };
  return feed === 0 ? [below] : [{ at, end, tokens: tokens.slice(0, feed) }, below];
}

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;
const UNITS = 0xffff - SURROGATES;

function add(units: Map<string, string>, token: string): string {
  const index = units.size + 1;
  const unit = String.fromCharCode(index < FIRST_SURROGATE ? index : index + SURROGATES);
  units.set(token, unit);
  return unit;
}
