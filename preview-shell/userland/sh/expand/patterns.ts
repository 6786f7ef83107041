import fs from 'node:fs';
import path from 'node:path';

/** A piece of a word after expansion; quoted text matches itself. */
export interface Piece {
  text: string;
  quoted: boolean;
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', blank: ' \\t', punct: '!-\\/:-@\\[-`{-~', xdigit: '0-9A-Fa-f', cntrl: '\\0-\\x1f\\x7f', print: '\\x20-\\x7e', graph: '\\x21-\\x7e',
};

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

export const hasPattern = (pieces: readonly Piece[]): boolean => pieces.some(({ text, quoted }) => !quoted && /[*?[]/.test(text));

/** The text of a regular expression for a pattern (XCU 2.14). */
export function patternSource(pieces: readonly Piece[], star = '[^]*', one = '[^]'): string {
  let source = '';
  const characters = pieces.flatMap(({ text, quoted }) => Array.from(text, (character) => ({ character, quoted })));
  for (let at = 0; at < characters.length; at++) {
    const { character, quoted } = characters[at] as { character: string; quoted: boolean };
    if (quoted) source += escape(character);
    else if (character === '*') source += star;
    else if (character === '?') source += one;
    else if (character === '\\' && at + 1 < characters.length) source += escape((characters[++at] as { character: string }).character);
    else if (character === '[') {
      const bracket = bracketAt(characters.slice(at).map((entry) => entry.character).join(''));
      source += bracket?.source ?? '\\[';
      at += (bracket?.length ?? 1) - 1;
    } else source += escape(character);
  }
  return source;
}

/** `[…]` at the start of the text. */
function bracketAt(text: string): { source: string; length: number } | undefined {
  const match = /^\[(!|\^)?(\]?(?:\[:[a-z]+:\]|[^\]])*)\]/.exec(text);
  if (match === null || (match[2] ?? '') === '') return undefined;
  const body = (match[2] ?? '').replace(/\[:([a-z]+):\]/g, (_, name: string) => `\0${name}\0`).replace(/[\\\]^[]/g, '\\$&').replace(/\0([a-z]+)\0/g, (_, name: string) => CLASSES[name] ?? '');
  return { source: `[${match[1] === undefined ? '' : '^'}${body}]`, length: [...match[0]].length };
}

export function matches(pieces: readonly Piece[], text: string): boolean {
  return new RegExp(`^(?:${patternSource(pieces)})$`, 'u').test(text);
}

/** Paths that a pattern names, sorted; empty when there are none. A leading dot is matched by a dot alone. */
export function glob(pieces: readonly Piece[], cwd: string): string[] {
  const segments = splitSegments(pieces);
  const absolute = segments.length > 1 && segments[0]?.length === 0;
  let found = [absolute ? '/' : ''];
  const rest = absolute ? segments.slice(1) : segments;
  for (const [index, segment] of rest.entries()) found = found.flatMap((base) => step(base, segment, cwd, index < rest.length - 1));
  return found.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function splitSegments(pieces: readonly Piece[]): Piece[][] {
  const segments: Piece[][] = [[]];
  for (const { text, quoted } of pieces) {
    for (const [index, part] of text.split('/').entries()) {
      if (index > 0) segments.push([]);
      if (part !== '') segments.at(-1)?.push({ text: part, quoted });
    }
  }
  return segments;
}

function step(base: string, segment: Piece[], cwd: string, more: boolean): string[] {
  const join = (name: string): string => (base === '' || base.endsWith('/') ? base + name : `${base}/${name}`);
  const literal = segment.map(({ text }) => text).join('');
  const at = path.resolve(cwd, base === '' ? '.' : base);
  if (!hasPattern(segment)) {
    if (literal === '') return [more ? base : `${base}/`];
    return fs.existsSync(path.join(at, literal)) ? [join(literal)] : [];
  }
  const expression = new RegExp(`^(?:${patternSource(segment, '[^/]*', '[^/]')})$`, 'u');
  let entries: fs.Dirent[];
  try {
    entries = fs.readdirSync(at, { withFileTypes: true });
  } catch {
    // What cannot be listed has no matches.
    return [];
  }
  return entries.filter(({ name }) => expression.test(name) && (!name.startsWith('.') || literal.startsWith('.'))).map(({ name }) => join(name))
    .filter((name) => !more || isDirectory(path.resolve(cwd, name)));
}

function isDirectory(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}
