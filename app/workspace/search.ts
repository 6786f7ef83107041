/** Search over the document's text files, in slices so that typing stays smooth. */
import type * as Y from 'yjs';
import { listFiles } from '../../shared/document/schema.ts';

export interface SearchQuery {
  text: string;
  regex: boolean;
  caseSensitive: boolean;
  wholeWord: boolean;
}

export interface SearchMatch {
  /** 1-based. */
  line: number;
  column: number;
  length: number;
  /** The line, cut around the match; `at` is where the match begins in it. */
  excerpt: string;
  at: number;
}

export interface FileMatches {
  fileId: string;
  path: string;
  matches: SearchMatch[];
}

export const MOST_MATCHES = 5000;
const EXCERPT = 160;

/** Throws a `SyntaxError` for an expression that is none. */
export function compileQuery({ text, regex, caseSensitive, wholeWord }: SearchQuery): RegExp {
  const source = regex ? text : text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(wholeWord ? `\\b(?:${source})\\b` : source, caseSensitive ? 'gm' : 'gim');
}

export function searchText(content: string, pattern: RegExp, limit: number): SearchMatch[] {
  const found: SearchMatch[] = [];
  const lines = content.split(/\r?\n/);
  for (let index = 0; index < lines.length && found.length < limit; index++) {
    const line = lines[index] ?? '';
    for (const match of line.matchAll(pattern)) {
      if (match[0] === '' || found.length >= limit) continue;
      const start = Math.max(0, match.index - 16);
      found.push({ line: index + 1, column: match.index + 1, length: match[0].length, excerpt: line.slice(start, start + EXCERPT), at: match.index - start });
    }
  }
  return found;
}

/** Yields files with matches; gives way to the page between files. Ends early when aborted or at `MOST_MATCHES`. */
export async function* searchDocument(doc: Y.Doc, query: SearchQuery, signal: AbortSignal): AsyncGenerator<FileMatches> {
  const pattern = compileQuery(query);
  let left = MOST_MATCHES;
  let sliceEnd = performance.now() + 8;
  for (const file of listFiles(doc)) {
    if (signal.aborted || left <= 0) return;
    if (file.kind !== 'text') continue;
    const matches = searchText(file.text.toString(), pattern, left);
    left -= matches.length;
    if (matches.length > 0) yield { fileId: file.id, path: file.path, matches };
    if (performance.now() < sliceEnd) continue;
    await new Promise((resolve) => setTimeout(resolve));
    sliceEnd = performance.now() + 8;
  }
}
