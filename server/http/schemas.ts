import { z } from '@hono/zod-openapi';

/** The body of every error (shared/errors/error.ts). */
export const errorSchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      next: z.string(),
      severity: z.enum(['info', 'warning', 'error', 'critical']),
      retryable: z.boolean(),
      documentation: z.string(),
    }),
  })
  .openapi('Error');

export const failure = { description: 'An error of the table (docs/errors.md)', content: { 'application/json': { schema: errorSchema } } };

export function json<S extends z.ZodType>(description: string, schema: S) {
  return { description, content: { 'application/json': { schema } } };
}

export const jsonBody = <S extends z.ZodType>(schema: S) => ({ required: true, content: { 'application/json': { schema } } });
