/** What the REST API says about backends: the schemas of routes.ts. */
import { z } from '@hono/zod-openapi';
import { backendEventSchema } from './events.ts';

const digest = z.string().openapi({ description: 'SHA-256 of the bundle, in hexadecimal' });
const time = z.number().openapi({ description: 'Milliseconds since the epoch' });

export const backendStatusSchema = z
  .object({
    present: z.boolean().openapi({ description: 'Whether the project has a backend: `backend/index.ts`, or another entry that deploying finds' }),
    state: z.enum(['absent', 'building', 'migrating', 'starting', 'running', 'suspended', 'failed', 'stopped']).openapi({
      description: '`suspended`: nothing runs, the next request starts it. `failed`: no version could be started. `stopped`: crashed three times in a minute; the next edit or deploy starts it.',
    }),
    digest: digest.nullable().openapi({ description: 'Of the bundle that serves' }),
    code: z.string().nullable().openapi({ description: 'Why it does not serve, or why the last deploy failed while an older version serves' }),
    message: z.string().nullable(),
    startedAt: time.nullable(),
  })
  .openapi('BackendStatus');

/** A value of SQLite: NULL, INTEGER and REAL, TEXT, BLOB. */
export const cellSchema = z.union([z.null(), z.number(), z.string(), z.object({ base64: z.string() })]).openapi('SqlValue');
export const parameterSchema = z.union([z.null(), z.number(), z.string().max(1_000_000), z.boolean()]);
const rows = z.array(z.array(cellSchema));

export const tableSchema = z
  .object({
    name: z.string(),
    columns: z.array(z.object({ name: z.string(), type: z.string().openapi({ description: 'As declared; may be empty' }), notNull: z.boolean(), primaryKey: z.boolean() })),
    rows: z.number().int().openapi({ description: 'How many it has' }),
  })
  .openapi('DatabaseTable');
export const tablesSchema = z.object({ tables: z.array(tableSchema), bytes: z.number().int().openapi({ description: 'Of the whole database' }) });
export const rowsSchema = z.object({ columns: z.array(z.string()), rows, total: z.number().int(), offset: z.number().int() });
export const querySchema = z.strictObject({ sql: z.string().min(1).max(100_000), parameters: z.array(parameterSchema).max(100).default([]) });
export const resultSchema = z
  .object({ columns: z.array(z.string()), rows, truncated: z.boolean().openapi({ description: 'There are more rows than are shown' }), rowsRead: z.number().int(), rowsWritten: z.number().int(), durationMs: z.number() })
  .openapi('QueryResult');

export const snapshotSchema = z.object({ id: z.string(), name: z.string(), at: time, bytes: z.number().int() }).openapi('BackendSnapshot');
export const snapshotNameSchema = z.strictObject({ name: z.string().trim().min(1).max(100) });

export const statsSchema = z
  .object({
    running: z.boolean(),
    memory: z.number().openapi({ description: 'Resident, in bytes; 0 when nothing runs' }),
    cpuMs: z.number().openapi({ description: 'Processor time since its start' }),
    disk: z.number().openapi({ description: 'Bytes of the data folder' }),
    limits: z.object({ memory: z.number(), disk: z.number() }).openapi({ description: 'In bytes' }),
  })
  .openapi('BackendStats');

export const entrySchema = z.object({ cursor: z.number().int(), event: backendEventSchema }).openapi('BackendEntry');
export const pageSchema = z.object({ records: z.array(entrySchema), next: z.number().int().openapi({ description: '`after` of the next page' }) });
