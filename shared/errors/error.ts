import { ERRORS } from './table.ts';
import type { ErrorCode, ErrorContext, ErrorEntry, Severity } from './table.ts';

/** The body of every error response. */
export interface ErrorBody {
  error: { code: ErrorCode; message: string; next: string; severity: Severity; retryable: boolean; documentation: string };
}

type ContextArgument<C extends ErrorCode> = keyof ErrorContext<C> extends never ? [] : [context: ErrorContext<C>];

/** An error of the table. Its message is what happened and what to do; nothing internal belongs into the context. */
export class TerrariumError extends Error {
  override readonly name = 'TerrariumError';
  readonly code: ErrorCode;
  readonly context: Readonly<Record<string, string | number>>;

  private constructor(code: ErrorCode, context: Record<string, string | number>) {
    const entry: ErrorEntry = ERRORS[code];
    super(`${fill(entry.message, context)} ${fill(entry.next, context)}`);
    this.code = code;
    this.context = context;
  }

  static of<C extends ErrorCode>(code: C, ...[context]: ContextArgument<C>): TerrariumError {
    return new TerrariumError(code, context ?? {});
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** Status and JSON body for an error of the table. */
export function toResponse(error: TerrariumError): { status: number; body: ErrorBody } {
  const entry: ErrorEntry = ERRORS[error.code];
  const { severity, retryable, status } = entry;
  const documentation = `docs/errors.md#${error.code.toLowerCase()}`;
  return { status, body: { error: { code: error.code, message: error.message, next: fill(entry.next, error.context), severity, retryable, documentation } } };
}

function fill(template: string, context: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(context[name] ?? placeholder));
}
