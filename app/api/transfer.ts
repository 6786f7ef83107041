/** Import and export (row A8), as the page needs them. */
import * as z from 'zod';
import { callJson, jsonBody } from './request.ts';

/** A repository is fetched within a minute, and an archive is sent. */
const LIMIT_MS = 120_000;

export type ImportSource = { kind: 'zip'; bytes: Blob } | { kind: 'git'; url: string; ref: string | undefined };

const counts = { files: z.number().int(), skipped: z.number().int() };
const importedSchema = z.object({ revision: z.number().int(), undo: z.number().int(), ...counts });
const createdSchema = z.object({ environmentId: z.string(), ...counts });

const root = (environmentId: string) => `/api/environments/${encodeURIComponent(environmentId)}`;
const zip = (bytes: Blob) => ({ method: 'POST', body: bytes, headers: { 'content-type': 'application/zip' }, limitMs: LIMIT_MS });

/** Into an environment, over what it has. */
export function importInto(environmentId: string, source: ImportSource): Promise<z.infer<typeof importedSchema>> {
  if (source.kind === 'zip') return callJson(importedSchema, `${root(environmentId)}/import`, zip(source.bytes));
  return callJson(importedSchema, `${root(environmentId)}/import/git`, { method: 'POST', ...jsonBody({ url: source.url, ref: source.ref }), limitMs: LIMIT_MS });
}

export function createFrom(fields: { taskId: string; agentId?: string }, source: ImportSource): Promise<z.infer<typeof createdSchema>> {
  if (source.kind === 'zip') return callJson(createdSchema, `/api/environments/imports?${new URLSearchParams(fields)}`, zip(source.bytes));
  return callJson(createdSchema, '/api/environments/imports/git', { method: 'POST', ...jsonBody({ ...fields, url: source.url, ref: source.ref }), limitMs: LIMIT_MS });
}

export const exportPath = (environmentId: string): string => `${root(environmentId)}/export`;
