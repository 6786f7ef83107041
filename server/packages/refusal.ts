/** A refusal that can cross a thread: a code of the error table with its context, and npm's own facts beside it. */
import { TerrariumError } from '../../shared/errors/error.ts';
import type { ErrorCode } from '../../shared/errors/table.ts';

/** What npm itself would print: its code (`E404`, `ERESOLVE`) and lines. */
export interface NpmFacts {
  code: string;
  lines: string[];
}

export interface RefusalData {
  code: ErrorCode;
  context: Record<string, string | number>;
  npm: NpmFacts;
}

export class Refusal extends Error implements RefusalData {
  readonly code: ErrorCode;
  readonly context: Record<string, string | number>;
  readonly npm: NpmFacts;

  constructor(code: ErrorCode, context: Record<string, string | number> = {}, npm: Partial<NpmFacts> = {}) {
    super(code);
    this.code = code;
    this.context = context;
    this.npm = { code: npm.code ?? code, lines: npm.lines ?? [] };
  }

  get data(): RefusalData {
    return { code: this.code, context: this.context, npm: this.npm };
  }

  /** The same with more context, e.g. which package it was. */
  with(context: Record<string, string | number>): Refusal {
    return new Refusal(this.code, { ...context, ...this.context }, this.npm);
  }

  toError(): TerrariumError {
    // The table's types tie each code to its context at the place of construction; here the code is only known at run time.
    const of = TerrariumError.of as (code: ErrorCode, context: Record<string, string | number>) => TerrariumError;
    return of(this.code, this.context);
  }
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; refusal: RefusalData };

/** Runs `work` so that its refusals come back as values: errors lose their fields between threads. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, refusal: error.data };
    throw error;
  }
}

export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  const { code, context, npm } = outcome.refusal;
  throw new Refusal(code, context, npm);
}
