/** Where a stack of the bundle points to in the sources. */
import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';
import type { BackendEvent } from '../events.ts';

export type Frame = Extract<BackendEvent, { kind: 'error' }>['frames'][number];

const MAX_FRAMES = 50;
const FRAME = /^\s*at (?:async )?(?:(?<name>.+?) \()?(?<file>[^()\s]+?):(?<line>\d+):(?<column>\d+)\)?$/;

export interface StackMapper {
  frames(stack: string): Frame[];
  /** The same text with each place of the bundle replaced by its place in the sources. */
  text(text: string): string;
}

/** @param entry name of the bundle's entry, which the map is of */
export function stackMapper(entry: string, sourceMap: string | undefined): StackMapper {
  const map = sourceMap === undefined ? undefined : new SourceMap(JSON.parse(sourceMap) as SourceMapPayload);
  const places = new RegExp(`(?<![\\w./-])${entry.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}:(\\d+):(\\d+)`, 'g');

  const place = (file: string, line: number, column: number): Pick<Frame, 'file' | 'line' | 'column'> => {
    if (file !== entry || map === undefined) return { file, line, column };
    const origin = map.findOrigin(line, column);
    return 'fileName' in origin && origin.fileName ? { file: origin.fileName, line: origin.lineNumber, column: origin.columnNumber } : { file, line, column };
  };
  const frame = (text: string): Frame | undefined => {
    const groups = FRAME.exec(text)?.groups;
    if (groups === undefined) return undefined;
    const { name = '', file = '', line, column } = groups;
    return { function: name, ...place(file, Number(line), Number(column)) };
  };
  return {
    frames: (stack) => stack.split('\n').map(frame).filter((found) => found !== undefined).slice(0, MAX_FRAMES),
    text: (text) => text.replace(places, (_all, line: string, column: string) => {
      const found = place(entry, Number(line), Number(column));
      return `${found.file}:${found.line}:${found.column}`;
    }),
  };
}
