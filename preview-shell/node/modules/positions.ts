import { applyEdits, type Edit } from '../../../shared/module-code/awaits/edits.ts';

/** What was compiled under a name: the program's own text, and what was done to it. */
interface CompiledText {
  /** Length of what stands before the first line. */
  readonly header: number;
  readonly source: string;
  readonly edits: readonly Edit[];
}

const texts = new Map<string, CompiledText | TextPositions>();

/** Names a text by its name in stack traces. Nothing is computed before a trace asks. */
export function noteText(name: string, header: number, source: string, edits: readonly Edit[]): void {
  // A text without edits is not kept alive for its positions.
  texts.set(name, edits.length === 0 ? { header, source: '', edits } : { header, source, edits });
}

/** The place in the program's own text, lines and columns from 1. */
export function originalPosition(name: string, line: number, column: number): [line: number, column: number] {
  const noted = texts.get(name);
  if (noted === undefined) return [line, column];
  if (!(noted instanceof TextPositions) && noted.edits.length === 0) return [line, line === 1 ? Math.max(1, column - noted.header) : column];
  const positions = noted instanceof TextPositions ? noted : new TextPositions(noted);
  texts.set(name, positions);
  return positions.original(line, column);
}

class TextPositions {
  private readonly header: number;
  private readonly edits: readonly Edit[];
  private readonly sourceLines: number[];
  private readonly compiledLines: number[];

  constructor({ header, source, edits }: CompiledText) {
    this.header = header;
    this.edits = edits;
    this.sourceLines = lineStarts(source);
    this.compiledLines = lineStarts(applyEdits(source, edits));
  }

  original(line: number, column: number): [line: number, column: number] {
    const start = this.compiledLines[line - 1];
    if (start === undefined) return [line, column];
    const offset = this.sourceOffset(start + Math.max(0, column - 1 - (line === 1 ? this.header : 0)));
    const at = lastNotAfter(this.sourceLines, offset);
    return [at + 1, offset - (this.sourceLines[at] as number) + 1];
  }

  private sourceOffset(compiled: number): number {
    let grown = 0;
    for (const [start, end, text, origin] of this.edits) {
      if (compiled < start + grown) break;
      if (compiled < start + grown + text.length) return origin ?? start;
      grown += text.length - (end - start);
    }
    return compiled - grown;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lastNotAfter(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
