/** Splits a text of SQL into its statements, as `sqlite3_complete()` tells where one ends (sqlite.org/c3ref/complete.html): a trigger ends with `END;`. */

export interface Statement {
  sql: string;
  /** Of its first token, from 1. */
  line: number;
}

/** Comments, strings and quoted names as one token each; words; single characters. */
const TOKEN = /(?<blank>\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?|(?<word>[A-Za-z_]\w*)|(?<end>;)|[\s\S]/g;
const TRIGGER = /^CREATE(?: TEMP| TEMPORARY)? TRIGGER\b/;

export function splitStatements(text: string): Statement[] {
  const found: Statement[] = [];
  let start: number | undefined;
  let words: string[] = [];
  // `END` ends a trigger after a semicolon; elsewhere it is that of a CASE.
  let [last, beforeLast] = ['', ''];
  const finish = (end: number): void => {
    if (start !== undefined) found.push({ sql: text.slice(start, end), line: lineOf(text, start) });
    start = undefined;
    words = [];
  };
  for (const { index, groups = {} } of text.matchAll(TOKEN)) {
    if (groups['blank'] !== undefined) continue;
    if (groups['end'] !== undefined) {
      const inside = TRIGGER.test(words.join(' ')) && !(last === 'END' && beforeLast === ';');
      if (!inside) finish(index + 1);
      [last, beforeLast] = [';', last];
      continue;
    }
    start ??= index;
    [last, beforeLast] = [(groups['word'] ?? '').toUpperCase(), last];
    if (words.length < 3) words.push(last);
  }
  finish(text.length);
  return found;
}

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;
