import { homedir } from 'node:os';
import type { List, ParamOp, Part, Word } from '../parser/ast.ts';
import { ShellError, type ShellState } from '../state.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import { glob, hasPattern, matches, patternSource, type Piece } from './patterns.ts';

export interface ExpansionHost {
  readonly state: ShellState;
  /** Output of a command substitution, without the newlines at its end. */
  substitute(body: List): Promise<string>;
}

/** A word on its way: pieces, with the places where it is cut into fields. */
type Fragment = (Piece & { split?: boolean }) | 'cut';

/** Word expansions (XCU 2.6): fields of a command's words. */
export async function expandWords(host: ExpansionHost, words: readonly Word[]): Promise<string[]> {
  const fields: string[] = [];
  for (const word of words) fields.push(...(await expandWord(host, word)));
  return fields;
}

async function expandWord(host: ExpansionHost, word: Word): Promise<string[]> {
  const { state } = host;
  const fields = splitFields(await fragmentsOf(host, word, false, true), state.get('IFS') ?? ' \t\n');
  return fields.flatMap((pieces) => {
    if (state.has('noglob') || !hasPattern(pieces)) return [textOf(pieces)];
    const found = glob(pieces, state.cwd);
    return found.length > 0 ? found : [textOf(pieces)];
  });
}

/** Without field splitting and pathnames: assignments, redirections, `case`. */
export async function expandText(host: ExpansionHost, word: Word): Promise<string> {
  return textOf(await expandPieces(host, word));
}

/** The same, but with quoting kept, for patterns. */
export async function expandPieces(host: ExpansionHost, word: Word): Promise<Piece[]> {
  const fragments = await fragmentsOf(host, word, false, true);
  return fragments.map((fragment) => (fragment === 'cut' ? { text: ' ', quoted: true } : fragment));
}

export async function expandArithmetic(host: ExpansionHost, parts: Part[]): Promise<bigint> {
  const { state } = host;
  const text = textOf((await fragmentsOf(host, parts, true, false)).filter((fragment) => fragment !== 'cut'));
  return evaluateArithmetic(text, { get: (name) => state.parameter(name), set: (name, value) => state.set(name, value) });
}

const textOf = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join('');

async function fragmentsOf(host: ExpansionHost, parts: readonly Part[], quoted: boolean, tilde: boolean): Promise<Fragment[]> {
  const fragments: Fragment[] = [];
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'text') fragments.push(tilde && index === 0 && !quoted && !part.quoted ? { text: expandTilde(host.state, part.value, parts.length === 1), quoted: false } : { text: part.value, quoted: quoted || part.quoted });
    else if (part.kind === 'double') fragments.push(...(await doubleQuoted(host, part.parts)));
    else if (part.kind === 'param') fragments.push(...(await parameter(host, part.name, part.op, quoted)));
    else if (part.kind === 'command') fragments.push({ text: await host.substitute(part.body), quoted, split: !quoted });
    else fragments.push({ text: String(await expandArithmetic(host, part.parts)), quoted, split: !quoted });
  }
  return fragments;
}

async function doubleQuoted(host: ExpansionHost, parts: readonly Part[]): Promise<Fragment[]> {
  const fragments = await fragmentsOf(host, parts, true, false);
  // "" is a field of its own, but "$@" without parameters is none.
  const isEmptyList = parts.some((part) => part.kind === 'param' && part.name === '@') && host.state.parameters.length === 0;
  return fragments.length === 0 && !isEmptyList ? [{ text: '', quoted: true }] : fragments;
}

/** `~`, `~/x`; other users have no home here. */
function expandTilde(state: ShellState, text: string, whole: boolean): string {
  const home = state.get('HOME') ?? homedir();
  if (text === '~' && whole) return home;
  return text.startsWith('~/') ? home + text.slice(1) : text;
}

async function parameter(host: ExpansionHost, name: string, op: ParamOp | undefined, quoted: boolean): Promise<Fragment[]> {
  const { state } = host;
  if ((name === '@' || name === '*') && (op === undefined || op.kind === 'slice')) return listParameter(host, name, op, quoted);
  const value = state.parameter(name);
  const literal = (text: string): Fragment[] => [{ text, quoted, split: !quoted }];
  if (op === undefined) {
    if (value === undefined && state.has('nounset')) throw new ShellError(`${name}: parameter not set`);
    return value === undefined && !quoted ? [] : literal(value ?? '');
  }
  switch (op.kind) {
    case 'length': return literal(String(name === '@' || name === '*' ? state.parameters.length : [...(value ?? '')].length));
    case 'indirect': return literal(state.parameter(value ?? '') ?? '');
    case 'default': return isSet(value, op.colon) ? literal(value ?? '') : fragmentsOf(host, op.word, quoted, true);
    case 'alternative': return isSet(value, op.colon) ? fragmentsOf(host, op.word, quoted, true) : quoted ? literal('') : [];
    case 'assign': {
      if (isSet(value, op.colon)) return literal(value ?? '');
      const text = await expandText(host, op.word);
      state.set(name, text);
      return literal(text);
    }
    case 'error': {
      if (isSet(value, op.colon)) return literal(value ?? '');
      const text = await expandText(host, op.word);
      throw new ShellError(`${name}: ${text === '' ? 'parameter null or not set' : text}`, 2);
    }
    case 'trim': return literal(trim(value ?? '', await expandPieces(host, op.pattern), op.side, op.longest));
    case 'slice': return literal(await slice(host, value ?? '', op));
    case 'replace': return literal(await replaced(host, value ?? '', op));
    case 'case': return literal(changeCase(value ?? '', op.upper, op.all));
  }
}

