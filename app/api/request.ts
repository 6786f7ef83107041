/** Calls to the server's REST API: same origin, cookie or bearer, every answer parsed, every failure an `ApiError` with the table's code. */
import * as z from 'zod';
import { TerrariumError } from '../../shared/errors/error.ts';
import { authorization } from './bearer.ts';

/** How long one call may take, in milliseconds. */
const LIMIT = 20_000;

const errorBodySchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    retryable: z.boolean().optional(),
  }),
});

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** A code of the table; absent when something else than our server answered. */
  readonly code: string | undefined;
  /** HTTP status, 0 when the server was not reached. */
  readonly status: number;
  readonly retryable: boolean;

  constructor(message: string, details: { code?: string | undefined; status: number; retryable?: boolean | undefined }) {
    super(message);
    this.code = details.code;
    this.status = details.status;
    this.retryable = details.retryable ?? details.status === 0;
  }
}

export interface CallInit {
  method?: string;
  body?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** How long it may take, in milliseconds. */
  limitMs?: number;
}

export async function call(path: string, init: CallInit = {}): Promise<Response> {
  const { signal, limitMs = LIMIT, ...rest } = init;
  const limits = [AbortSignal.timeout(limitMs), ...(signal === undefined ? [] : [signal])];
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...rest, headers: { ...authorization(), ...rest.headers }, signal: AbortSignal.any(limits) });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    const { message, code } = TerrariumError.of('E-TERRARIUM-1306');
    throw new ApiError(message, { code, status: 0 });
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

export async function callJson<S extends z.ZodType>(schema: S, path: string, init: CallInit = {}): Promise<z.infer<S>> {
  const response = await call(path, init);
  const parsed = schema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) throw new ApiError('The server answered with something this page does not understand. Reload it.', { status: response.status });
  return parsed.data;
}

export function jsonBody(value: unknown): Pick<CallInit, 'body' | 'headers'> {
  return { body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}

async function errorOf(response: Response): Promise<ApiError> {
  const parsed = errorBodySchema.safeParse(await response.json().catch(() => undefined));
  const { status } = response;
  if (!parsed.success) return new ApiError(`The server answered ${status}.`, { status, retryable: status >= 500 });
  return new ApiError(parsed.data.error.message, { ...parsed.data.error, status });
}
