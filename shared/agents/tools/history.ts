/** Tools about the timeline of an environment's files. */
import * as z from 'zod';
import { tool } from './tool.ts';

const revision = z.number().int().positive().describe('Number of a step of history_list');
const path = z.string().min(1).max(1024);
const change = z.object({ path: z.string(), change: z.enum(['added', 'changed', 'deleted', 'renamed']), from: z.string().nullable() });
const step = z.object({
  revision: z.number().int(),
  at: z.string(),
  authors: z.array(z.object({ kind: z.enum(['person', 'agent', 'server']), name: z.string() })),
  kind: z.enum(['created', 'edited', 'restored', 'imported']),
  name: z.string().nullable().describe('Of a checkpoint'),
  files: z.array(change),
});

export const historyTools = {
  history_list: tool('reads', {
    title: 'Timeline',
    description: 'Steps that made the files what they are, newest first: who, when, which files.',
    verb: 'history.read',
    input: z.strictObject({ before: revision.optional(), limit: z.number().int().min(1).max(100).default(20), path: path.optional().describe('Only steps that changed this file') }),
    output: z.object({ steps: z.array(step), next: z.number().int().nullable().describe('"before" of the next page') }),
  }),
  history_diff: tool('reads', {
    title: 'What a step changed',
    description: 'The files that a step changed, with a unified diff of each text.',
    verb: 'history.read',
    input: z.strictObject({ revision }),
    output: z.object({ files: z.array(change.extend({ patch: z.string().nullable() })) }),
  }),
  history_restore: tool('destroys', {
    title: 'Restore files',
    description: 'Makes all files, or those that you name, what they were after a step. Restoring "undo" of the answer takes it back.',
    verb: 'history.restore',
    idempotent: true,
    input: z.strictObject({ revision, paths: z.array(path).min(1).max(1000).optional() }),
    output: z.object({ revision: z.number().int(), undo: z.number().int() }),
  }),
  history_checkpoint: tool('writes', {
    title: 'Make a checkpoint',
    description: 'Names what there is now, so that it is kept and found again.',
    verb: 'history.restore',
    input: z.strictObject({ name: z.string().trim().min(1).max(100) }),
    output: z.object({ revision: z.number().int() }),
  }),
};
