/** What a word is, by its form. */
import type { Assignment, Part, Word } from './ast.ts';

/** The text of a word that is nothing but text. */
export function literalOf(word: Word | undefined): string | undefined {
  const part = word?.[0];
  return word?.length === 1 && part?.kind === 'text' && !part.quoted ? part.value : undefined;
}

/** `name=value` and `name+=value`. */
export function asAssignment(word: Word): Assignment | undefined {
  const first = word[0];
  if (first?.kind !== 'text' || first.quoted) return undefined;
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(\+?)=/.exec(first.value);
  if (!match) return undefined;
  const rest = first.value.slice(match[0].length);
  const value: Word = rest === '' ? word.slice(1) : [{ kind: 'text', value: rest, quoted: false }, ...word.slice(1)];
  return { name: match[1] ?? '', append: match[2] === '+', value };
}

/** A delimiter with any quoting in it makes the body literal (XCU 2.7.4). */
export function hereDelimiter(word: Word, source: string): { delimiter: string; quoted: boolean } {
  if (!/["'\\]/.test(source)) return { delimiter: source, quoted: false };
  const unquote = (parts: Part[]): string =>
    parts.map((part) => (part.kind === 'text' ? part.value : part.kind === 'double' ? unquote(part.parts) : '')).join('');
  return { delimiter: unquote(word), quoted: true };
}
