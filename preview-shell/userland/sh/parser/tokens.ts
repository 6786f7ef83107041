import type { RedirectOperator, Word } from './ast.ts';

export type Token =
  | { kind: 'word'; word: Word; start: number; end: number; /** The characters, when nothing in it is quoted or expanded. */ literal: string | undefined; /** All of it, as typed. */ source: string }
  | { kind: 'operator'; op: string; start: number }
  | { kind: 'redirect'; op: RedirectOperator | '<<-'; fd: number | undefined; start: number }
  | { kind: 'newline'; start: number }
  | { kind: 'end'; start: number };

export const RESERVED = new Set([
  '!', '{', '}', 'case', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'for', 'if', 'in', 'then', 'until', 'while',
]);

/** Longest first. */
export const OPERATORS = ['&&', '||', ';;', ';&', '|&', ';', '&', '|', '(', ')'];
export const REDIRECTS: (RedirectOperator | '<<-')[] = ['<<<', '<<-', '<<', '>>', '>|', '<>', '<&', '>&', '<', '>'];

/** How an error message names a token, after dash. */
export function describe(token: Token): string {
  if (token.kind === 'end') return 'end of file';
  if (token.kind === 'newline') return 'newline';
  if (token.kind === 'redirect') return 'redirection';
  if (token.kind === 'operator') return `"${token.op}"`;
  return token.literal !== undefined && RESERVED.has(token.literal) ? `"${token.literal}"` : 'word';
}
