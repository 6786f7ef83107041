/** What workerd prints, as events. */
import * as z from 'zod';
import type { BackendEvent } from '../events.ts';
import type { StackMapper } from './stacks.ts';

const lineSchema = z.object({ timestamp: z.coerce.number(), level: z.string(), message: z.string(), source: z.string().optional() });
const reportSchema = z.object({ origin: z.enum(['exception', 'rejection']), name: z.string(), message: z.string(), stack: z.string() });

/** Of one line, in characters; the rest is cut. */
const MAX_TEXT = 16_384;
/** Of one second; what a program says beyond that is counted and left out. */
const MAX_LINES_PER_SECOND = 1_000;

export interface LogReader {
  line(line: string): void;
  /** The last sentences of the runtime itself, newest last: why it ended, where it says so. */
  readonly diagnosis: readonly string[];
}

export function createLogReader(marker: string, stacks: StackMapper, emit: (event: BackendEvent) => void): LogReader {
  const diagnosis: string[] = [];
  const admit = createRate((dropped) => emit({ kind: 'log', at: Date.now(), level: 'warn', text: `${dropped} lines were left out: more than ${MAX_LINES_PER_SECOND} a second` }));

  const runtimeSays = (level: string, message: string): void => {
    if (level !== 'error' && level !== 'fatal') return;
    diagnosis.push(message.slice(0, 2_000));
    if (diagnosis.length > 20) diagnosis.shift();
  };
  const report = (at: number, json: string): void => {
    const parsed = parse(json, reportSchema);
    // A program may have learned the marker; it speaks of itself only, and what is no report is dropped.
    if (parsed === undefined) return;
    const { origin, name, message, stack } = parsed;
    emit({ kind: 'error', at, origin, name: name.slice(0, 200), message: message.slice(0, MAX_TEXT), frames: stacks.frames(stack) });
  };
  return {
    diagnosis,
    line(line) {
      const parsed = parse(line, lineSchema);
      // The engine's own last words are not JSON (an abort, the allocator).
      if (parsed === undefined) return runtimeSays('error', line);
      const { timestamp: at, level, message, source } = parsed;
      // Only the runtime's own lines have a source; a program's text cannot add the field.
      if (source !== undefined) return runtimeSays(level, message);
      if (!admit(at)) return;
      if (message.startsWith(marker)) report(at, message.slice(marker.length));
      else emit({ kind: 'log', at, level: levelOf(level), text: stacks.text(message.slice(0, MAX_TEXT)) });
    },
  };
}

function parse<T extends z.ZodType>(line: string, schema: T): z.infer<T> | undefined {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function levelOf(level: string): Extract<BackendEvent, { kind: 'log' }>['level'] {
  return level === 'debug' || level === 'warn' || level === 'error' ? level : 'info';
}

/** Says whether one more line of this second is taken; tells of those that were not when the next second begins. */
function createRate(tell: (dropped: number) => void): (at: number) => boolean {
  let second = 0;
  let count = 0;
  return (at) => {
    const current = Math.floor(at / 1000);
    if (current !== second) {
      const dropped = count - MAX_LINES_PER_SECOND;
      [second, count] = [current, 0];
      if (dropped > 0) tell(dropped);
    }
    count += 1;
    return count <= MAX_LINES_PER_SECOND;
  };
}
