/** A backend's REST calls (server/backends/routes.ts) as the page needs them. */
import * as z from 'zod';
import { backendEventSchema } from '../../shared/protocol/backend-events.ts';
import { call, callJson, jsonBody } from './request.ts';

/** A deploy waits for its bundle, its migrations and the start, in milliseconds. */
const DEPLOY_LIMIT = 90_000;

const statusSchema = z.object({
  present: z.boolean(),
  state: z.enum(['absent', 'building', 'migrating', 'starting', 'running', 'suspended', 'failed', 'stopped']),
  digest: z.string().nullable(),
  code: z.string().nullable(),
  message: z.string().nullable(),
  startedAt: z.number().nullable(),
});
const statsSchema = z.object({ running: z.boolean(), memory: z.number(), cpuMs: z.number(), disk: z.number(), limits: z.object({ memory: z.number(), disk: z.number() }) });
const entrySchema = z.object({ cursor: z.number().int(), event: backendEventSchema });
const pageSchema = z.object({ records: z.array(entrySchema), next: z.number().int() });
const cellSchema = z.union([z.null(), z.number(), z.string(), z.object({ base64: z.string() })]);
const tableSchema = z.object({ name: z.string(), columns: z.array(z.object({ name: z.string(), type: z.string(), notNull: z.boolean(), primaryKey: z.boolean() })), rows: z.number().int() });
const tablesSchema = z.object({ tables: z.array(tableSchema), bytes: z.number() });
const rowsSchema = z.object({ columns: z.array(z.string()), rows: z.array(z.array(cellSchema)), total: z.number().int(), offset: z.number().int() });
const resultSchema = z.object({ columns: z.array(z.string()), rows: z.array(z.array(cellSchema)), truncated: z.boolean(), rowsRead: z.number(), rowsWritten: z.number(), durationMs: z.number() });
const snapshotSchema = z.object({ id: z.string(), name: z.string(), at: z.number(), bytes: z.number() });

export type BackendStatus = z.infer<typeof statusSchema>;
export type BackendStats = z.infer<typeof statsSchema>;
export type BackendEntry = z.infer<typeof entrySchema>;
export type DatabaseTable = z.infer<typeof tableSchema>;
export type DatabaseTables = z.infer<typeof tablesSchema>;
export type DatabaseRows = z.infer<typeof rowsSchema>;
export type QueryResult = z.infer<typeof resultSchema>;
/** A value of SQLite; a BLOB is in base64. */
export type Cell = z.infer<typeof cellSchema>;
export type BackendSnapshot = z.infer<typeof snapshotSchema>;

const path = (id: string) => `/api/environments/${encodeURIComponent(id)}/backend`;

export const getBackend = (id: string, signal?: AbortSignal): Promise<BackendStatus> => callJson(statusSchema, path(id), { signal });
export const deployBackend = (id: string): Promise<BackendStatus> => callJson(statusSchema, `${path(id)}/deploy`, { method: 'POST', limitMs: DEPLOY_LIMIT });
export const suspendBackend = (id: string): Promise<BackendStatus> => callJson(statusSchema, `${path(id)}/suspend`, { method: 'POST' });
export const getBackendStats = (id: string, signal?: AbortSignal): Promise<BackendStats> => callJson(statsSchema, `${path(id)}/stats`, { signal });

/** Events after a cursor, oldest first; without one the newest. */
export function readBackendEvents(id: string, list: 'logs' | 'requests', after: number | undefined, signal?: AbortSignal): Promise<z.infer<typeof pageSchema>> {
  return callJson(pageSchema, `${path(id)}/${list}?limit=500${after === undefined ? '' : `&after=${after}`}`, { signal });
}

export const listTables = (id: string, signal?: AbortSignal): Promise<DatabaseTables> => callJson(tablesSchema, `${path(id)}/database/tables`, { signal });

export function readRows(id: string, table: string, offset: number, limit: number, signal?: AbortSignal): Promise<DatabaseRows> {
  return callJson(rowsSchema, `${path(id)}/database/tables/${encodeURIComponent(table)}/rows?offset=${offset}&limit=${limit}`, { signal });
}

/** One statement; it may write. */
export const queryDatabase = (id: string, sql: string): Promise<QueryResult> => callJson(resultSchema, `${path(id)}/database/query`, { method: 'POST', ...jsonBody({ sql }) });
/** Deletes all rows and tables, and applies the migrations anew. */
export const resetDatabase = (id: string): Promise<BackendStatus> => callJson(statusSchema, `${path(id)}/reset`, { method: 'POST', limitMs: DEPLOY_LIMIT });

export async function listSnapshots(id: string, signal?: AbortSignal): Promise<BackendSnapshot[]> {
  return (await callJson(z.object({ snapshots: z.array(snapshotSchema) }), `${path(id)}/snapshots`, { signal })).snapshots;
}
export const takeSnapshot = (id: string, name: string): Promise<BackendSnapshot> => callJson(snapshotSchema, `${path(id)}/snapshots`, { method: 'POST', ...jsonBody({ name }), limitMs: DEPLOY_LIMIT });
export const restoreSnapshot = (id: string, snapshot: string): Promise<BackendStatus> => callJson(statusSchema, `${path(id)}/snapshots/${encodeURIComponent(snapshot)}/restore`, { method: 'POST', limitMs: DEPLOY_LIMIT });

export async function deleteSnapshot(id: string, snapshot: string): Promise<void> {
  await call(`${path(id)}/snapshots/${encodeURIComponent(snapshot)}`, { method: 'DELETE' });
}
