/** What a run of tests tells while it goes on: one line of JSON after U+001E for each event, between whatever else the run prints (SPEC.md). */
import * as z from 'zod';

/** Begins a line that is an event (RFC 7464 begins texts of JSON with it). */
export const EVENT_MARK = '\u001E';

const place = z.object({ file: z.string(), line: z.number().int(), column: z.number().int() });
const failure = z.object({
  message: z.string(),
  expected: z.string().optional(),
  actual: z.string().optional(),
  /** Where it was thrown, the innermost place of the project's own. */
  place: place.optional(),
});
const test = z.object({
  /** Path in the container. */
  file: z.string(),
  /** Names of the suites around it, and its own. */
  names: z.array(z.string()).min(1),
  state: z.enum(['pending', 'passed', 'failed', 'skipped']),
  durationMs: z.number().optional(),
  line: z.number().int().optional(),
  /** Names by which it is run again, where these are not its own: a part of another test is run with that one. */
  runBy: z.array(z.string()).min(1).optional(),
  failures: z.array(failure),
});

export const testEventSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('start'), files: z.array(z.string()) }),
  /** The tests that a file has, before they run. */
  z.object({ t: z.literal('file'), file: z.string(), tests: z.array(test) }),
  z.object({ t: z.literal('test'), test }),
  /** All of a file has run; failures of the file itself, such as a syntax error. */
  z.object({ t: z.literal('file-end'), file: z.string(), state: z.enum(['passed', 'failed', 'skipped']), durationMs: z.number().optional(), failures: z.array(failure) }),
  z.object({ t: z.literal('end'), failures: z.array(failure) }),
]);

export type TestEvent = z.infer<typeof testEventSchema>;
export type TestResult = z.infer<typeof test>;
export type TestFailure = z.infer<typeof failure>;
export type TestPlace = z.infer<typeof place>;

/** Parts what a run prints into events and the rest, however the text is cut into pieces. */
export class EventReader {
  #line = '';

  /** The rest keeps its line feeds; an event that is none is part of it. */
  take(piece: string): { events: TestEvent[]; rest: string } {
    const lines = (this.#line + piece).split('\n');
    this.#line = lines.pop() ?? '';
    const events: TestEvent[] = [];
    let rest = '';
    for (const line of lines) {
      const event = readEvent(line);
      if (event === undefined) rest += `${line}\n`;
      else events.push(event);
    }
    // What cannot become an event is shown at once.
    if (this.#line !== '' && !this.#line.startsWith(EVENT_MARK)) {
      rest += this.#line;
      this.#line = '';
    }
    return { events, rest };
  }
}

function readEvent(line: string): TestEvent | undefined {
  if (!line.startsWith(EVENT_MARK)) return undefined;
  try {
    const parsed = testEventSchema.safeParse(JSON.parse(line.slice(EVENT_MARK.length)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
