/** The timeline of an environment (row D7) as the page needs it. */
import * as z from 'zod';
import { authorSchema } from '../../shared/document/author.ts';
import { call, callJson, jsonBody } from './request.ts';

const time = z.string().transform((text) => Date.parse(text));
const contentSchema = z.object({ kind: z.enum(['text', 'binary']), size: z.number() });
const changeSchema = z.object({ path: z.string(), change: z.enum(['added', 'changed', 'deleted', 'renamed']), from: z.string().optional() });
const revisionSchema = z.object({
  revision: z.number().int(), startedAt: time, at: time, authors: z.array(authorSchema), kind: z.enum(['created', 'edited', 'restored', 'imported']),
  restored: z.number().int().optional(), name: z.string().optional(), fileCount: z.number().int(), files: z.array(changeSchema),
});
const stepSchema = revisionSchema.extend({ previous: z.number().int().nullable(), files: z.array(changeSchema.extend({ before: contentSchema.optional(), after: contentSchema.optional() })) });
const pageSchema = z.object({
  revisions: z.array(revisionSchema),
  pending: z.object({ startedAt: time, authors: z.array(authorSchema), files: z.array(z.string()) }).nullable(),
  next: z.number().int().nullable(),
});
const outcomeSchema = z.object({ revision: z.number().int(), undo: z.number().int() });

export type Revision = z.infer<typeof revisionSchema>;
export type RevisionStep = z.infer<typeof stepSchema>;
export type RevisionChange = RevisionStep['files'][number];
export type TimelinePage = z.infer<typeof pageSchema>;

const root = (environmentId: string) => `/api/environments/${encodeURIComponent(environmentId)}/history`;

export function readTimeline(environmentId: string, options: { before?: number; path?: string | undefined; signal?: AbortSignal }): Promise<TimelinePage> {
  const query = new URLSearchParams({ ...(options.before === undefined ? {} : { before: String(options.before) }), ...(options.path === undefined ? {} : { path: options.path }) });
  return callJson(pageSchema, `${root(environmentId)}?${query}`, { signal: options.signal });
}

export const readStep = (environmentId: string, revision: number, signal?: AbortSignal): Promise<RevisionStep> => callJson(stepSchema, `${root(environmentId)}/${revision}`, { signal });

/** Address of one file as it was. */
export const revisionFilePath = (environmentId: string, revision: number, path: string): string => `${root(environmentId)}/${revision}/files/${path.split('/').map(encodeURIComponent).join('/')}`;

export async function readRevisionText(environmentId: string, revision: number, path: string, signal: AbortSignal): Promise<string> {
  return await (await call(revisionFilePath(environmentId, revision, path), { signal })).text();
}

/** All files, or these. */
export const restoreRevision = (environmentId: string, revision: number, paths?: string[]): Promise<{ revision: number; undo: number }> =>
  callJson(outcomeSchema, `${root(environmentId)}/${revision}/restore`, { method: 'POST', ...jsonBody(paths === undefined ? {} : { paths }) });

export const createCheckpoint = (environmentId: string, name: string): Promise<Revision> => callJson(revisionSchema, root(environmentId), { method: 'POST', ...jsonBody({ name }) });

export const nameRevision = (environmentId: string, revision: number, name: string | null): Promise<Revision> => callJson(revisionSchema, `${root(environmentId)}/${revision}`, { method: 'PATCH', ...jsonBody({ name }) });
