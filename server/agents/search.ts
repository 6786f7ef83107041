/** Search in texts within bounds: RE2 takes time linear in the text, and the whole search stops after a while (SPEC.md, F3). */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { RE2JS } from 're2js';
import { TerrariumError } from '../../shared/errors/error.ts';

export interface TextQuery {
  pattern: string;
  regex: boolean;
  caseSensitive: boolean;
  context: number;
  limit: number;
}

export interface TextMatch {
  path: string;
  /** Both from 1; the column in UTF-16 units. */
  line: number;
  column: number;
  text: string;
  before: string[];
  after: string[];
}

const TIME_MS = 5000;
/** Without a pause for other requests. */
const STEP_MS = 20;
/** A line is searched and quoted up to so many UTF-16 units: built bundles have lines of a megabyte. */
const LINE_LENGTH = 20_000;
const QUOTED_LENGTH = 500;

/** @throws {TerrariumError} 1343 for a pattern that RE2 does not take */
export async function searchFiles(files: readonly { path: string; text: string }[], query: TextQuery, signal: AbortSignal): Promise<{ matches: TextMatch[]; truncated: boolean }> {
  const find = finderOf(query);
  const matches: TextMatch[] = [];
  const begin = performance.now();
  let paused = begin;
  for (const { path, text } of files) {
    const lines = text.split('\n');
    for (const [index, line] of lines.entries()) {
      if (performance.now() - paused > STEP_MS) {
        await nextTurn();
        signal.throwIfAborted();
        paused = performance.now();
        if (paused - begin > TIME_MS) return { matches, truncated: true };
      }
      const column = find(line.length > LINE_LENGTH ? line.slice(0, LINE_LENGTH) : line);
      if (column === -1) continue;
      if (matches.length === query.limit) return { matches, truncated: true };
      const around = (from: number, to: number) => lines.slice(Math.max(0, from), to).map(quoted);
      matches.push({ path, line: index + 1, column: column + 1, text: quoted(line), before: around(index - query.context, index), after: around(index + 1, index + 1 + query.context) });
    }
  }
  return { matches, truncated: false };
}

const quoted = (line: string): string => line.slice(0, QUOTED_LENGTH).replace(/\r$/, '');

/** Place of the first match in a line, -1 for none. */
function finderOf({ pattern, regex, caseSensitive }: TextQuery): (line: string) => number {
  if (!regex && caseSensitive) return (line) => line.indexOf(pattern);
  const compiled = compile(regex ? pattern : RE2JS.quote(pattern), caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
  return (line) => {
    const matcher = compiled.matcher(line);
    return matcher.find() ? matcher.start() : -1;
  };
}

function compile(pattern: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(pattern, flags);
  } catch (error) {
    throw TerrariumError.of('E-TERRARIUM-1343', { problem: error instanceof Error ? error.message.slice(0, 200) : 'unknown' });
  }
}
