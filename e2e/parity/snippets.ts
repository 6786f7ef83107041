/**
 * Programs that must print in the container what they print under Node itself. `cases/<area>.snippets` holds many: each begins with a line
 * `=== name`, and is an ES module when the name ends with "mjs". `expected/<area>.json` is what record.ts wrote down.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Snippet {
  readonly name: string;
  readonly file: 'main.mjs' | 'main.cjs';
  readonly code: string;
}

/** Standard output and error in the order in which they were written, and the exit code. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

const CASES = path.join(import.meta.dirname, 'cases');
const EXPECTED = path.join(import.meta.dirname, 'expected');
const EXTENSION = '.snippets';

export const areas = (): string[] => readdirSync(CASES).filter((name) => name.endsWith(EXTENSION)).map((name) => name.slice(0, -EXTENSION.length)).sort();

export function snippetsOf(area: string): Snippet[] {
  const text = readFileSync(path.join(CASES, `${area}${EXTENSION}`), 'utf8');
  return text.split(/^=== /m).slice(1).map((part) => {
    const [name = '', ...code] = part.split('\n');
    return { name, file: name.endsWith(' mjs') ? 'main.mjs' : 'main.cjs', code: code.join('\n') };
  });
}

export const expectedFile = (area: string): string => path.join(EXPECTED, `${area}.json`);

export const expectedOf = (area: string): Record<string, Outcome> => JSON.parse(readFileSync(expectedFile(area), 'utf8')) as Record<string, Outcome>;

/** Without what differs from run to run: the folder, process ids, line ends of terminals. */
export function normalized({ code, output }: Outcome, folder: string): Outcome {
  return { code, output: output.replaceAll(folder, '<folder>').replace(/\(node:\d+\)/g, '(node:PID)').replaceAll('\r\n', '\n').trimEnd() };
}