async function listParameter(host: ExpansionHost, name: string, op: ParamOp | undefined, quoted: boolean): Promise<Fragment[]> {
  const { state } = host;
  let items = state.parameters;
  if (op?.kind === 'slice') {
    const offset = Number(await expandArithmetic(host, op.offset));
    const all = [state.name, ...state.parameters];
    const start = offset < 0 ? all.length + offset : offset;
    items = all.slice(Math.max(start, 0), op.length === undefined ? undefined : Math.max(start, 0) + Number(await expandArithmetic(host, op.length)));
  }
  if (quoted && name === '*') return [{ text: items.join((state.get('IFS') ?? ' ').slice(0, 1)), quoted: true }];
  return items.flatMap((text, index): Fragment[] => [...(index > 0 ? (['cut'] as const) : []), { text, quoted, split: !quoted }]);
}

const isSet = (value: string | undefined, colon: boolean): boolean => value !== undefined && !(colon && value === '');

function trim(value: string, pattern: Piece[], side: 'prefix' | 'suffix', longest: boolean): string {
  const lengths = Array.from({ length: value.length + 1 }, (_, length) => length);
  for (const length of longest ? lengths.reverse() : lengths) {
    const part = side === 'prefix' ? value.slice(0, length) : value.slice(value.length - length);
    if (matches(pattern, part)) return side === 'prefix' ? value.slice(length) : value.slice(0, value.length - length);
  }
  return value;
}

async function slice(host: ExpansionHost, value: string, op: Extract<ParamOp, { kind: 'slice' }>): Promise<string> {
  const offset = Number(await expandArithmetic(host, op.offset));
  const start = offset < 0 ? Math.max(0, value.length + offset) : offset;
  if (op.length === undefined) return value.slice(start);
  const length = Number(await expandArithmetic(host, op.length));
  return value.slice(start, length < 0 ? Math.max(start, value.length + length) : start + length);
}

async function replaced(host: ExpansionHost, value: string, op: Extract<ParamOp, { kind: 'replace' }>): Promise<string> {
  const source = patternSource(await expandPieces(host, op.pattern));
  if (source === '') return value;
  const anchored = op.anchor === '#' ? `^(?:${source})` : op.anchor === '%' ? `(?:${source})$` : source;
  const by = await expandText(host, op.with);
  return value.replace(new RegExp(anchored, op.all ? 'gu' : 'u'), () => by);
}

function changeCase(value: string, upper: boolean, all: boolean): string {
  const change = (text: string): string => (upper ? text.toUpperCase() : text.toLowerCase());
  return all ? change(value) : change(value.slice(0, 1)) + value.slice(1);
}

/** Field splitting (XCU 2.6.5): only results of expansions are split; a field is there when something of it was. */
function splitFields(fragments: readonly Fragment[], ifs: string): Piece[][] {
  const fields: Piece[][] = [];
  let field: Piece[] | undefined;
  const end = (): void => {
    if (field !== undefined) fields.push(field);
    field = undefined;
  };
  for (const fragment of fragments) {
    if (fragment === 'cut') {
      field ??= [];
      end();
    } else if (fragment.split === true && ifs !== '') {
      for (const piece of splitText(fragment.text, ifs)) {
        if (piece === undefined) end();
        else (field ??= []).push({ text: piece, quoted: false });
      }
    } else if (fragment.quoted || fragment.text !== '') (field ??= []).push(fragment);
  }
  end();
  return fields;
}

/** Texts, with undefined where one field ends. */
function splitText(text: string, ifs: string): (string | undefined)[] {
  const white = [...ifs].filter((character) => ' \t\n'.includes(character)).join('');
  const others = [...ifs].filter((character) => !' \t\n'.includes(character)).join('');
  const out: (string | undefined)[] = [];
  let current = '';
  let at = 0;
  const isWhite = (): boolean => at < text.length && white.includes(text[at] as string);
  while (at < text.length) {
    const character = text[at] as string;
    if (!white.includes(character) && !others.includes(character)) {
      current += character;
      at++;
      continue;
    }
    const hadText = current !== '';
    if (hadText) out.push(current);
    current = '';
    while (isWhite()) at++;
    const delimiter = at < text.length && others.includes(text[at] as string);
    if (delimiter) {
      at++;
      while (isWhite()) at++;
      if (!hadText && (out.length === 0 || out.at(-1) === undefined)) out.push('');
    }
    out.push(undefined);
  }
  if (current !== '') out.push(current);
  return out;
}
